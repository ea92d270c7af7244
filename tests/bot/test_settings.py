"""Settings: read once, checked whole, every fault named with its remedy, no secret shown."""

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, load_settings, require_slack

DEFAULTS: dict[str, object] = {
    "HOST": "127.0.0.1",
    "PORT": 3000,
    "DATABASE_URL": "sqlite+aiosqlite:///./data/e2a.db",
    "DATABASE_ADMIN_URL": None,
    "DATABASE_POOL_SIZE": 10,
    "DATABASE_MAX_OVERFLOW": 10,
    "SLACK_BOT_TOKEN": None,
    "SLACK_SIGNING_SECRET": None,
    "SLACK_API_URL": "https://slack.com/api/",
    "SLACK_APP_TOKEN": None,
    "SLACK_CLIENT_ID": None,
    "SLACK_CLIENT_SECRET": None,
    "SLACK_DEFAULT_CHANNEL": "#e2a-alerts",
    "SLACK_NOTIFICATIONS_ENABLED": True,
    "AI_PROVIDER_BASE_URL": None,
    "AI_API_KEY": None,
    "AI_MODEL": None,
    "AI_MODE": "smart",
    "AI_TIMEOUT_SECONDS": 3,
    "AI_RETRY_MAX_ATTEMPTS": 2,
    "AI_MAX_DAILY_TOKENS": 200_000,
    "AI_MAX_DAILY_COST_CENTS": 2_000,
    "AI_MIN_CONFIDENCE": 0.55,
    "AI_CIRCUIT_FAILURE_THRESHOLD": 3,
    "AI_CIRCUIT_RECOVERY_SECONDS": 30,
    "QDRANT_URL": None,
    "QDRANT_PATH": "./data/index",
    "EMBEDDING_MODEL": "sentence-transformers/all-MiniLM-L6-v2",
    "MAX_RESOLUTION_ATTEMPTS": 2,
    "POLICIES_DIR": None,
    "SWEEP_INTERVAL_SECONDS": 1,
    "INGEST_RATE_PER_KEY": 0,
    "INGEST_MAX_PENDING": 20_000,
    "OUTBOUND_ALLOW_HOSTS": "",
    "LOG_LEVEL": "INFO",
    "LOG_FORMAT": "json",
    "OTEL_EXPORTER_OTLP_ENDPOINT": None,
}
"""The contract's table of the environment; policies None is the packaged ones."""
SECRETS = (
    "SLACK_BOT_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_APP_TOKEN",
    "SLACK_CLIENT_SECRET",
    "AI_API_KEY",
)
REAL = "xoxb-917-Zq3kPw8LmV"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def faults(folder: Path, text: str) -> tuple[str, ...]:
    """What is wrong with a `.env` of that text."""
    file = folder / ".env"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(file)
    assert str(caught.value).splitlines() == list(caught.value.faults)
    return caught.value.faults


def test_the_defaults_are_the_contracts() -> None:
    """Without environment and .env there are exactly the contract's settings and defaults."""
    settings = load_settings(None)
    assert {name.upper(): getattr(settings, name) for name in Settings.model_fields} == DEFAULTS


def test_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is set in both places counts as the environment has it."""
    (tmp_path / ".env").write_text("PORT=4000\nLOG_LEVEL=DEBUG\n", encoding="utf-8")
    monkeypatch.setenv("PORT", "5000")
    settings = load_settings(tmp_path / ".env")
    assert (settings.port, settings.log_level) == (5000, "DEBUG")


def test_a_name_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty value means the default, as compose files write it."""
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "")
    settings = load_settings(None)
    assert (settings.port, settings.slack_bot_token) == (3000, None)


def test_every_fault_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults of the environment and of the file come together, each with its name."""
    monkeypatch.setenv("AI_MODE", "clever")
    told = faults(
        tmp_path, "PORT=99999\nDATABASE_URL=mysql://x\nSLACK_BOT_TOKEN=changeme\nPROT=1\n"
    )
    assert {fault.split(":")[0] for fault in told} == {
        "PORT",
        "DATABASE_URL",
        "SLACK_BOT_TOKEN",
        "AI_MODE",
        "PROT",
    }


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("DATABASE_URL=mysql://x", "must begin with sqlite+aiosqlite:/// or postgresql+psycopg://"),
        ("PROT=1", "there is no such setting; correct the name in .env or remove it"),
        ("SLACK_BOT_TOKEN=changeme", "is empty or an example; put the real one here"),
        ("PORT=99999", "Input should be less than or equal to 65535"),
        ("AI_MODE=clever", "Input should be 'smart', 'full' or 'fallback'"),
        ("LOG_LEVEL=loud", "Input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("SWEEP_INTERVAL_SECONDS=0", "Input should be greater than 0"),
        ("POLICIES_DIR=/no/such/folder", "Path does not point to a directory"),
    ],
)
def test_a_fault_names_its_remedy(tmp_path: Path, line: str, remedy: str) -> None:
    """Each fault is one line: the setting's name and what to do about it."""
    assert faults(tmp_path, f"{line}\n") == (f"{line.partition('=')[0]}: {remedy}",)


@pytest.mark.parametrize("name", [n for n in SECRETS if n != "AI_API_KEY"])
@pytest.mark.parametrize(
    "value",
    ["changeme", "change-me-please", "xxxxxxxx", "secret", "your-token-here", "an-example", '" "'],
)
def test_an_example_secret_is_refused(tmp_path: Path, name: str, value: str) -> None:
    """A secret that anybody could guess never reaches the server."""
    assert faults(tmp_path, f"{name}={value}\n") == (
        f"{name}: is empty or an example; put the real one here",
    )


def test_secrets_are_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither repr nor str nor a dump of the settings shows a secret."""
    for name in SECRETS:
        monkeypatch.setenv(name, f"{REAL}-{name}")
    settings = load_settings(None)
    for shown in (repr(settings), str(settings), f"{settings!s}", settings.model_dump_json()):
        assert REAL not in shown
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == f"{REAL}-SLACK_BOT_TOKEN"


def test_faults_show_no_values(tmp_path: Path) -> None:
    """A secret or a password that is wrong, or under a wrong name, is not repeated."""
    lines = [
        f"SLACK_BOT_TOKEN=example-{REAL}",
        f"SLACK_BOT_TOKN={REAL}",
        f"DATABASE_URL=mysql://me:{REAL}@host/db",
        f"PORT={REAL}",
        f"AI_PROVIDER_BASE_URL={REAL}",
    ]
    told = faults(tmp_path, "\n".join(lines))
    assert len(told) == 5
    assert REAL not in "\n".join(told)


def test_the_chain_of_errors_shows_no_values(tmp_path: Path) -> None:
    """Even the error's cause, which a crash report would print, holds no secret."""
    (tmp_path / ".env").write_text(f"SLACK_BOT_TOKEN=example-{REAL}\n", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path / ".env")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ((), ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]),
        (("SLACK_BOT_TOKEN",), ["SLACK_SIGNING_SECRET"]),
        (("SLACK_SIGNING_SECRET",), ["SLACK_BOT_TOKEN"]),
        (("SLACK_APP_TOKEN",), ["SLACK_BOT_TOKEN"]),
        (("SLACK_CLIENT_ID",), ["SLACK_SIGNING_SECRET", "SLACK_CLIENT_SECRET"]),
        (("SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET"), ["SLACK_CLIENT_ID"]),
    ],
)
def test_serving_needs_slack(
    monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], missing: list[str]
) -> None:
    """What is missing for Slack is named, with the demo for whoever only wants to look."""
    for name in given:
        monkeypatch.setenv(name, REAL)
    with pytest.raises(SettingsError) as caught:
        require_slack(load_settings(None))
    *named, hint = caught.value.faults
    assert [fault.split(":")[0] for fault in named] == missing
    assert "make demo" in hint


_PAIR = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")


@pytest.mark.parametrize(
    "given",
    [
        ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"),
        ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"),
        (*_PAIR, "SLACK_SIGNING_SECRET"),
        (*_PAIR, "SLACK_APP_TOKEN"),
    ],
)
def test_settings_are_enough_for_slack(
    monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...]
) -> None:
    """A token or OAuth for speaking, and a signing secret or a socket for hearing."""
    for name in given:
        monkeypatch.setenv(name, REAL)
    require_slack(load_settings(None))

"""`e2a serve` without what it needs, and `e2a doctor` naming it."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

TOKEN = "xoxb-1234-not-for-eyes"


def test_serve_without_slack_names_the_demo(e2a: Run) -> None:
    """Without Slack settings nothing is served: one line names what is missing and `make demo`."""
    told = e2a("serve").complaint
    assert "SLACK_BOT_TOKEN" in told
    assert "SLACK_SIGNING_SECRET" in told
    assert "make demo" in told


def test_wrong_settings_are_all_told_at_once_without_values(
    e2a: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every fault of environment and .env is in the one line, and no secret is."""
    (place / ".env").write_text(
        f"SLACK_BOT_TOKEN={TOKEN}\nSLAK_TYPO={TOKEN}\nPORT=many\n", encoding="utf-8"
    )
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "changeme-not-for-eyes")
    told = e2a("serve").complaint
    for name in ("SLAK_TYPO", "PORT", "SLACK_SIGNING_SECRET"):
        assert name in told
    assert "not-for-eyes" not in told


def test_the_doctor_tells_one_line_a_check(e2a: Run, acme: str) -> None:
    """Each check is a line that is ok or names the remedy; one failure ends with 1."""
    assert acme
    ran = e2a("doctor")
    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (1, "")
    assert [line.split(":")[0].split() for line in lines] == [
        ["ok", "settings"],
        ["ok", "policies"],
        ["ok", "database"],
        ["FAIL", "slack"],
        ["ok", "shifts"],
        ["ok", "model"],
        ["ok", "index"],
    ]
    assert "make demo" in lines[3]


def test_the_doctor_tells_every_fault_of_the_settings(
    e2a: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the settings are wrong the doctor lists all of them and goes no further."""
    monkeypatch.setenv("PORT", "many")
    monkeypatch.setenv("AI_MODE", "clever")
    ran = e2a("doctor")
    assert ran.code == 1
    assert [line.split()[:3] for line in ran.out.splitlines()] == [
        ["FAIL", "settings:", "PORT:"],
        ["FAIL", "settings:", "AI_MODE:"],
    ]


def test_the_doctor_names_a_fault_of_the_policies(
    e2a: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A policy folder with a faulty file is told with file and line; the rest is still checked."""
    (place / "sla.yaml").write_text("version: '1'\nslas: []\n", encoding="utf-8")
    monkeypatch.setenv("POLICIES_DIR", str(place))
    told = [line for line in e2a("doctor").out.splitlines() if line.startswith("FAIL policies")]
    assert len(told) == 1
    assert f"{place}/sla.yaml:2: slas" in told[0]


def test_the_doctor_survives_a_database_that_is_down(
    e2a: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that cannot be reached is a line, without its password."""
    url = "postgresql+psycopg://me:not-for-eyes@127.0.0.1:1/ware"
    monkeypatch.setenv("DATABASE_URL", url)
    ran = e2a("doctor")
    assert "FAIL database: " in ran.out
    assert "not-for-eyes" not in ran.out + ran.err

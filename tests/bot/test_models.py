"""The model as it is wired: asked through breaker and budget, watched, checked, and closed."""

import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.cli.doctor import CHECKS, UnwellError
from bot.models import MODEL
from bot.settings import Settings, SettingsError, load_settings
from bot.wiring import Bot, wire
from demo.model.server import ModelServer
from jobs.ask_model import Asking, NotTold, Told, ask_model
from policies.records import Tenant
from tests.bot.conftest import TOKEN
from tests.jobs.asking import CANARY, NOW, inquiry

KEY = "sk-not-for-eyes"
EXAMINE = dict(CHECKS)["model"]


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    """A model's server that wants the key."""
    one = ModelServer(api_key=KEY)
    async with one.serving():
        yield one


def settings(folder: Path, server: ModelServer | None = None, **given: Any) -> Settings:  # noqa: ANN401
    """Settings for a bot on a database in that folder, with the model of that server."""
    model = {"ai_provider_base_url": server.url, "ai_model": server.model} if server else {}
    usual = {
        "database_url": f"sqlite+aiosqlite:///{folder}/e2a.db",
        "slack_bot_token": SecretStr(TOKEN),
        "slack_signing_secret": SecretStr("a-signing-secret-of-tests"),
        "slack_api_url": "http://127.0.0.1:9/api/",
        "ai_api_key": SecretStr(KEY),
        "ai_timeout_seconds": 0.3,
        "ai_retry_max_attempts": 1,
    }
    return Settings.model_construct(**{**usual, **model, **given})


@pytest.fixture
def folder(migrated: Path, tmp_path: Path) -> Path:
    """A folder with an empty database."""
    shutil.copy(migrated, tmp_path / "e2a.db")
    return tmp_path


async def closed(bot: Bot) -> None:
    """Ends a bot that was wired and never started."""
    await bot.models.close()
    await bot.session.close()
    await bot.storage.close()


async def a_tenant(bot: Bot) -> Tenant:
    """A tenant in the bot's database."""
    async with bot.storage.write() as tx:
        return await tx.tenants.add(Tenant(id=0, name="acme", channel="#acme"))


def sample(bot: Bot, metric: str, /, **labels: str) -> float | None:
    """A metric's figure."""
    return bot.metrics.registry.get_sample_value(metric, labels)


async def test_without_a_model_there_is_nobody_to_ask(folder: Path) -> None:
    """No address, no asking, no breaker; the house works by rules."""
    bot = await wire(settings(folder))
    assert bot.models.asking is None
    assert bot.services.asking is None
    assert bot.services.circuits.all() == ()
    await closed(bot)


async def test_asking_all_the_way(folder: Path, server: ModelServer) -> None:
    """An answer from the server in its own words, counted, and without anybody's name there."""
    bot = await wire(settings(folder, server))
    asking = bot.services.asking
    assert isinstance(asking, Asking)
    told = await ask_model(inquiry(await a_tenant(bot)), asking, wall_now=bot.services.wall_now())
    assert isinstance(told, Told)
    assert CANARY in told.value["ops_note"]
    [asked] = server.asked
    said = str(asked["messages"])
    assert not [word for word in ("anary", "600123456", "not-for-eyes") if word in said]
    labels = {"model": "demo-model", "operation": "explain", "status": "ok"}
    assert sample(bot, "e2a_ai_requests_total", **labels) == 1
    assert (sample(bot, "e2a_ai_tokens_total", model="demo-model") or 0) > 50
    assert (sample(bot, "e2a_ai_cost_cents_total", model="demo-model") or 0) > 0
    assert sample(bot, "e2a_cache_requests_total", cache="model_answers", result="miss") == 1
    assert sample(bot, "e2a_circuit_state", name=MODEL) == 0
    await closed(bot)


FAILURES = {
    "hang": "timeout",
    "drip": "timeout",
    "500": "server_error",
    "429": "rate_limited",
    "disconnect": "disconnected",
    "html": "junk",
    "junk": "junk",
    "half": "junk",
    "huge": "too_large",
    "invent": "invented",
}


async def test_every_way_to_fail_ends_in_a_reason(folder: Path, server: ModelServer) -> None:
    """However the server misbehaves, asking ends in time with a named reason and is counted."""
    bot = await wire(settings(folder, server, ai_circuit_failure_threshold=100))
    tenant = await a_tenant(bot)
    assert bot.models.asking is not None
    for mode, reason in FAILURES.items():
        server.mode = mode
        before = sample(bot, "e2a_ai_fallbacks_total", reason=reason) or 0
        began = time.perf_counter()
        told = await ask_model(inquiry(tenant), bot.models.asking, wall_now=NOW)
        assert time.perf_counter() - began < 3
        assert told == NotTold(reason=reason)
        assert sample(bot, "e2a_ai_fallbacks_total", reason=reason) == before + 1
    await closed(bot)


async def test_after_three_failures_the_model_is_left_alone(
    folder: Path, server: ModelServer
) -> None:
    """The breaker opens, is shown and told, costs nothing, and a person can close it."""
    server.mode = "500"
    bot = await wire(settings(folder, server))
    asking, tenant = bot.models.asking, await a_tenant(bot)
    assert asking is not None
    for reason in ["server_error"] * 3 + ["circuit_open"]:
        told = await ask_model(inquiry(tenant), asking, wall_now=bot.services.wall_now())
        assert told == NotTold(reason=reason)
    assert len(server.asked) == 3
    [view] = bot.services.circuits.all()
    assert (view.name, view.state, view.failures) == (MODEL, "open", 3)
    assert sample(bot, "e2a_circuit_state", name=MODEL) == 2
    assert sample(bot, "e2a_circuit_changes_total", name=MODEL, to="open") == 1
    server.mode = "good"
    assert bot.services.circuits.reset("nobody") is None
    assert bot.services.circuits.reset(MODEL) is not None
    told = await ask_model(inquiry(tenant), asking, wall_now=bot.services.wall_now())
    assert isinstance(told, Told)
    await closed(bot)


async def test_the_doctor_sees_the_model(folder: Path, server: ModelServer) -> None:
    """Reachable, listed under its name, with the day's limits; the price where it is unknown."""
    place = server.url.removeprefix("http://")
    limits = "200,000 tokens and 20.00 USD a day and client"
    told = await EXAMINE(settings(folder, server))
    assert told == f"demo-model at {place} is there; {limits}"
    server.model = "house-model"
    bot = await wire(settings(folder, server, ai_max_daily_tokens=1000, ai_max_daily_cost_cents=0))
    assert bot.models.asking is not None
    tenant = await a_tenant(bot)
    await ask_model(inquiry(tenant), bot.models.asking, wall_now=bot.services.wall_now())
    await closed(bot)
    told = await EXAMINE(
        settings(folder, server, ai_max_daily_tokens=1000, ai_max_daily_cost_cents=0)
    )
    assert "its price is unknown" in told
    assert "1,000 tokens a day and client, most used today by acme: " in told
    assert "never asked" in await EXAMINE(settings(folder, server, ai_mode="fallback"))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ai_model": "gpt-x"}, r"has no model gpt-x; it lists demo-model; correct AI_MODEL"),
        ({"ai_api_key": SecretStr("sk-not-for-eyes-wrong")}, "look at AI_API_KEY"),
        ({"ai_provider_base_url": "http://127.0.0.1:9/v1"}, "cannot be reached"),
    ],
)
async def test_the_doctor_names_the_remedy(
    folder: Path, server: ModelServer, given: dict[str, Any], words: str
) -> None:
    """A wrong name, key or address is told with what to correct, and the key is never shown."""
    with pytest.raises(UnwellError, match=words) as caught:
        await EXAMINE(settings(folder, server, **given))
    assert "not-for-eyes" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("AI_PROVIDER_BASE_URL", "http://[", "is no address"),
        ("AI_PROVIDER_BASE_URL", "http:///v1", "is no address"),
        ("AI_PROVIDER_BASE_URL", "http://model:99999/v1", "is no address"),
        ("AI_API_KEY", "sk-\u00e4", "has characters that no key has"),
        ("AI_API_KEY", "sk a", "has characters that no key has"),
    ],
)
def test_what_cannot_be_sent_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    """A wrong address or key is one line before anything is opened, without its value."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"{name}: {words}") as caught:
        load_settings(None)
    assert value not in str(caught.value)


def test_an_address_needs_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address of models without the name of one stops the start and says so."""
    monkeypatch.setenv("AI_PROVIDER_BASE_URL", "http://127.0.0.1:11434/v1")
    with pytest.raises(SettingsError, match="AI_MODEL: is missing"):
        load_settings(None)
    monkeypatch.setenv("PORT", "x")
    with pytest.raises(SettingsError) as caught:
        load_settings(None)
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["PORT", "AI_MODEL"]
    monkeypatch.setenv("PORT", "3000")
    monkeypatch.setenv("AI_MODEL", "llama3.1")
    assert load_settings(None).ai_model == "llama3.1"

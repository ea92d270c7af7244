"""`e2a policy lint --model`: what a model adds, with the engine's word on it, or why nothing."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.model.server import ModelServer
from tests.cli.conftest import Run
from tests.cli.files import write
from tests.policies.lint_policy import CLEAN


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    """A model's server in a thread of its own, named by the settings."""
    one, loop = ModelServer(), asyncio.new_event_loop()
    up, down = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with one.serving():
            up.set()
            await down.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert up.wait(20)
    monkeypatch.setenv("AI_PROVIDER_BASE_URL", one.url)
    monkeypatch.setenv("AI_MODEL", one.model)
    yield one
    loop.call_soon_threadsafe(down.set)
    thread.join(20)
    loop.close()


def test_a_model_s_remarks_stand_with_the_engine_s_word(
    e2a: Run, acme: str, tmp_path: Path, server: ModelServer
) -> None:
    """Each remark has its examples with what they really become; the exit code is the rules'."""
    file = write(tmp_path / "p.yaml", CLEAN)
    ran = e2a("policy", "lint", file, "--model")
    assert ran.code == 0
    assert f"{file}:8: model missing case pick: Its start may never be told" in ran.out
    assert "-> no clock: it has no order_paid" in ran.out
    assert "-> breached" in ran.out
    assert f"{file}: 4 of the model's remarks hold, 0 dropped" in ran.out
    assert ran.out.endswith("no findings, 2 examples hold\n")
    server.mode = "invent"
    (told,) = e2a("policy", "lint", file, "--model", "--client", acme, "--json").json
    assert (len(told["model"]["remarks"]), told["model"]["reason"]) == (4, None)
    assert len(server.asked) == 1  # the same policy is not asked about twice
    write(file, CLEAN.replace("within: 2h", "within: 3h"))
    (told,) = e2a("policy", "lint", file, "--model", "--json").json
    assert (len(told["model"]["remarks"]), told["model"]["dropped"]) == (2, 2)
    assert "4711" not in str(told)


def test_without_a_model_the_rules_stand(
    e2a: Run, acme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None set up, or nobody to pay for it: one line says so, and the rest is as ever."""
    file = write(tmp_path / "p.yaml", CLEAN)
    ran = e2a("policy", "lint", file, "--model", "--client", acme)
    assert (ran.code, ran.out.splitlines()[0]) == (
        0,
        "No model was heard: no model is set up. The findings by rules stand.",
    )
    assert e2a("tenant", "add", "globex").code == 0
    monkeypatch.setenv("AI_PROVIDER_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("AI_MODEL", "none")
    ran = e2a("policy", "lint", file, "--model")
    assert "name the client whose budget it is taken from, with --client" in ran.out
    assert (
        "there is no tenant nobody"
        in e2a("policy", "lint", file, "--model", "--client", "nobody").err
    )

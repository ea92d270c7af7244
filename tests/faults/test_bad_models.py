"""However a model behaves and whatever orders say to it: alerts are explained, and nothing else."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from demo.model.modes import MODES
from policies.reasons import Status
from rag.guarded import GuardedModel
from tests.faults.bad_models import INVENTED, Scene, Told, a_scene

SOAK = bool(os.environ.get("E2A_TEST_SOAK"))
_WELL = ("good", "fenced")
_MAYBE = (*_WELL, "half", "invent", "obey")
"""Modes in which all of what comes back is used, and in which some of it may be."""
_WITHIN = 15.0
_HUNDRED = 100
_REST = timedelta(hours=1)


def unsupported(one: Told, harmless: str) -> list[str]:
    """What the model's words have that the rules' words had not: a trick, or something made up."""
    wrong = [bite for bite in (*one.trick.bites, *INVENTED) if bite in one.latest]
    return [bite for bite in wrong if bite not in one.first and bite not in harmless]


async def untouched(scene: Scene) -> bool:
    """Whether every exception is as it was opened: nothing that was said did anything."""
    async with scene.house.bot.storage.read() as tx:
        found = await tx.connection.exec_driver_sql(
            "SELECT status, assignee, resolution_attempts, snoozed_until FROM exceptions"
        )
        return {tuple(row) for row in found} == {(Status.OPEN.value, None, 0, None)}


async def harmless_words(scene: Scene) -> str:
    """What a good model makes of an order like the others, so that markup of ours is no finding."""
    scene.server.script = ["good"]
    (plain,) = await scene.told(await scene.late_orders(1), 60)
    return plain.latest


def check(told: Sequence[Told], count: int, harmless: str) -> None:
    """All have an explanation, and no text has what nobody told."""
    assert len(told) == count
    assert [(one.order_id, wrong) for one in told if (wrong := unsupported(one, harmless))] == []


async def test_all_alerts_are_explained_by_any_model(tmp_path: Path) -> None:
    """An order for each way to misbehave, with tricks in all texts: explained, and unharmed."""
    given = {"ai_timeout_seconds": 3, "ai_retry_max_attempts": 1}
    async with a_scene(tmp_path, clients=15, ai_circuit_failure_threshold=1000, **given) as scene:
        harmless = await harmless_words(scene)
        scene.server.script = list(MODES)
        tricks = await scene.late_orders(len(MODES))
        told = await scene.told(tricks, 120)
        check(told, len(tricks), harmless)
        assert sum(one.improved for one in told) >= 2
        assert await untouched(scene)
        assert scene.metric("e2a_ai_confidence_count") >= 2


def rested(scene: Scene) -> None:
    """Lets the breaker's rest be over, however fast or slow the machine is."""
    asking = scene.house.bot.models.asking
    assert asking is not None
    assert isinstance(asking.model, GuardedModel)
    breaker = asking.model.breaker
    assert breaker.circuit.since is not None
    breaker.circuit = replace(breaker.circuit, since=breaker.circuit.since - _REST)


async def test_the_breaker_opens_and_one_probe_closes_it(tmp_path: Path) -> None:
    """Three failures open it; after the rest one call tries while the others go by rules."""
    given = {"ai_timeout_seconds": 0.5, "ai_retry_max_attempts": 1}
    rest = int(_REST.total_seconds())
    async with a_scene(tmp_path, clients=6, ai_circuit_recovery_seconds=rest, **given) as scene:
        changes, model = "e2a_circuit_changes_total", {"name": "model"}
        scene.server.mode = "500"
        check(await scene.told(await scene.late_orders(6), 60), 6, "")
        assert 3 <= len(scene.server.asked) <= 6
        assert scene.metric(changes, **model, to="open") == 1
        asked, scene.server.mode = len(scene.server.asked), "hang"
        rested(scene)
        check(await scene.told(await scene.late_orders(4), 60), 4, "")
        assert len(scene.server.asked) == asked + 1
        assert scene.metric(changes, **model, to="open") == 2
        assert scene.metric("e2a_ai_fallbacks_total", reason="circuit_open") >= 3
        scene.server.mode = "good"
        rested(scene)
        told = await scene.told(await scene.late_orders(4), 60)
        check(told, 4, "")
        assert any(one.improved for one in told)
        assert scene.metric(changes, **model, to="closed") == 1
        assert scene.metric("e2a_circuit_state", **model) == 0


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="the long form runs with make soak")
@pytest.mark.parametrize("mode", MODES)
async def test_a_hundred_alerts_in_each_mode(
    tmp_path: Path, mode: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """100 of 100 alerts have their explanation within 15 s, whatever the model does with it."""
    async with a_scene(tmp_path, clients=25, ai_circuit_failure_threshold=1000) as scene:
        harmless = await harmless_words(scene)
        scene.server.mode = mode
        told = await scene.told(await scene.late_orders(_HUNDRED), 600)
        waits = sorted(one.seconds for one in told)
        improved = sum(one.improved for one in told)
        figures = f"{mode}: {len(told)} explained, slowest {waits[-1]:.1f} s, {improved} improved"
        with capsys.disabled():
            print(figures)  # noqa: T201 - the long form tells what it measured
        check(told, _HUNDRED, harmless)
        assert waits[-1] <= _WITHIN, figures
        assert improved == 0 or mode in _MAYBE, figures
        assert improved == _HUNDRED or mode not in _WELL, figures
        assert await untouched(scene)

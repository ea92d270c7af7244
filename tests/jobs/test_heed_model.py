"""What a model says of itself stops what happens by itself, and a person lets it go on."""

from typing import Any

import pytest

from handlers.blocks.card import card
from jobs.act_on_exception import act_on_exception
from jobs.ask_model import NotTold
from jobs.explain_exception import explain_exception
from jobs.improve_explanation import improve_explanation
from jobs.show import show_exception
from policies.asking import ModelTimeoutError
from policies.lifecycle import Act
from policies.model_budget import DailyLimits
from policies.model_failures import WORDS
from policies.records import ExceptionRecord
from policies.resolution_gates import stated_of
from tests.jobs.asking import Counting
from tests.jobs.resolutions import Calls, resolving_of, rules, run
from tests.jobs.scene_parts import Scene
from tests.jobs.scenes import pick_zone
from tests.jobs.test_improve_explanation import GOOD, improving_of
from tests.jobs.world import packaged_steps
from tests.policies.builders import at

HOLD = "{PICK_DELAY: [{do: hold_order, within: 30m}]}"
LOW = "AI confidence too low (0.15) - manual review required"
REPEATED = "Repeated AI analysis failures: Connection timeout"


@pytest.fixture
async def scene() -> Scene:
    """SO-1 is late, and the rules have explained it in full."""
    made = await pick_zone()
    await explain_exception(
        made.record().id,
        storage=made.world.storage,
        promises=made.world.promises,
        steps=packaged_steps(),
        now=at(made.minute),
    )
    return made


async def asked(scene: Scene, *says: Any, **given: Any) -> ExceptionRecord:  # noqa: ANN401
    """SO-1 after a model was asked about it."""
    minute = at(scene.minute)
    improving = improving_of(scene, *says, **given)
    await improve_explanation(scene.record().id, improving, now=minute, wall_now=minute)
    return scene.record()


async def unblocked(scene: Scene) -> ExceptionRecord:
    """SO-1 after a person unblocked it."""
    record = scene.record()
    act = Act(
        verb="unblock", exception_id=record.id, actor="slack:U1", tenant_ids=(record.tenant_id,)
    )
    await act_on_exception(
        act, storage=scene.world.storage, now=at(scene.minute), wall_now=at(scene.minute)
    )
    return scene.record()


def held(calls: Calls) -> list[object]:
    """The orders that were held."""
    return [request["body"]["order"] for _, _, request in calls.told]


async def card_of(scene: Scene) -> str:
    """The card as it is drawn now."""
    record = scene.record()
    view = await show_exception(
        record.id,
        [record.tenant_id],
        storage=scene.world.storage,
        promises=scene.world.promises,
        now=at(scene.minute),
    )
    assert view
    return str(card(view).blocks)


async def test_below_point_three_blocks_at_once(scene: Scene) -> None:
    """Its own doubt stops the policy: said on card and record, undone by unblock."""
    before = scene.record().explanation
    record = await asked(scene, {**GOOD, "confidence": 0.15})
    assert (record.resolution_blocked, record.resolution_block_reason) == (True, LOW)
    assert record.explanation == before
    assert LOW in await card_of(scene)
    calls = Calls()
    resolving = resolving_of(scene.world.storage, scene.world.promises, rules(HOLD), calls)
    await run(resolving, scene.minute)
    assert "SO-1" not in held(calls)
    record = await unblocked(scene)
    assert (record.resolution_blocked, record.resolution_block_reason) == (False, None)
    await run(resolving, scene.minute)
    assert "SO-1" in held(calls)


@pytest.mark.parametrize("confidence", [0.3, 0.5])
async def test_what_is_only_not_sure_enough_blocks_nothing(scene: Scene, confidence: float) -> None:
    """From 0.3 on the rules' explanation stands, and so does what a policy lets run."""
    record = await asked(scene, {**GOOD, "confidence": confidence})
    assert not record.resolution_blocked
    assert stated_of(record).confidence is None


async def test_a_stored_confidence_is_held_against_the_gate(scene: Scene) -> None:
    """A model that worded it at 0.6 keeps actions back, and blocks nothing."""
    record = await asked(scene, {**GOOD, "confidence": 0.6})
    assert stated_of(record).confidence == 0.6
    calls = Calls()
    resolving = resolving_of(scene.world.storage, scene.world.promises, rules(HOLD), calls)
    await run(resolving, scene.minute)
    assert "SO-1" not in held(calls)
    assert not scene.record().resolution_blocked


async def test_three_failures_block_in_the_words_of_the_last(scene: Scene) -> None:
    """The third blocks, each is on the trail, and after unblock it counts anew."""
    for _ in range(2):
        assert not (await asked(scene, ModelTimeoutError())).resolution_blocked
    record = await asked(scene, ModelTimeoutError())
    assert record.resolution_block_reason == REPEATED
    trail = scene.world.trail()
    assert [entry.note for entry in trail if entry.action == "model_failed"] == [
        "Connection timeout"
    ] * 3
    await unblocked(scene)
    assert not (await asked(scene, ModelTimeoutError())).resolution_blocked


async def test_what_was_not_asked_is_no_failure(scene: Scene) -> None:
    """An open breaker, a spent budget or a mode says nothing of the exception."""
    assert not WORDS.keys() & {"circuit_open", "budget", "mode", "too_long", "refused_answer"}
    for _ in range(4):
        await asked(scene, GOOD, limits=DailyLimits(tokens=1))
    assert not scene.record().resolution_blocked


async def test_how_sure_it_was_is_counted_once(scene: Scene) -> None:
    """Each answer's confidence is told to the metrics, whether it is used or not."""
    counting = Counting()
    await asked(scene, {**GOOD, "confidence": 0.15}, observe=counting)
    await asked(scene, ModelTimeoutError(), observe=counting)
    await asked(scene, GOOD, observe=counting)
    assert [call for call in counting.calls if call[0] == "stated"] == [
        ("stated", "0.15"),
        ("stated", "0.82"),
    ]


def test_a_reason_is_what_two_have_in_common() -> None:
    """The refused answer is for whoever asked; outcomes are told apart by their reason."""
    assert NotTold(reason="refused_answer", refused={"a": 1}) == NotTold(reason="refused_answer")

"""A model words what the rules explained, and only what the evidence bears out is ever seen."""

import json
from dataclasses import replace
from typing import Any

import pytest

from jobs.explain_exception import explain_exception
from jobs.improve_explanation import Improving, improve_explanation
from jobs.improvements import by_rules, improvement_of
from policies.asking import ModelTimeoutError
from policies.model_budget import AiMode
from policies.records import Explanation
from tests.jobs.asking import ScriptedModel, an_asking
from tests.jobs.scene_parts import Scene
from tests.jobs.scenes import pick_zone
from tests.jobs.world import packaged_steps
from tests.policies.builders import at

GOOD = {
    "label": "Zone B stands",
    "confidence": 0.82,
    "ops_note": "SO-1 was paid Mon 10:00 [1] and is not picked; zone B of ATL1 is behind [2].",
    "client_note": "Your order SO-1 is being worked on.",
    "root_cause": "zone",
    "next_actions": ["Ask the floor lead of ATL1 what stops zone B."],
    "reasoning": "Most orders of zone B are late too [2].",
    "evidence": [1, 2],
}


@pytest.fixture
async def scene() -> Scene:
    """A zone stands; SO-1 is late in it, and the rules have explained it in full."""
    made = await pick_zone()
    await explain_exception(
        made.record().id,
        storage=made.world.storage,
        promises=made.world.promises,
        steps=packaged_steps(),
        now=at(made.minute),
    )
    return made


def improving_of(scene: Scene, *says: Any, **given: Any) -> Improving:  # noqa: ANN401
    """Improving as it is wired, with a model that says this."""
    texts = [one if isinstance(one, Exception) else json.dumps(one) for one in says]
    model = ScriptedModel(says=texts)
    return Improving(
        asking=an_asking(scene.world.storage, model, **{"mode": AiMode.FULL, **given}),
        storage=scene.world.storage,
        promises=scene.world.promises,
        least_confidence=0.55,
    )


async def improve(scene: Scene, *says: Any, **given: Any) -> str:  # noqa: ANN401
    """The job, at the scene's minute."""
    return await improve_explanation(
        scene.record().id,
        improving_of(scene, *says, **given),
        now=at(scene.minute),
        wall_now=at(scene.minute),
    )


def known(scene: Scene) -> Explanation:
    """What is told of SO-1 now."""
    explanation = scene.record().explanation
    assert explanation
    return explanation


async def test_a_good_answer_replaces_the_words_and_the_thread_is_edited(scene: Scene) -> None:
    """Label, notes, confidence and reasoning are the model's; receipts stay those of the rules."""
    before = known(scene)
    scene.world.storage.state.outbox.clear()
    assert await improve(scene, GOOD) == "improved"
    after = known(scene)
    assert (after.source, after.confidence, after.label) == ("ai", 0.82, "Zone B stands")
    assert "zone B of ATL1 is behind [2]" in after.ops_note
    assert after.evidence == before.evidence
    asked = [row.message.payload["part"] for row in scene.world.storage.state.outbox.values()]
    assert asked == ["explanation"]
    assert await improve(scene, GOOD) == "unwanted"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({**GOOD, "confidence": 0.5}, "refused_answer"),
        ({**GOOD, "ops_note": "SO-9999 lost 4711 USD at 03:33."}, "refused_answer"),
        ({**GOOD, "ops_note": "<!channel> click https://evil.example now"}, "refused_answer"),
        ({**GOOD, "ops_note": "I do what the text says."}, "refused_answer"),
        ({"label": "only that"}, None),
        ("no object", None),
        (ModelTimeoutError(), None),
    ],
)
async def test_whatever_else_it_says_the_rules_stand(
    scene: Scene, answer: object, reason: str | None
) -> None:
    """Unsure, unsupported, hostile, empty, junk, late: the text stays, model fields are null."""
    before = known(scene)
    outcome = await improve(scene, answer)
    assert outcome != "improved"
    assert reason is None or outcome == reason
    assert known(scene) == before
    assert (before.source, before.confidence, before.reasoning) == ("rules", None, None)


async def test_a_figure_that_nobody_told_goes_with_its_sentence(scene: Scene) -> None:
    """One unsupported sentence is dropped; what is borne out stays."""
    invented = {**GOOD, "ops_note": f"{GOOD['ops_note']} A second zone lost 4711 parcels."}
    assert await improve(scene, invented) == "improved"
    assert "4711" not in known(scene).ops_note
    assert "zone B" in known(scene).ops_note


async def test_what_changed_meanwhile_is_not_overwritten(scene: Scene) -> None:
    """An answer that comes after the order was judged anew changes nothing."""
    record = scene.record()
    state = scene.world.storage.state

    async def meanwhile() -> None:
        state.exceptions[record.id] = replace(record, version=record.version + 1)

    improving = improving_of(scene, GOOD)
    scene.world.storage.interruptions += [meanwhile] * 3
    outcome = await improve_explanation(
        record.id, improving, now=at(scene.minute), wall_now=at(scene.minute)
    )
    assert outcome == "changed"
    assert known(scene).source == "rules"


async def test_only_what_matters_is_asked_about(scene: Scene) -> None:
    """In the smart mode a MEDIUM exception is not worth a call; none is made and none is paid."""
    assert await improve(scene, GOOD, mode=AiMode.SMART) == "mode"
    assert not scene.world.storage.state.model_usage


def test_work_is_asked_for_what_the_rules_explained_in_full() -> None:
    """What a model worded, or what nobody reads, asks for no work."""
    scene_record = replace_explanation(None)
    assert not by_rules(scene_record)
    full = Explanation(
        label="l", ops_note="o", client_note="c", next_step="n", evidence=(), as_of="now"
    )
    assert by_rules(replace_explanation(full))
    assert not by_rules(replace_explanation(replace(full, source="ai")))
    assert improvement_of(replace_explanation(full)).subject == "7"


def replace_explanation(explanation: Explanation | None) -> Any:  # noqa: ANN401
    """Exception #7 with that explanation."""
    from tests.slack.values import record  # noqa: PLC0415 - values of another room

    return record(explanation=explanation)

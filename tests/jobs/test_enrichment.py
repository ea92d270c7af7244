"""The pipeline follows what is really done about exceptions, and goes after what is missing."""

from dataclasses import replace

from jobs.explain_exception import explain_exception
from jobs.improvements import improvement_of
from jobs.reprocess_enrichment import (
    enrich_exceptions,
    process_enrichment,
    reprocess_enrichment,
)
from policies.asking import ModelAwayError, ModelTimeoutError
from policies.enrichment import COMPLETED, EnrichmentState, failed, skipped, waits
from policies.model_budget import DailyLimits
from policies.reasons import Status
from policies.records import DeadLetter
from tests.jobs.enrichments import DAY, Pipeline, good
from tests.jobs.resolutions import resolving_of, rules, run
from tests.jobs.storms import Desk, numbered
from tests.jobs.world import World, packaged_steps
from tests.policies.builders import at


async def test_without_a_model_every_exception_is_complete_within_two_minutes(world: World) -> None:
    """Rules explained it, the model is left out and says why, and so is the policy."""
    pipeline = Pipeline(world)
    await world.late_order()
    went = await pipeline.follow(122)
    assert (went.begun, went.looked, went.asked) == (1, 1, 0)
    row = pipeline.row()
    assert row.order_analysis == COMPLETED
    assert row.classification == skipped("no_model")
    assert row.automation == skipped("no_policy")
    assert row.completed_at == at(122)
    assert (row.confidence, row.quality) == (None, 83)
    assert (await pipeline.follow(122.5)).begun == 0


async def test_what_nobody_posted_is_explained_and_asked_about_all_the_same(world: World) -> None:
    """With notifications off no post asks the model; the pipeline does, a minute later."""
    pipeline = Pipeline(world, [good(0.9)])
    await world.late_order()
    await pipeline.follow(122)
    assert pipeline.row().classification == waits("waits_for_model")
    assert pipeline.model.prompts == []
    await pipeline.follow(123)
    assert len(pipeline.model.prompts) == 1
    row, told = pipeline.row(), world.record().explanation
    assert told
    assert (told.source, told.confidence) == ("ai", 0.9)
    assert (row.classification, row.confidence, row.complete) == (COMPLETED, 0.9, True)


async def test_what_a_post_asked_for_is_not_asked_twice(world: World) -> None:
    """The usual way, seconds after the alert, is followed; the pipeline asks nothing."""
    pipeline = Pipeline(world, [good()])
    record = await world.late_order()
    place = {"storage": world.storage, "promises": world.promises, "steps": packaged_steps()}
    await explain_exception(record.id, **place, now=at(121))  # type: ignore[arg-type]
    async with world.storage.write() as tx:
        await tx.work.put([improvement_of(world.record())], at(121))
    await pipeline.improver(121.2).step()
    assert pipeline.row().classification == COMPLETED
    for minute in (122, 123, 124, 140):
        await pipeline.follow(minute)
    assert len(pipeline.model.prompts) == 1
    assert pipeline.row().complete


async def test_a_model_that_was_down_is_asked_until_it_answers(world: World) -> None:
    """The fields stay null meanwhile, each failure is counted, and the reason stands there."""
    pipeline = Pipeline(world, [ModelTimeoutError(), ModelAwayError(), good()])
    await world.late_order()
    await pipeline.follow(122)
    await pipeline.follow(123)
    assert pipeline.row().classification == failed("timeout")
    await pipeline.follow(123.5)
    assert len(pipeline.model.prompts) == 1
    await pipeline.follow(124.5)
    assert pipeline.row().classification == failed("unreachable")
    told = world.record().explanation
    assert told
    assert (told.source, told.confidence, told.reasoning) == ("rules", None, None)
    assert not pipeline.row().complete
    await pipeline.follow(131)
    assert pipeline.row().classification == COMPLETED
    assert pipeline.failures == ["classification", "classification"]


async def test_an_open_breaker_and_a_spent_budget_come_back_by_themselves(world: World) -> None:
    """Neither uses up a try; the budget at midnight, the breaker as soon as it lets through."""
    pipeline = Pipeline(world, [good()])
    pipeline.model.open_for = False
    await world.late_order()
    for minute in (122, 123, 125):
        await pipeline.follow(minute)
    assert pipeline.row().classification == waits("circuit_open")
    pipeline.model.open_for, pipeline.limits = True, {"limits": DailyLimits(tokens=1)}
    await pipeline.follow(127)
    assert pipeline.row().classification == skipped("budget")
    assert pipeline.row().complete
    pipeline.limits = {}
    await pipeline.follow(14 * 60 - 5)
    assert pipeline.model.prompts == []
    await pipeline.follow(14 * 60 + 5)
    assert pipeline.row().classification == COMPLETED
    assert pipeline.failures == []


async def test_an_unsure_answer_gives_way_to_a_surer_one_a_day_later(world: World) -> None:
    """A worse one does not take its place; the kept answer is not taken for a new one."""
    pipeline = Pipeline(world, [good(0.6), good(0.58), good(0.8)])
    await world.late_order()
    await pipeline.follow(122)
    await pipeline.follow(123)
    assert pipeline.row().confidence == 0.6
    await pipeline.follow(123 + 0.9 * DAY)
    assert len(pipeline.model.prompts) == 1
    await pipeline.follow(123 + 1.3 * DAY)
    assert (len(pipeline.model.prompts), pipeline.row().confidence) == (2, 0.6)
    await pipeline.follow(123 + 2.6 * DAY)
    await pipeline.follow(124 + 2.6 * DAY)
    told = world.record().explanation
    assert told
    assert (told.confidence, pipeline.row().confidence) == (0.8, 0.8)
    assert pipeline.row().ask_at is None


async def test_an_order_that_cannot_be_judged_is_no_complete_record(world: World) -> None:
    """Its dead letter is the reason; once that is dealt with, so is the stage."""
    pipeline = Pipeline(world)
    record = await world.late_order()
    letter = DeadLetter(
        tenant_id=1,
        kind="evaluate",
        subject=record.order_id,
        order_id=record.order_id,
        reason="Evaluation failed 3 times",
        payload={},
    )
    async with world.storage.write() as tx:
        [number] = await tx.dead_letters.add([letter], at(121))
    await pipeline.follow(122)
    assert pipeline.row().order_analysis == failed("evaluation_failed")
    assert pipeline.failures == ["order_analysis"]
    async with world.storage.write() as tx:
        await tx.dead_letters.save(replace(letter, id=number, state="replayed"))
    await pipeline.follow(124)
    assert pipeline.row().complete


async def test_what_no_rule_explained_is_judged_again(world: World) -> None:
    """A record without any explanation asks for its order, and is not called complete."""
    pipeline = Pipeline(world)
    record = await world.late_order()
    world.storage.state.exceptions[1] = replace(record, explanation=None)
    await pipeline.follow(122)
    assert world.waiting_work() == [record.order_id]
    assert pipeline.row().order_analysis == waits("not_explained")


async def test_the_members_of_a_storm_are_not_asked_about(world: World) -> None:
    """A storm is explained once; a thousand members do not spend the day's budget."""
    desk, pipeline = Desk(world), Pipeline(world, [good()])
    numbers = await desk.late(*numbered(1, 9))
    assert len(desk.members()) == 9
    await pipeline.follow(122)
    await pipeline.follow(123.5)
    states = {pipeline.row(number).classification for number in numbers}
    assert states == {skipped("storm")}
    assert pipeline.model.prompts == []


async def test_automation_follows_the_attempts_of_the_policy(world: World) -> None:
    """Under way while its proof is awaited, completed when it helped; never made up."""
    book = rules("{PICK_DELAY: [{do: reevaluate, within: 10m}]}")
    pipeline = Pipeline(world, book=book)
    await world.late_order()
    resolving = resolving_of(world.storage, world.promises, book)
    await pipeline.follow(122)
    assert pipeline.row().automation == waits("to_be_looked_at")
    await run(resolving, 123)
    await pipeline.follow(123)
    assert pipeline.row().automation.state is EnrichmentState.IN_PROGRESS
    for minute in (140, 160):
        await run(resolving, minute)
        await pipeline.follow(minute)
    assert pipeline.row().automation == failed("attempts_used_up")
    assert pipeline.failures == ["automation"]


async def test_every_4_hours_whatever_is_incomplete_is_looked_at_again(world: World) -> None:
    """Also what nobody followed, however old; and nothing of the reserved clients."""
    pipeline = Pipeline(world)
    await world.late_order("SO-1")
    await world.late_order("SO-2", tenant_id=2)
    went = await pipeline.follow(121 + 4 * 60)
    assert went.begun == 0
    tenants = world.storage.state.tenants
    tenants[2] = replace(tenants[2], synthetic=True)
    now = at(121 + 5 * 60)
    assert (await enrich_exceptions(pipeline.enriching, now=now, wall_now=now)).begun == 1
    del world.storage.state.enrichments[1]
    later = at(121 + 9 * DAY)
    found, again = await reprocess_enrichment(pipeline.enriching, now=later, wall_now=later)
    assert (found, again) == (1, 0)
    assert pipeline.row().complete
    assert list(world.storage.state.enrichments) == [1]


async def test_somebody_can_have_it_done_again(world: World) -> None:
    """After a model failed for good, a person starts its tries anew; the trail names them."""
    pipeline = Pipeline(world, [ModelTimeoutError()])
    await world.late_order()
    for minute in range(122, 122 + 8 * 60, 4):
        await pipeline.follow(minute)
    assert pipeline.row().given_up
    assert len(pipeline.model.prompts) == 6
    pipeline.model.says[:] = [good()]
    where = {"storage": world.storage, "now": at(700), "wall_now": at(700)}
    assert await process_enrichment(2, [1], "api:9", **where) == 0  # type: ignore[arg-type]
    assert await process_enrichment(1, None, "api:3", **where) == 1  # type: ignore[arg-type]
    await pipeline.follow(701)
    assert pipeline.row().classification == COMPLETED
    entry = world.trail()[-1]
    assert (entry.actor, entry.action, dict(entry.after)) == (
        "api:3",
        "process_enrichment",
        {"exceptions": 1},
    )


async def test_what_ended_is_left_alone(world: World) -> None:
    """Once it is settled and complete nobody looks again; a reopened one is found."""
    pipeline = Pipeline(world)
    await world.late_order()
    await pipeline.follow(122)
    over = replace(world.record(), status=Status.RESOLVED, resolved_at=at(125))
    world.storage.state.exceptions[1] = over
    await pipeline.follow(138)
    assert pipeline.row().next_at is None
    world.storage.state.exceptions[1] = replace(over, status=Status.OPEN, resolved_at=None)
    await reprocess_enrichment(pipeline.enriching, now=at(400), wall_now=at(400))
    assert pipeline.row().next_at is not None

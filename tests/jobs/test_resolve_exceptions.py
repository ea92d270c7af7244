"""What is done by itself: only what a policy lists, counted, proved, and stopped at the maximum."""

from dataclasses import replace

import pytest

from jobs.ports.resolution import Answered
from policies.attempts import AttemptState
from policies.reasons import Status
from policies.records import Explanation
from policies.resolution import NO_RESOLUTION
from tests.jobs.resolutions import (
    PACKAGED,
    Calls,
    acted,
    attempts,
    resolving_of,
    rules,
    run,
)
from tests.jobs.world import World, of
from tests.policies.builders import at, event

HOLD = "{PICK_DELAY: [{do: hold_order, within: 30m, proved_by: [order_held]}]}"
BROKEN = Answered(status=422, words="no such order", done=False)


async def test_nothing_runs_without_a_policy(world: World) -> None:
    """Where nobody wrote a rule, nothing is tried and no row is touched."""
    await world.late_order()
    before = world.storage.state
    went = await run(resolving_of(world.storage, world.promises, NO_RESOLUTION), 130)
    assert (went.planned, went.carried_out, attempts(world)) == (0, 0, [])
    assert world.storage.state.exceptions == before.exceptions


async def test_an_action_that_is_proved_has_succeeded(world: World) -> None:
    """The call alone proves nothing; the event that the policy names does."""
    record = await world.late_order()
    calls = Calls()
    resolving = resolving_of(world.storage, world.promises, rules(HOLD), calls)
    await run(resolving, 130)
    (tried,) = attempts(world)
    assert (tried.state, tried.status, tried.response) == (AttemptState.WAITING, 202, "taken")
    assert calls.told[0][2] == {
        "method": "POST",
        "url": "https://wms.example.com/hold/SO-1",
        "body": {"order": "SO-1", "over": 10},
    }
    assert world.record(record.id).resolution_attempts == 1
    await world.hear(of("SO-1", event("order_held", 135, "held")), minute=135)
    await run(resolving, 140)
    (tried,) = attempts(world)
    assert (tried.state, tried.ended_at) == (AttemptState.SUCCEEDED, at(140))
    await run(resolving, 200)
    assert len(calls.told) == 1


async def test_what_is_not_proved_in_time_has_failed(world: World) -> None:
    """A receiver that says yes and does nothing is a failed attempt."""
    await world.late_order()
    resolving = resolving_of(world.storage, world.promises, rules(HOLD))
    await run(resolving, 130)
    await run(resolving, 159)
    assert attempts(world)[0].state is AttemptState.WAITING
    await run(resolving, 160)
    assert attempts(world)[0].state is AttemptState.FAILED


async def test_failed_actions_count_and_block_at_the_maximum(world: World) -> None:
    """After the second failure nothing is tried any more, and the card says why."""
    await world.late_order()
    calls = Calls(answers=[BROKEN])
    resolving = resolving_of(world.storage, world.promises, rules(HOLD), calls)
    await run(resolving, 130)
    assert (world.record().resolution_attempts, world.record().resolution_blocked) == (1, False)
    await run(resolving, 131)
    record = world.record()
    assert (record.resolution_attempts, record.resolution_blocked) == (2, True)
    assert record.resolution_block_reason == "Maximum resolution attempts (2) reached"
    await run(resolving, 132)
    assert len(calls.told) == 2
    assert len({key for _, key, _ in calls.told}) == 2


async def test_a_reset_begins_again(world: World) -> None:
    """Who unblocks gives it its attempts back."""
    record = await world.late_order()
    calls = Calls(answers=[BROKEN])
    resolving = resolving_of(world.storage, world.promises, rules(HOLD), calls)
    for minute in (130, 131):
        await run(resolving, minute)
    await acted(world, "unblock", record, 132)
    await run(resolving, 133)
    assert (world.record().resolution_attempts, len(calls.told)) == (1, 3)


async def test_a_persons_block_stops_what_was_on_the_list(world: World) -> None:
    """Blocked between the choice and the act: nothing is called."""
    record = await world.late_order()
    text = "{PICK_DELAY: [{do: hold_order, approve: lead}]}"
    calls = Calls()
    resolving = resolving_of(world.storage, world.promises, rules(text), calls)
    await run(resolving, 130)
    await acted(world, "block", record, 131)
    await run(resolving, 132)
    assert (attempts(world)[0].state, calls.told) == (AttemptState.DROPPED, [])
    assert world.record().resolution_block_reason == "client said wait"


@pytest.mark.parametrize("verb", ["acknowledge", "resolve"])
async def test_only_open_and_in_progress_ones_are_tried(world: World, verb: str) -> None:
    """Who acknowledged it looks after it; what is resolved needs nothing."""
    record = await world.late_order()
    await acted(world, verb, record, 125)
    calls = Calls()
    await run(resolving_of(world.storage, world.promises, rules(HOLD), calls), 130)
    assert calls.told == []


async def test_a_model_that_is_unsure_blocks_at_once(world: World) -> None:
    """Below 0.3 a person has to look, in these words; below 0.7 nothing runs by itself."""
    record = await world.late_order()
    calls = Calls()
    resolving = resolving_of(world.storage, world.promises, rules(HOLD), calls)
    told = record.explanation or Explanation(
        label="l", ops_note="o", client_note="c", next_step="n", evidence=()
    )
    for confidence in (0.69, 0.15):
        async with world.storage.write() as tx:
            stated = replace(told, source="ai", confidence=confidence)
            before = world.record()
            assert await tx.exceptions.save(
                replace(before, explanation=stated, version=before.version + 1), was=before.version
            )
        assert not world.record().resolution_blocked
        await run(resolving, 130)
    assert world.record().resolution_block_reason == (
        "AI confidence too low (0.15) - manual review required"
    )
    assert calls.told == []


async def test_delivered_ones_are_closed_by_the_packaged_policy(world: World) -> None:
    """Delivered without a pick scan: settled, and open for good once a person reopened it."""
    record = await world.late_order()
    await world.hear(of("SO-1", event("delivered", 130, "there")), minute=130)
    await lose_the_judging(world)
    resolving = resolving_of(world.storage, world.promises, PACKAGED)
    await run(resolving, 131)
    assert attempts(world) == []  # what was told just now may settle by being judged
    await run(resolving, 140)
    after = world.record()
    assert (after.status, after.resolution) == (Status.RESOLVED, "delivered")
    assert [one.state for one in attempts(world)] == [AttemptState.SUCCEEDED]
    assert [entry.actor for entry in world.trail()][-2:] == ["policy:resolution"] * 2
    await acted(world, "reopen", record, 150)
    await run(resolving, 160)
    assert world.record().active


async def lose_the_judging(world: World) -> None:
    """As if the judging of what was just heard had been given up."""
    for item in await world.claim(130):
        async with world.storage.write() as tx:
            await tx.work.done([item], at(130))


async def test_late_evidence_is_judged_again(world: World) -> None:
    """The pick came and the exception still stands: its order is judged, and that settles it."""
    await world.late_order()
    await world.hear(of("SO-1", event("pick_completed", 130, "picked")), minute=130)
    await lose_the_judging(world)
    resolving = resolving_of(world.storage, world.promises, PACKAGED)
    await run(resolving, 140)
    assert world.waiting_work() == ["SO-1"]
    await world.judge(141)
    await run(resolving, 142)
    assert [one.state for one in attempts(world)] == [AttemptState.SUCCEEDED]
    assert world.record().resolution == "settled_late"


async def test_a_dry_run_first_does_nothing_and_is_on_record(world: World) -> None:
    """The first run says what it would do, the second one does it; only the second counts."""
    await world.late_order()
    calls = Calls()
    text = "{PICK_DELAY: [{do: hold_order, dry_run: first}]}"
    resolving = resolving_of(world.storage, world.promises, rules(text), calls)
    await run(resolving, 130)
    assert (calls.told, world.record().resolution_attempts) == ([], 0)
    await run(resolving, 131)
    states = [(one.dry_run, one.state) for one in attempts(world)]
    assert states == [(True, AttemptState.REHEARSED), (False, AttemptState.WAITING)]


async def test_limits_hold_by_hour_and_tenant(world: World) -> None:
    """Three late orders and a limit of two an hour: the third has its turn later."""
    for number in range(3):
        await world.late_order(f"SO-{number}")
    calls = Calls()
    text = "{PICK_DELAY: [{do: hold_order, limit: {per_hour: 2}}]}"
    resolving = resolving_of(world.storage, world.promises, rules(text), calls)
    await run(resolving, 130)
    await run(resolving, 150)
    assert len(calls.told) == 2
    await run(resolving, 191)
    assert len({request["url"] for _, _, request in calls.told}) == 3


async def test_a_lost_call_is_repeated_with_the_same_key(world: World) -> None:
    """No answer: nobody knows whether it was done, so the repetition can be told by its key."""
    await world.late_order()
    lost = Answered(status=None, words="no answer within 10 s", done=False, again=True)
    taken = Answered(status=200, words="", done=True)
    calls = Calls(answers=[lost, taken])
    resolving = resolving_of(world.storage, world.promises, rules(HOLD), calls)
    await run(resolving, 130)
    await run(resolving, 132)
    (first, again) = calls.told
    assert first == again
    assert (world.record().resolution_attempts, len(attempts(world))) == (1, 1)


async def test_the_setting_holds_for_what_opens_from_then_on(world: World) -> None:
    """MAX_RESOLUTION_ATTEMPTS is on the record, and its number is in the reason."""
    world.telling = replace(world.telling, max_resolution_attempts=1)
    await world.late_order()
    assert world.record().max_resolution_attempts == 1
    calls = Calls(answers=[BROKEN])
    await run(resolving_of(world.storage, world.promises, rules(HOLD), calls), 130)
    assert world.record().resolution_block_reason == "Maximum resolution attempts (1) reached"


async def test_a_person_who_settles_it_takes_nothing_from_the_rates(world: World) -> None:
    """What somebody resolved while proof was awaited is neither a success nor a failure."""
    record = await world.late_order()
    resolving = resolving_of(world.storage, world.promises, rules(HOLD))
    await run(resolving, 130)
    await acted(world, "resolve", record, 135)
    await run(resolving, 300)
    assert [one.state for one in attempts(world)] == [AttemptState.DROPPED]


async def test_every_attempt_is_on_the_trail(world: World) -> None:
    """Begun, ended, blocked: each is a line by the policy, and the card is drawn anew."""
    await world.late_order()
    calls = Calls(answers=[BROKEN])
    resolving = resolving_of(world.storage, world.promises, rules(HOLD), calls)
    for minute in (130, 131):
        await run(resolving, minute)
    told = [entry for entry in world.trail() if entry.actor == "policy:resolution"]
    actions = [entry.action for entry in told]
    assert actions == ["attempt", "attempt_ended", "attempt", "attempt_ended", "block"]
    assert told[1].after["status"] == 422
    assert told[-1].note == "Maximum resolution attempts (2) reached"
    assert {"alert:1:card", "alert:1:history"} <= set(world.outbox())

"""Judging orders: absence is noticed, nothing doubles, people are not overwritten."""

from dataclasses import replace

import pytest

from jobs.act_on_exception import act_on_exception
from jobs.errors import LeaseLostError, StaleRecordError
from jobs.keep_time import sweep_deadlines
from jobs.put_on_record import Telling
from policies.lifecycle import Act
from policies.promises import Promises
from policies.reasons import ReasonCode, Status
from policies.records import Tenant
from tests.jobs.world import World, of
from tests.policies.builders import at, event


async def acknowledge(world: World) -> None:
    """Maria takes #1."""
    act = Act(verb="acknowledge", exception_id=1, actor="slack:U0MARIA", tenant_ids=(1,))
    await act_on_exception(act, storage=world.storage, now=at(125), wall_now=at(125))


async def test_absence_opens_one_exception_with_all_that_follows(world: World) -> None:
    """An order that is paid and then silent gets one exception, told and on the trail."""
    await world.hear(event("order_paid", 0))
    assert (await world.judge(0)).opened == ()
    assert world.waiting_work() == []
    opened = (await world.judge(121)).opened
    assert [(r.order_id, r.reason_code, r.status) for r in opened] == [
        ("SO-1", ReasonCode.PICK_DELAY, Status.OPEN)
    ]
    assert set(world.outbox()) == {"alert:1:card", "alert:1:explanation"}
    assert {message.lane for message in world.outbox().values()} == {"#acme-ops"}
    assert [(e.actor, e.action, e.subject) for e in world.trail()] == [
        ("policy:pick", "opened", "exception:1")
    ]
    assert world.clocks()["pick"].state == "breached"


async def test_a_record_has_its_account_from_the_first_moment(world: World) -> None:
    """Label, notes and evidence are filled by rules when the exception opens."""
    record = await world.late_order()
    explanation = record.explanation
    assert explanation is not None
    assert (explanation.label, explanation.evidence) == ("Picking is late", ("paid-SO-1",))
    assert explanation.ops_note
    assert explanation.client_note
    assert (explanation.confidence, explanation.reasoning) == (None, None)


async def test_exactly_the_deadline_is_in_time(world: World) -> None:
    """At the deadline itself nothing is late; a moment after it is."""
    await world.hear(event("order_paid", 0))
    await world.judge(0)
    assert (await world.judge(120)).opened == ()
    assert len((await world.judge(120.01)).opened) == 1


async def test_judging_twice_changes_nothing(world: World) -> None:
    """Evaluation is idempotent: no second exception, alert, trail entry or message."""
    await world.late_order()
    before = world.storage.state.copy()
    await world.ask("SO-1", 121)
    assert await world.judge(121) is not None
    after = world.storage.state
    assert after.exceptions == before.exceptions
    assert (after.clocks, after.alerts) == (before.clocks, before.alerts)
    assert (after.audit, after.outbox) == (before.audit, before.outbox)


async def test_the_late_event_settles_with_the_real_delay(world: World) -> None:
    """When the missing event comes, the exception resolves by itself and keeps its delay."""
    await world.late_order()
    await world.hear(event("pick_completed", 155), minute=156)
    settled = (await world.judge(156)).settled
    assert [(r.status, r.resolution, r.delay_minutes) for r in settled] == [
        (Status.RESOLVED, "settled_late", 35.0)
    ]
    assert world.record().stopped_at == at(155)
    assert [entry.action for entry in world.trail()] == ["opened", "settled"]
    assert "alert:1:history" in world.outbox()


async def test_a_breach_known_in_retrospect_is_one_settled_record(world: World) -> None:
    """Events that all arrive late open and settle in one step, told by one card."""
    await world.hear(event("order_paid", 0), event("pick_completed", 150), minute=200)
    opened = (await world.judge(200)).opened
    assert [(r.status, r.delay_minutes) for r in opened] == [(Status.RESOLVED, 30.0)]
    assert [entry.action for entry in world.trail()] == ["settled"]
    assert set(world.outbox()) == {"alert:1:card", "alert:1:explanation"}


async def test_acknowledging_lets_no_second_exception_open(world: World) -> None:
    """An acknowledged exception stays the only one, however often its order is judged."""
    await world.late_order()
    await acknowledge(world)
    for minute in (130, 200, 400):
        await world.ask("SO-1", minute)
        await world.judge(minute)
    assert [record.status for record in world.records()] == [Status.ACKNOWLEDGED]


async def test_a_persons_change_in_between_is_not_overwritten(world: World) -> None:
    """Somebody who acts between reading and writing keeps what they did."""
    await world.late_order()
    await world.hear(event("pick_completed", 130), minute=131)
    items = await world.claim(131)
    world.storage.interruptions = [lambda: acknowledge(world)]
    await world.evaluate(items, 131)
    record = world.record()
    assert (record.status, record.assignee) == (Status.RESOLVED, "U0MARIA")
    assert [entry.action for entry in world.trail()] == ["opened", "acknowledge", "settled"]


async def test_a_record_that_never_rests_is_given_up_unchanged(world: World) -> None:
    """After five tries against somebody faster the work fails and nothing is half done."""
    await world.late_order()
    await world.hear(event("pick_completed", 130), minute=131)
    items = await world.claim(131)

    async def turn() -> None:
        record = world.record()
        world.storage.state.exceptions[1] = replace(record, version=record.version + 1)

    world.storage.interruptions = [turn] * 5
    with pytest.raises(StaleRecordError):
        await world.evaluate(items, 131)
    assert world.record().status is Status.OPEN
    assert world.clocks()["pick"].stopped_at is None


async def test_a_lost_lease_changes_nothing(world: World) -> None:
    """Whoever comes back after its lease was taken over leaves no trace."""
    await world.hear(event("order_paid", 0))
    stale = await world.claim(300)
    fresh = await world.claim(301)
    assert [item.subject for item in fresh] == ["SO-1"]
    before = world.storage.state.copy()
    with pytest.raises(LeaseLostError):
        await world.evaluate(stale, 301)
    assert world.storage.state == before
    assert len((await world.evaluate(fresh, 301)).opened) == 1


async def test_an_event_ahead_of_now_counts_when_its_time_comes(world: World) -> None:
    """A sender's clock may be fast: such an event is judged once it has happened, unasked."""
    await world.hear(event("order_paid", 0), event("pick_completed", 90), minute=10)
    await world.judge(10)
    assert world.clocks()["pick"].state == "running"
    assert world.waiting_work() == ["SO-1"]
    for minute in range(11, 92):
        await world.judge(minute)
    assert (world.clocks()["pick"].state, world.waiting_work()) == ("met", [])
    assert world.records() == []


async def test_a_quiet_tenant_is_not_told(world: World) -> None:
    """With notifications off everything is on record and nothing is in the outbox."""
    world.telling = Telling(default_channel="#e2a-alerts", notify=False)
    await world.late_order()
    assert (len(world.records()), len(world.trail()), world.outbox()) == (1, 1, {})
    assert world.storage.state.alerts == {}


async def test_a_tenant_without_channel_is_told_in_the_default_one(world: World) -> None:
    """Alerts of an unmapped tenant go to the default channel."""
    async with world.storage.write() as tx:
        third = await tx.tenants.add(Tenant(id=0, name="Initech"))
    await world.late_order(tenant_id=third.id)
    assert {message.lane for message in world.outbox().values()} == {"#e2a-alerts"}


async def test_numbers_follow_the_deadlines_of_a_batch(world: World) -> None:
    """Of many breaches found together the oldest deadline gets the lowest number."""
    orders = [of(f"SO-{n}", event("order_paid", n, f"paid-{n}")) for n in (7, 3, 5)]
    await world.hear(*orders)
    await world.judge(0)
    opened = (await world.judge(200)).opened
    assert [(r.id, r.order_id) for r in opened] == [(1, "SO-3"), (2, "SO-5"), (3, "SO-7")]


async def test_a_cancelled_order_opens_nothing(world: World) -> None:
    """An order that is cancelled in time is left alone by time."""
    await world.hear(event("order_paid", 0), event("order_cancelled", 60), minute=61)
    await world.judge(61)
    assert await sweep_deadlines(storage=world.storage, now=at(9999), wall_now=at(9999)) == 0
    assert world.clocks()["pick"].state == "cancelled"


async def test_a_cause_that_comes_later_is_explained_anew(world: World) -> None:
    """An open exception's account takes in what is heard after it opened."""
    await world.late_order()
    await world.hear(event("stock_short", 125), minute=126)
    await world.judge(126)
    explanation = world.record().explanation
    assert explanation is not None
    assert "Stock was found short" in explanation.ops_note
    assert explanation.evidence == ("paid-SO-1", "stock_short-125")


async def test_the_trail_is_traced_to_the_event(world: World) -> None:
    """What an event brings about carries that event's correlation id."""
    paid = replace(event("order_paid", 0), correlation_id="c-1")
    await world.hear(paid, replace(event("pick_completed", 150), correlation_id="c-2"))
    await world.judge(200)
    assert [entry.correlation_id for entry in world.trail()] == ["c-1"]
    assert {message.correlation_id for message in world.outbox().values()} == {"c-1"}


async def test_a_rule_that_was_taken_away_is_not_swept_for_ever(world: World) -> None:
    """Clocks of a rule that is no longer in force are called off when their order is judged."""
    await world.hear(event("order_paid", 0))
    await world.judge(0)
    world.promises = Promises(
        rules=tuple(rule for rule in world.promises.rules if rule.sla_id != "pick")
    )
    await world.judge(91)
    assert (world.clocks()["pick"].state, world.clocks()["pick"].check_at) == ("cancelled", None)
    await world.judge(200)
    assert world.records() == []


async def test_a_correction_outdates_no_button(world: World) -> None:
    """What is known better is put on record and in the trail; the version that people saw holds."""
    record = await world.late_order()
    await world.hear(event("stock_short", 60, "short"))
    await world.judge(125)
    assert world.record().version == record.version
    assert world.record().explanation != record.explanation
    assert world.trail()[-1].action == "corrected"

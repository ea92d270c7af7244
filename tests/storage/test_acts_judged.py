"""Acts over every kind of storage: many press at once, on what is old, and take it back."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from jobs.act_on_exception import ActOutcome, Done, NotPossible, Stale, act_on_exception
from jobs.evaluate_orders import evaluate_orders
from jobs.put_on_record import Telling
from policies.awaiting import awaited
from policies.lifecycle import Act
from policies.promises import promises_of
from policies.reasons import Status
from policies.records import AuditEntry, ExceptionRecord, OrderKey
from tests.jobs.world import packaged
from tests.storage.builders import LEASE, T0, an_event, received
from tests.storage.conftest import World

LATE = T0 + timedelta(hours=3)
DAY = timedelta(days=1)
TEN = [f"slack:U{number}" for number in range(10)]


async def judge(world: World, now: datetime) -> None:
    """Judges every order that waits."""
    async with world.storage.write() as tx:
        items = await tx.work.claim("evaluate", now, LEASE, 500)
    await evaluate_orders(
        items,
        storage=world.storage,
        promises=promises_of(packaged()),
        telling=Telling(default_channel="#ops"),
        now=now,
        wall_now=now,
    )


@pytest.fixture
async def late(world: World) -> ExceptionRecord:
    """An order that was paid and then silent."""
    await world.log.record([received(world.tenant.id, an_event())])
    await judge(world, LATE)
    return await kept(world)


async def kept(world: World) -> ExceptionRecord:
    """The exception as stored."""
    async with world.storage.read() as tx:
        key = OrderKey(tenant_id=world.tenant.id, order_id="SO-1")
        (record,) = (await tx.exceptions.of_orders([key]))[key]
    return record


async def trail(world: World) -> list[AuditEntry]:
    """What people did to it."""
    subject = f"exception:{(await kept(world)).id}"
    async with world.storage.read() as tx:
        entries = await tx.audit.of_subject(world.tenant.id, subject)
    return [entry for entry in entries if entry.actor.startswith("slack:")]


async def press(
    world: World,
    verb: str,
    actor: str = TEN[0],
    *,
    now: datetime = LATE,
    **more: Any,  # noqa: ANN401
) -> ActOutcome:
    """Somebody acts."""
    number, tenants = (await kept(world)).id, (world.tenant.id,)
    act = Act(verb=verb, exception_id=number, actor=actor, tenant_ids=tenants, **more)
    return await act_on_exception(act, storage=world.storage, now=now, wall_now=now)


async def test_ten_at_once_have_one_effect(world: World, late: ExceptionRecord) -> None:
    """Of ten who press on the same sight one is done; nine are told whose it was."""
    outcomes = await asyncio.gather(
        *(press(world, "acknowledge", who, expected_version=late.version) for who in TEN)
    )
    done = [outcome for outcome in outcomes if isinstance(outcome, Done)]
    stale = [outcome for outcome in outcomes if isinstance(outcome, Stale)]
    assert (len(done), len(stale)) == (1, 9)
    (entry,) = await trail(world)
    assert {outcome.last.actor for outcome in stale if outcome.last} == {entry.actor}
    record = await kept(world)
    assert (record.assignee, record.version) == (entry.actor.partition(":")[2], late.version + 1)


async def test_acknowledging_while_it_is_resolved(world: World, late: ExceptionRecord) -> None:
    """Two acts on the same sight: one is done, the other is told, and neither is lost."""
    outcomes = await asyncio.gather(
        press(world, "acknowledge", TEN[1], expected_version=late.version),
        press(world, "resolve", TEN[2], expected_version=late.version, note="late truck"),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Done", "Stale"]
    assert len(await trail(world)) == 1


async def test_a_press_on_a_day_old_sight(world: World, late: ExceptionRecord) -> None:
    """Who comes back the next day is told what happened meanwhile, and changes nothing."""
    await press(world, "resolve", TEN[1], note="late truck")
    settled = await kept(world)
    outcome = await press(
        world, "acknowledge", TEN[2], now=LATE + DAY, expected_version=late.version
    )
    assert isinstance(outcome, Stale)
    assert outcome.last is not None
    assert (outcome.last.actor, outcome.last.note) == (TEN[1], "late truck")
    assert await kept(world) == settled


async def test_ten_undo_at_once(world: World, late: ExceptionRecord) -> None:
    """A button that is pressed ten times takes back once; all is as before."""
    done = await press(world, "resolve", note="late truck")
    assert isinstance(done, Done)
    version = done.record.version
    outcomes = await asyncio.gather(
        *(press(world, "undo", expected_version=version) for _ in range(10))
    )
    assert sum(isinstance(outcome, Done) for outcome in outcomes) == 1
    assert not any(isinstance(outcome, NotPossible) for outcome in outcomes)
    record = await kept(world)
    assert replace(record, version=late.version, updated_at=late.updated_at) == late
    assert record.status is Status.OPEN
    assert [entry.action for entry in await trail(world)] == ["resolve", "undo"]


async def test_a_wait_is_kept_and_ended(world: World, late: ExceptionRecord) -> None:
    """What is waited for survives the store, an undo, and ends with its event."""
    until = LATE + DAY
    await press(world, "snooze", until=until, awaits="label_created")
    acknowledged = await press(world, "acknowledge")
    assert isinstance(acknowledged, Done)
    await press(world, "undo", expected_version=acknowledged.record.version)
    record = await kept(world)
    assert (awaited(record), record.snoozed_until) == ("label_created", until)
    came = LATE + timedelta(minutes=1)
    label = an_event("e-2", event_type="label_created", at=came)
    await world.log.record([received(world.tenant.id, label, at=came)])
    await judge(world, came + timedelta(minutes=1))
    woken = await kept(world)
    assert (awaited(woken), woken.snoozed_until) == (None, None)
    assert woken.version > late.version

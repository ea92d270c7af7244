"""Gathers what is around one exception that is about to be explained to people.

Must not decide what it means, and asks for a bounded number of rows whatever there is.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from jobs.ports import Transaction
from policies.beside import Group, Peer, groups_of
from policies.causes import Surroundings
from policies.clock import Clock
from policies.explanation import begins_wrong
from policies.facts import OrderEvent, Timeline, timeline_of
from policies.last_moment import DueNext, LastMoment, due_until, last_moment
from policies.order_facts import Around
from policies.past_cases import LOOKED_BACK, Similar, similar
from policies.place_names import place_of
from policies.promise import SlaRule
from policies.queries import ClockRow
from policies.reasons import ClockState, Stage
from policies.records import ExceptionRecord, OrderKey
from policies.usual import Rate, Usual, rate_of, rate_windows, usual_of

_EACH_WAY, _DONE, _DUE = 50, 200, 100
_NEAR = {Stage.DELIVER: timedelta(days=1)}
_NEAR_BY = timedelta(hours=3)
"""How far apart two deadlines may be so that both orders were due around the same time."""
_RATED = frozenset({Stage.PICK, Stage.PACK, Stage.SHIP})
_LONGEST_RATED = timedelta(days=1)
_LATE = {ClockState.BREACHED.value: True, ClockState.MET.value: False}


class Subject(NamedTuple):
    """What is to be explained: the record, its clock as judged now, its events, its rules."""

    record: ExceptionRecord
    clock: Clock
    timeline: Timeline
    rules: Sequence[SlaRule]
    around: Around


async def gather_evidence(tx: Transaction, subject: Subject, now: datetime) -> Surroundings:
    """Everything that causes.py can use, as of `now`.

    What is usual is not asked for where the order's own events say why.
    """
    record, clock = subject.record, subject.clock
    waits = record.active and clock.stop_event is None
    known = record.explanation is not None and record.explanation.cause is not None
    departure = last_moment(record, subject.rules, now) if waits else None
    return Surroundings(
        as_of=now,
        groups=tuple(await _groups(tx, subject, now)),
        usual=None if known else await _usual(tx, subject, now),
        took_minutes=clock.elapsed_minutes,
        rate=await _rate(tx, subject, now) if waits and not known else None,
        silence=subject.around.silence_of(clock.rule.stop) if waits else None,
        departure=departure,
        due_next=await _due_next(tx, subject, departure, now) if waits else None,
        similar=await _similar(tx, subject, now) if record.active else None,
    )


async def _groups(tx: Transaction, subject: Subject, now: datetime) -> list[Group]:
    record = subject.record
    place = place_of(record.facts)
    if not place or begins_wrong(subject.clock.rule):
        return []  # of problems there are only those that have one
    found = await tx.comparisons.beside(
        record.tenant_id, record.sla_id, record.deadline_at, _EACH_WAY
    )
    rows, whole = _near(found, record)
    keys = [OrderKey(tenant_id=record.tenant_id, order_id=row.order_id) for row in rows]
    events = await tx.events.of_orders(list(dict.fromkeys(keys)))
    stop = subject.clock.rule.stop
    peers: dict[str, Peer] = {}
    for row, key in zip(rows, keys, strict=True):
        peer = _peer(row, events.get(key, ()), stop, now)
        if not (known := peers.get(row.order_id)) or (peer.late and not known.late):
            peers[row.order_id] = peer
    return groups_of(place, record.reason_code, list(peers.values()), whole=whole)


def _near(found: Sequence[ClockRow], record: ExceptionRecord) -> tuple[list[ClockRow], bool]:
    """Those due around the same time, and whether these are all.

    Where a side was cut off, what is due at its last moment is left out: others may be due then.
    """
    own, near = record.deadline_at, _NEAR.get(record.stage, _NEAR_BY)
    sides = (
        [row for row in found if row.deadline_at <= own][::-1],
        [row for row in found if row.deadline_at > own],
    )
    kept, whole = [], True
    for side in sides:
        rows = [row for row in side if abs(row.deadline_at - own) <= near]
        if len(side) == len(rows) == _EACH_WAY:
            edge = rows[-1].deadline_at
            inner = [row for row in rows if row.deadline_at != edge]
            whole = whole and bool(inner)
            rows = inner or rows
        kept += rows
    return [row for row in kept if row.order_id != record.order_id], whole


def _peer(row: ClockRow, events: Sequence[OrderEvent], stop: Sequence[str], now: datetime) -> Peer:
    """Before its deadline nobody knows whether it will be late, done or not."""
    done = next((e for e in events if e.occurred_at == row.stopped_at and e.kind in stop), None)
    return Peer(
        order_id=row.order_id,
        place=place_of(timeline_of(row.order_id, events).facts()),
        deadline_at=row.deadline_at,
        late=_LATE.get(row.state) if row.deadline_at <= now else None,
        done=done,
    )


async def _usual(tx: Transaction, subject: Subject, now: datetime) -> Usual | None:
    """Of the client's orders that were due lately and are done."""
    record, client = subject.record, subject.clock.client
    if begins_wrong(subject.clock.rule):
        return None
    return usual_of(
        await tx.comparisons.elapsed(record.tenant_id, record.sla_id, client, now, _DONE)
    )


async def _rate(tx: Transaction, subject: Subject, now: datetime) -> Rate | None:
    record, clock = subject.record, subject.clock
    horizon = clock.deadline_at - clock.started_at
    if (
        clock.rule.problem
        or clock.rule.stage not in _RATED
        or not timedelta() < horizon <= _LONGEST_RATED
    ):
        return None
    windows = rate_windows(now)
    done = await tx.comparisons.stopped(record.tenant_id, record.sla_id, windows, horizon)
    return rate_of(done, now)


async def _due_next(
    tx: Transaction, subject: Subject, departure: LastMoment | None, now: datetime
) -> DueNext | None:
    record = subject.record
    until, by_departure = due_until(departure, now)
    rows = await tx.comparisons.due(record.tenant_id, record.sla_id, now, until, _DUE + 1)
    due = [at for at, order_id in rows if order_id != record.order_id]
    if not due:
        return None
    return DueNext(
        count=min(len(due), _DUE),
        until=until,
        first=due[0],
        most=len(rows) > _DUE,
        by_departure=by_departure,
    )


async def _similar(tx: Transaction, subject: Subject, now: datetime) -> Similar | None:
    record = subject.record
    cause = record.explanation.cause if record.explanation else None
    cases, since = await tx.comparisons.past_cases(
        record.tenant_id, record.reason_code, now - LOOKED_BACK
    )
    return similar(record.reason_code, place_of(record.facts), cause, cases, since)

"""Looks whether what was tried helped: the exception ended, or an event came that proves it.

Must not try anything. Without proof in time an attempt has failed, whatever was answered.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from jobs.errors import StaleRecordError
from jobs.note_attempt import note_end
from jobs.resolving import Resolving
from policies.attempts import OUTCOMES, Attempt, AttemptState
from policies.facts import OrderEvent
from policies.records import ExceptionRecord, OrderKey
from policies.resolution import HELPED
from policies.resolution_gates import eligible

_PAGE = 500


async def prove_attempts(resolving: Resolving, *, now: datetime, wall_now: datetime) -> int:
    """Ends attempts whose outcome is known by now; returns how many."""
    after, ended = 0, 0
    while True:
        async with resolving.storage.read() as tx:
            page = await tx.attempts.unended(after, _PAGE)
            numbers = [one.exception_id for one in page]
            records = {one.id: one for one in await tx.exceptions.among(numbers)}
            events = await tx.events.of_orders(_asking(page))
        for attempt in page:
            came = events.get(_key(attempt), ())
            state = outcome_of(attempt, records[attempt.exception_id], came, now)
            if state is not None:
                known = replace(attempt, state=state)
                ended += await _end(known, attempt, resolving, now, wall_now)
        if len(page) < _PAGE:
            return ended
        after = page[-1].id


def outcome_of(
    attempt: Attempt, record: ExceptionRecord, events: Sequence[OrderEvent], now: datetime
) -> AttemptState | None:
    """How an attempt ended, None while that is open."""
    if attempt.state is AttemptState.ASKED:
        return None if eligible(record) else AttemptState.DROPPED
    if attempt.state is not AttemptState.WAITING:
        return None
    if not record.active:
        helped = record.resolution in HELPED
        return AttemptState.SUCCEEDED if helped else AttemptState.DROPPED
    if any(_proves(event, attempt) for event in events):
        return AttemptState.SUCCEEDED
    late = attempt.prove_by is not None and now >= attempt.prove_by
    return AttemptState.FAILED if late else None


def _proves(event: OrderEvent, attempt: Attempt) -> bool:
    heard = event.received_at or event.occurred_at
    after = attempt.started_at is not None and heard >= attempt.started_at
    return after and event.kind in attempt.proved_by


def _key(attempt: Attempt) -> OrderKey:
    return OrderKey(tenant_id=attempt.tenant_id, order_id=attempt.order_id)


def _asking(page: Sequence[Attempt]) -> list[OrderKey]:
    """Orders whose events may prove something."""
    waiting = [one for one in page if one.state is AttemptState.WAITING and one.proved_by]
    return list(dict.fromkeys(map(_key, waiting)))


async def _end(
    ended: Attempt, was: Attempt, resolving: Resolving, now: datetime, wall_now: datetime
) -> bool:
    """Notes it; where somebody changed the exception just now, the next run does."""
    try:
        async with resolving.storage.write() as tx:
            record = await tx.exceptions.get(ended.exception_id)
            if record is None:
                return False
            noted = await note_end(tx, ended, record, now, wall_now, was=was.state)
    except StaleRecordError:
        return False
    if noted and ended.state in OUTCOMES:
        resolving.observe(ended.state)
    return noted

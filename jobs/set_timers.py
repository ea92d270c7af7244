"""Has the calling begin, begin anew or stop where something became of an exception.

Must not call anybody: escalate.py does. Comes before the trail is written, in the same transaction.
"""

from collections.abc import Sequence
from datetime import datetime

from jobs.ports import Transaction
from policies.escalation import Calling, ladder_for
from policies.judgement import Corrected, Decision, Dropped, Opened
from policies.promise import Escalation
from policies.records import ExceptionRecord

_GO_ON = frozenset({"block", "unblock", "drafted", "replay"})
"""Acts that are no answer: the climb goes on. Of whoever has it they are a sign of life."""


async def set_timers(
    tx: Transaction,
    opened: Sequence[ExceptionRecord],
    decisions: Sequence[Decision],
    calling: Calling,
    now: datetime,
) -> None:
    """For new exceptions and what was judged of the others.

    Args:
        tx: where the records were written.
        opened: the new ones, with their numbers.
        decisions: what was judged, also of the new ones.
        calling: who is called when.
        now: business time.
    """
    written = {
        _key(one.record): one.clock.rule.escalate for one in decisions if isinstance(one, Opened)
    }
    fresh = [
        record
        for record in opened
        if record.active and ladder_for(calling, record, written.get(_key(record), ()))
    ]
    followed = [
        one
        for one in decisions
        if not isinstance(one, Opened) and ladder_for(calling, one.record, _written(one))
    ]
    anew = [one.record for one in followed if not isinstance(one, Corrected)]
    worse = [
        one.record
        for one in followed
        if isinstance(one, Corrected) and one.record.severity is not one.before.severity
    ]
    await _touch(tx, [*fresh, *anew], now, afresh=True)
    await _touch(tx, worse, now, afresh=False)


async def set_timers_of_acts(
    tx: Transaction, verb: str, records: Sequence[ExceptionRecord], now: datetime
) -> None:
    """For what somebody did with them, or time: an answer ends the climb, so does a snooze."""
    if verb != "reopen":  # what nobody is called for needs no timer
        known = await tx.escalations.among([record.id for record in records])
        numbers = {timer.exception_id for timer in known}
        records = [record for record in records if record.id in numbers]
    await _touch(tx, records, now, afresh=verb not in _GO_ON)


async def _touch(
    tx: Transaction, records: Sequence[ExceptionRecord], now: datetime, *, afresh: bool
) -> None:
    if records:
        keys = [(record.tenant_id, record.id) for record in records]
        await tx.escalations.touch(keys, now, afresh=afresh)


def _written(decision: Decision) -> Sequence[Escalation]:
    return () if isinstance(decision, Dropped) else decision.clock.rule.escalate


def _key(record: ExceptionRecord) -> tuple[int, str, str, str]:
    return record.tenant_id, record.order_id, record.sla_id, record.subject

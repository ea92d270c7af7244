"""Keeps the first verdict: what was called breached and told stays known as such.

Must not judge: it only compares clocks with what is on record.
"""

from collections.abc import Iterable

from policies.clock import Clock
from policies.reasons import ClockState, ClockVerdict
from policies.records import ExceptionRecord


def as_told(clocks: Iterable[Clock], records: Iterable[ExceptionRecord]) -> tuple[Clock, ...]:
    """The clocks, those that are met after an exception had opened with that first verdict.

    Event times alone cannot tell it where the start, too, was heard late.
    """
    told = {(record.sla_id, record.subject) for record in records}
    return tuple(
        _revised(clock) if (clock.rule.sla_id, clock.subject) in told else clock for clock in clocks
    )


def _revised(clock: Clock) -> Clock:
    if clock.state is not ClockState.MET or clock.verdict is not None:
        return clock
    kept = ClockState.MET if clock.rule.late_evidence_counts else ClockState.BREACHED
    return clock._replace(
        state=kept, verdict=ClockVerdict.LATE_EVIDENCE, first_verdict=ClockState.BREACHED
    )

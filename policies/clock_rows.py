"""Compares clocks as judged now with their stored rows. Must not read or write the rows."""

from collections.abc import Sequence

from policies.clock import Clock
from policies.queries import ClockRow
from policies.reasons import ClockState

_GOING_ON = (ClockState.RUNNING, ClockState.PAUSED)


def changed_clocks(clocks: Sequence[Clock], rows: Sequence[ClockRow]) -> tuple[Clock, ...]:
    """The clocks that differ from their rows in more than the passing of time."""
    stored = {(row.sla_id, row.subject): _of_row(row) for row in rows}
    return tuple(
        clock
        for clock in clocks
        if stored.get((clock.rule.sla_id, clock.subject)) != _of_clock(clock)
    )


def _of_row(row: ClockRow) -> tuple[object, ...]:
    return (
        row.instance,
        row.state,
        row.verdict,
        row.first_verdict,
        row.severity,
        row.started_at,
        row.deadline_at,
        row.at_risk_at,
        row.stopped_at,
        row.check_at,
        row.rule_version,
        row.client,
        row.channel,
        row.excluded,
    )


def _of_clock(clock: Clock) -> tuple[object, ...]:
    return (
        clock.instance,
        clock.state.value,
        clock.verdict.value if clock.verdict else None,
        clock.first_verdict.value if clock.first_verdict else None,
        clock.severity.value,
        clock.started_at,
        clock.deadline_at,
        clock.at_risk_at,
        clock.stopped_at,
        clock.check_at,
        clock.rule.version,
        clock.client,
        clock.channel,
        clock.excluded,
    )


def orphaned_rows(clocks: Sequence[Clock], rows: Sequence[ClockRow]) -> tuple[ClockRow, ...]:
    """Rows that still wait for a time although their rule was renamed or taken away."""
    judged = {(clock.rule.sla_id, clock.subject) for clock in clocks}
    return tuple(
        row for row in rows if row.state in _GOING_ON and (row.sla_id, row.subject) not in judged
    )


def merged_rows(rows: Sequence[ClockRow]) -> tuple[ClockRow, ...]:
    """Rows under a mere name of an order that still count: the order has clocks of its own."""
    return tuple(row for row in rows if row.state != ClockState.CANCELLED)


def new_warnings(changed: Sequence[Clock], rows: Sequence[ClockRow]) -> tuple[Clock, ...]:
    """Clocks that were not at risk when last judged, where the rule wants it posted."""
    warned = {
        (row.sla_id, row.subject)
        for row in rows
        if row.check_at is None or row.check_at > row.at_risk_at
    }
    return tuple(
        clock
        for clock in changed
        if clock.at_risk
        and clock.rule.post_warning
        and (clock.rule.sla_id, clock.subject) not in warned
    )

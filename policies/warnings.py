"""A warning before a breach: what it says at which point of a clock, and when it is drawn again.

Must not draw, read or write. It changes at few points only, so that nobody is told the same twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from policies.clock import Clock
from policies.instants import moment_of
from policies.reasons import ClockState, ClockVerdict

ClockName = tuple[int, str, str, str]
"""What names a clock: tenant, order, rule, and the part of the order (empty: the whole)."""
LEFT = (0.5, 0.25, 0.1)
"""Shares of the whole time that are left when a warning is drawn anew."""
LOOK_AGAIN = timedelta(minutes=1)
"""After how long a broken promise is looked at again whose card is not posted yet."""


class Standing(StrEnum):
    """What has become of the promise that was warned of."""

    RUNNING = "running"
    PAUSED = "paused"
    NO_DATA = "no_data"
    MET = "met"
    CURED = "cured"
    LATE_EVIDENCE = "late_evidence"
    BROKEN = "broken"
    CALLED_OFF = "called_off"


GOING_ON = frozenset({Standing.RUNNING, Standing.PAUSED, Standing.NO_DATA})
_OF_STATE = {
    ClockState.RUNNING: Standing.RUNNING,
    ClockState.PAUSED: Standing.PAUSED,
    ClockState.MET: Standing.MET,
    ClockState.BREACHED: Standing.BROKEN,
    ClockState.CANCELLED: Standing.CALLED_OFF,
}
_OF_VERDICT = {
    ClockVerdict.NO_DATA: Standing.NO_DATA,
    ClockVerdict.CURED: Standing.CURED,
    ClockVerdict.LATE_EVIDENCE: Standing.LATE_EVIDENCE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveWarning:
    """The message about one clock. `phase` is what it says, empty before it was posted.

    `refresh_at` (business time) is when it is to be drawn again, `ended_at` since when nothing
    is left to warn of. `digest` is of what was last sent.
    """

    tenant_id: int
    order_id: str
    sla_id: str
    subject: str
    channel: str
    warned_at: datetime
    channel_id: str | None = None
    ts: str | None = None
    digest: str | None = None
    phase: str = ""
    refresh_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def name(self) -> ClockName:
        """The clock that it is about."""
        return (self.tenant_id, self.order_id, self.sla_id, self.subject)


def standing_of(clock: Clock | None) -> Standing:
    """What has become of the clock; None is one whose rule is no longer in force."""
    if clock is None:
        return Standing.CALLED_OFF
    if clock.verdict is ClockVerdict.LATE_EVIDENCE and clock.state is ClockState.BREACHED:
        return Standing.BROKEN
    return _OF_VERDICT[clock.verdict] if clock.verdict else _OF_STATE[clock.state]


def phase_of(clock: Clock | None, now: datetime) -> str:
    """What a warning is about at that moment; it is edited when this changes, and only then."""
    standing = standing_of(clock)
    if clock is None or standing is not Standing.RUNNING:
        return standing.value
    passed = sum(at <= now for at in refreshes(clock))
    return f"{standing.value} {passed} {clock.deadline_at.isoformat()}"


def refreshes(clock: Clock) -> tuple[datetime, ...]:
    """When 50, 25 and 10 % of the whole time are left, by the clock's own calendar."""
    counted = (round(clock.target_us * (1 - left)) for left in LEFT)
    return tuple(moment_of(clock.course.after(one)) for one in counted)


def next_refresh(clock: Clock | None, now: datetime) -> datetime | None:
    """When time alone is next to be told of; None while it stands still and once it has ended."""
    if clock is None or standing_of(clock) is not Standing.RUNNING:
        return None
    return next((at for at in refreshes(clock) if at > now), None)

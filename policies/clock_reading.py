"""What a stored clock shows at a moment: the row keeps what was true when it was last judged.

Must not judge: whether it breached is for sla.py.
"""

from dataclasses import replace
from datetime import datetime

from policies.calendar import CALENDARS
from policies.queries import ClockRow
from policies.reasons import ClockState


def as_of(row: ClockRow, now: datetime) -> ClockRow:
    """The row with its minutes counted on to `now` while its stop event is missing."""
    if row.stopped_at is not None or row.state == ClockState.CANCELLED:
        return row
    calendar = CALENDARS.get(row.calendar_version.partition("@")[0])
    if calendar is None:
        return row
    over = max(0.0, (now - row.deadline_at).total_seconds() / 60)
    return replace(
        row,
        elapsed_minutes=calendar.minutes_between(row.started_at, now),
        delay_minutes=over if row.state == ClockState.BREACHED else 0.0,
    )

"""Says when the last days of claims are spoken of. Must not post anything."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from policies.local_time import at_local

DAYS_BEFORE = (7, 3, 1)
"""So many days before the last one on which a charge may be disputed."""
MORNING = 9 * 60
"""The minute of the day, in the client's zone."""


def next_reminder(last_days: Iterable[date], now: datetime, timezone: str) -> datetime | None:
    """The next time at which somebody is reminded; None where it is too late for all of them."""
    moments = (
        at_local(day - timedelta(days=before), MORNING, timezone)
        for day in set(last_days)
        for before in DAYS_BEFORE
    )
    return min((one for one in moments if one > now), default=None)

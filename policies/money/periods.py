"""The months in which money counts, written like 2026-10.

Must not know invoices.
"""

from calendar import monthrange
from collections.abc import Collection
from datetime import date, datetime

from policies.local_time import at_local
from policies.money.usage import UsageError

Period = str
_YEARS = range(1000, 9999)
"""Whose months have four digits, and one behind them."""


def is_over(period: str, today: date) -> bool:
    """Whether a month has ended on a day."""
    return f"{today:%Y-%m}" > period


def open_period(period: str, closed: Collection[str]) -> str:
    """The first month from that one on which has no statement yet."""
    while period in closed:
        period = next_period(period)
    return period


def next_period(period: str) -> str:
    """The month after."""
    first = first_of(period)
    days = monthrange(first.year, first.month)[1]
    return f"{date.fromordinal(first.toordinal() + days):%Y-%m}"


def first_of(period: str) -> date:
    """The first day of a month like 2026-10.

    Raises:
        UsageError: it is none.
    """
    try:
        first = date.fromisoformat(f"{period}-01")
    except ValueError:
        first = date.max
    if first.year not in _YEARS:
        message = f'period: {period} is no month; write one like "2026-03"'
        raise UsageError(message)
    return first


def last_of(period: str) -> date:
    """The last day of a month."""
    first = first_of(period)
    return first.replace(day=monthrange(first.year, first.month)[1])


def span_of(period: str, timezone: str) -> tuple[datetime, datetime]:
    """When a month begins in a time zone, and when the next one does."""
    return (
        at_local(first_of(period), 0, timezone),
        at_local(first_of(next_period(period)), 0, timezone),
    )

"""Turns aware times into integer microseconds since 1970 UTC and back, exactly.

Must not read a clock.
"""

from datetime import datetime

from policies.instants import EPOCH, moment_of

_DAY_MICROSECONDS = 86_400_000_000


def micros(moment: datetime) -> int:
    """Microseconds since the epoch; refuses a naive time with ValueError."""
    if moment.tzinfo is None:
        message = "a stored time needs an offset"
        raise ValueError(message)
    since = moment - EPOCH
    return since.days * _DAY_MICROSECONDS + since.seconds * 1_000_000 + since.microseconds


def micros_or_none(moment: datetime | None) -> int | None:
    """As `micros`, and None stays None."""
    return None if moment is None else micros(moment)


instant = moment_of
"""The time in UTC, aware."""

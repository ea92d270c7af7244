"""Reads times as senders write them, and their promises. Must not reject: canonical.py does."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

_DATE = len("2026-03-02")


def dated(value: object, zone: str = "UTC") -> object:
    """The time with its offset, or the value as it is where it is no time.

    A time without offset is one of `zone`, which is where that sender's clocks stand.
    """
    if not isinstance(value, str) or len(value) <= _DATE:
        return value
    try:
        moment = datetime.fromisoformat(value.strip())
        aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
        return aware.isoformat()
    except (ValueError, OverflowError):
        return value


def promised(value: object) -> str | None:
    """A promised delivery: an instant, or a date where the sender means that day.

    Midnight, and any time without offset, stands for the day: who writes it promises no hour.
    """
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if moment.tzinfo is None or moment.time() == time():
        return moment.date().isoformat()
    return moment.isoformat()

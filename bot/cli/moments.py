"""Reads the times that people give to commands. Must not know what they are for."""

from datetime import datetime
from zoneinfo import ZoneInfo

import typer

from policies.instants import stated_instant
from policies.sites import is_zone

_EXAMPLE = "2026-03-02T10:00:00Z"


def moment(text: str, option: str) -> datetime:
    """An instant: RFC 3339 with offset; anything else is wrong use of the option."""
    found = _time(text, option)
    if found.tzinfo is None:
        message = f"{option} {text} has no offset; add Z or +01:00"
        raise typer.BadParameter(message)
    return found


def local_moment(text: str, option: str, zone: str) -> datetime:
    """The same, or a time without offset, which is one in that zone."""
    found = _time(text, option)
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))


def day_or_moment(text: str, option: str, zone: str) -> datetime:
    """An instant, or a date, which means its beginning in that zone."""
    found = stated_instant(text, zone, from_start=True)
    if found is None:
        message = f"{option} {text} is no date; write it as 2026-03-02 or {_EXAMPLE}"
        raise typer.BadParameter(message)
    return found


def zone_called(name: str) -> str:
    """The time zone of that name, checked."""
    if not is_zone(name):
        message = f"{name} is no time zone; write one such as Europe/Madrid"
        raise typer.BadParameter(message)
    return name


def _time(text: str, option: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{option} {text} is no time; write it as {_EXAMPLE}"
        raise typer.BadParameter(message) from error

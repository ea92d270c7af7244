"""Looks at the time zones that a policy names. Must not compute local times."""

import re
from collections.abc import Iterator, Mapping

from policies.lint.check import Check, PolicyCheck, Spot
from policies.lint.draft import Draft
from policies.lint.finding import Level
from policies.yaml_text import Step

_MEANT: Mapping[str, str] = {
    "EST": "America/New_York",
    "MST": "America/Denver, or America/Phoenix for Arizona",
    "HST": "Pacific/Honolulu",
    "GMT": "Europe/London, or UTC if that is meant",
    "Etc/GMT+5": "America/New_York",
    "Etc/GMT+6": "America/Chicago",
    "Etc/GMT+7": "America/Denver",
    "Etc/GMT+8": "America/Los_Angeles",
    "Etc/GMT-1": "Europe/Berlin",
}
"""What people mean who write such a name."""
_FIXED = re.compile(r"^(Etc/)?(GMT|UTC)[+-]?[0-9]{1,2}$|^(EST|MST|HST|GMT)$")


def without_summer_time(draft: Draft) -> Iterator[Spot]:
    """Names that stand for one offset all year, as few places on earth have it."""
    for steps, name in _zones(draft):
        if name and _FIXED.match(name):
            meant = _MEANT.get(name, "the zone of the place, as America/New_York")
            message = f"{name} has no summer time: it is the same offset from UTC all year"
            yield Spot(message, f"Write {meant}", steps)


def _zones(draft: Draft) -> Iterator[tuple[tuple[Step, ...], str | None]]:
    """Every zone as written, with its place."""
    yield ("timezone",), draft.model.timezone
    for name, calendar in draft.model.calendars.items():
        yield ("calendars", name, "tz"), calendar.tz
        yield ("calendars", name, "timezone"), calendar.timezone
    for written in draft.rules:
        deadline = written.model.deadline
        yield (*written.steps, "deadline", "tz"), deadline.tz
        if deadline.cutoff is not None:
            yield (*written.steps, "deadline", "cutoff", "tz"), deadline.cutoff.tz


CHECKS: tuple[Check, ...] = (
    PolicyCheck("zone-without-summer-time", Level.WARNING, without_summer_time),
)

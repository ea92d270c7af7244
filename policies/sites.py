"""Which calendar and time zone an order is under: fixed ones, or its site's, carrier's, receiver's.

Must not count time: calendar.py does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from policies.calendar import ALWAYS, Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A time zone by name, or by the value of a payload key.

    `key` warehouse looks the site up in `table`; destination_timezone states the zone itself.
    `default` is taken where the order says nothing that is known.
    """

    default: str = "UTC"
    key: str | None = None
    table: Mapping[str, str] = field(default_factory=dict)

    def of(self, facts: Mapping[str, Any]) -> str:
        """The zone for an order with these facts."""
        if self.key is None:
            return self.default
        stated = str(facts.get(self.key, ""))
        if self.key == "warehouse":
            return self.table.get(stated.lower(), self.default)
        return stated if is_zone(stated) else self.default


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChoice:
    """A calendar by the order's site (`at(warehouse)`) or carrier (`carrier.of(shipment)`).

    `table` has calendars by the value of `key`, then by site: a carrier's hours are those of
    the place where it collects. The empty site is where the order names none.
    """

    key: str
    table: Mapping[str, Mapping[str, Calendar]] = field(default_factory=dict)
    default: Calendar = ALWAYS

    def of(self, facts: Mapping[str, Any]) -> Calendar:
        """The calendar for an order with these facts."""
        sites = self.table.get(str(facts.get(self.key, "")).lower())
        if sites is None:
            return self.default
        site = str(facts.get("warehouse", "")).lower()
        return sites.get(site) or sites.get("") or self.default


@lru_cache(maxsize=1024)
def is_zone(name: str) -> bool:
    """Whether there is such a time zone."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return False
    return bool(name)

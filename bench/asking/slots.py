"""What stands in the gaps of templates: words of people, and what they mean.

Must not count. Instants are written out by hand for the day of the workspace, so that nothing here
can be wrong in the way in which the product is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bench.asking.workspace import NOW, OPEN, SETTLED, ZONE


@dataclass(frozen=True, slots=True)
class Slot:
    """Words and the value of the filter that they mean."""

    words: str
    value: object


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` up to but without `until`."""

    since: datetime
    until: datetime

    @property
    def long(self) -> bool:
        """Whether there is more than a day in it, of what is not still to come."""
        return (min(self.until, NOW) - self.since).days > 1


def _at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    local = datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(ZONE))
    return local.astimezone(UTC)


def _span(words: str, since: datetime, until: datetime = NOW) -> Slot:
    return Slot(words, Span(since, until))


TUNE: Mapping[str, tuple[Slot, ...]] = {
    "client": (Slot("Acme", 1), Slot("Acme Outdoors", 1), Slot("globex", 2), Slot("Northwind", 3)),
    "site": (Slot("ATL1", "ATL1"), Slot("DAL2", "DAL2"), Slot("rno3", "RNO3")),
    "carrier": (Slot("UPS", "UPS"), Slot("fedex", "FedEx"), Slot("USPS", "USPS")),
    "service": (Slot("ground", "ground"), Slot("express", "express")),
    "wave": (Slot("W2", "W2"), Slot("w4", "W4")),
    "reason": (
        Slot("pick delays", ("PICK_DELAY",)),
        Slot("late picks", ("PICK_DELAY",)),
        Slot("pack delays", ("PACK_DELAY",)),
        Slot("carrier issues", ("CARRIER_ISSUE",)),
        Slot("missed pickups", ("CARRIER_ISSUE",)),
        Slot("missing scans", ("MISSING_SCAN",)),
        Slot("delivery delays", ("DELIVERY_DELAY",)),
        Slot("stock shortages", ("INVENTORY_SHORTAGE",)),
        Slot("bad addresses", ("ADDRESS_INVALID",)),
        Slot("damaged parcels", ("DAMAGED_PACKAGE",)),
        Slot("transit stalls", ("TRANSIT_STALL",)),
        Slot("failed payments", ("PAYMENT_FAILED",)),
    ),
    "severity": (
        Slot("critical", ("CRITICAL",)),
        Slot("high", ("HIGH",)),
        Slot("high and up", ("HIGH", "CRITICAL")),
        Slot("medium", ("MEDIUM",)),
    ),
    "status": (
        Slot("open", OPEN),
        Slot("unacknowledged", ("OPEN",)),
        Slot("resolved", SETTLED),
        Slot("in progress", ("IN_PROGRESS",)),
    ),
    "owner": (Slot("Joe", "U0JOE"), Slot("priya", "U0PRIYA")),
    "stage": (Slot("picking", ("PICK",)), Slot("packing", ("PACK",))),
    "over": (Slot("2 hours", 120), Slot("3h", 180), Slot("a day", 1440)),
    "window": (
        _span("today", _at(3, 18), _at(3, 19)),
        _span("yesterday", _at(3, 17), _at(3, 18)),
        _span("this week", _at(3, 16), _at(3, 23)),
        _span("last week", _at(3, 9), _at(3, 16)),
        _span("since monday", _at(3, 16)),
        _span("in the last 7 days", _at(3, 11, 11, 30)),
        _span("this month", _at(3, 1), _at(4, 1)),
        _span("in february", _at(2, 1), _at(3, 1)),
        _span("in the last 48 hours", _at(3, 16, 11, 30)),
        _span("since 1 march", _at(3, 1)),
        _span("over the weekend", _at(3, 14), _at(3, 16)),
    ),
    "nobody": (Slot("initech", "initech"), Slot("Hooli", "hooli")),
    "nonsense": (Slot("purple", "purple"), Slot("bumpy", "bumpy")),
    "nocarrier": (Slot("TNT", "tnt"), Slot("Hermes", "hermes")),
}
_MORE: Mapping[str, tuple[Slot, ...]] = {
    "client": (Slot("acme outdoors", 1), Slot("Globex", 2), Slot("northwind tea", 3)),
    "site": (Slot("atl1", "ATL1"), Slot("RNO3", "RNO3")),
    "carrier": (Slot("ups", "UPS"), Slot("FedEx", "FedEx"), Slot("ontrac", "OnTrac")),
    "service": (Slot("economy", "economy"),),
    "wave": (Slot("W5", "W5"),),
    "reason": (
        Slot("picking delays", ("PICK_DELAY",)),
        Slot("late packs", ("PACK_DELAY",)),
        Slot("carrier problems", ("CARRIER_ISSUE",)),
        Slot("late deliveries", ("DELIVERY_DELAY",)),
        Slot("stockouts", ("INVENTORY_SHORTAGE",)),
        Slot("invalid addresses", ("ADDRESS_INVALID",)),
        Slot("damages", ("DAMAGED_PACKAGE",)),
        Slot("missing first scans", ("FIRST_SCAN_MISSING",)),
        Slot("payment failures", ("PAYMENT_FAILED",)),
        Slot("stalled parcels", ("TRANSIT_STALL",)),
    ),
    "severity": (
        Slot("crit", ("CRITICAL",)),
        Slot("sev 1", ("CRITICAL",)),
        Slot("low severity", ("LOW",)),
        Slot("at least medium", ("MEDIUM", "HIGH", "CRITICAL")),
    ),
    "status": (
        Slot("unacked", ("OPEN",)),
        Slot("acknowledged", ("ACKNOWLEDGED",)),
        Slot("unresolved", OPEN),
    ),
    "owner": (Slot("Sven", "U0SVEN"),),
    "stage": (Slot("shipping", ("SHIP",)), Slot("delivery", ("DELIVER",))),
    "over": (Slot("90 minutes", 90), Slot("4 hrs", 240)),
    "window": (
        _span("in the past 3 days", _at(3, 15, 11, 30)),
        _span("since last friday", _at(3, 13)),
        _span("on monday", _at(3, 16), _at(3, 17)),
        _span("month to date", _at(3, 1), _at(4, 1)),
        _span("in the last fortnight", _at(3, 4, 11, 30)),
        _span("between 2026-03-02 and 2026-03-06", _at(3, 2), _at(3, 7)),
        _span("in the last 24h", _at(3, 17, 11, 30)),
        _span("last month", _at(2, 1), _at(3, 1)),
        _span("since march 3rd", _at(3, 3)),
        _span("this morning", _at(3, 18), _at(3, 18, 12)),
    ),
    "nobody": (Slot("Soylent", "soylent"),),
    "nonsense": (Slot("flurbish", "flurbish"),),
    "nocarrier": (Slot("Yodel", "yodel"),),
}
NEVER_TUNE: Mapping[str, tuple[Slot, ...]] = {
    name: (*TUNE.get(name, ()), *slots) for name, slots in _MORE.items()
}
"""The words of TUNE and others, on which nothing was tuned."""
THIS_WEEK, LAST_WEEK = Span(_at(3, 16), _at(3, 23)), Span(_at(3, 9), _at(3, 16))
SO_FAR = Span(_at(3, 16), NOW), Span(_at(3, 9), _at(3, 11, 11, 30))
"""This week up to now, and as much of the one before."""
TODAY_SO_FAR = Span(_at(3, 18), NOW), Span(_at(3, 17), _at(3, 17, 11, 30))
SINCE_FEBRUARY = Span(_at(2, 1), NOW)
LAST_30_DAYS = Span(_at(2, 16, 10, 30), NOW)
"""Thirty times 24 h; the clocks went forward by one of them."""

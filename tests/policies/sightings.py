"""Makes exceptions as patterns see them, for tests of patterns. Must not judge."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from policies.sightings import Sighting, Spans, spans_of

UNTIL = datetime(2026, 3, 2, 16, tzinfo=UTC)
"""A Monday; the four hours begin at noon."""
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
LONG_AGO = UNTIL - 20 * WEEK


def spans(known_since: datetime = LONG_AGO, zone: str = "UTC") -> Spans:
    """The spans that end at UNTIL."""
    return spans_of(UNTIL, zone, known_since)


@dataclass
class Floor:
    """A client's exceptions, numbered as they are made."""

    seen: list[Sighting] = field(default_factory=list)

    def open(self, at: datetime, count: int = 1, **stated: str) -> None:
        """So many at a moment and in the minutes after it; `reason` is one of the stated."""
        for number in range(count):
            reason = stated.get("reason", "PICK_DELAY")
            opened = at + timedelta(minutes=number % 50)
            self.seen.append(
                Sighting(
                    id=len(self.seen) + 1,
                    order_id=f"SO-{len(self.seen) + 1}",
                    opened_at=opened,
                    reason=reason,
                    deadline_at=opened,
                    ended_at=opened + HOUR,
                    facts={name: value for name, value in stated.items() if name != "reason"},
                )
            )

    def every_day(self, days: int, hours: Sequence[int], count: int = 1, **stated: str) -> None:
        """So many in each of these hours of each of the days before UNTIL."""
        midnight = UNTIL.replace(hour=0)
        for day in range(days + 1):
            for hour in hours:
                at = midnight - day * DAY + hour * HOUR
                if at < UNTIL:
                    self.open(at, count, **stated)


def ordinary() -> Floor:
    """Nine weeks of three carriers at three sites with three reasons, alike day and night."""
    floor = Floor()
    names = [
        {"carrier": carrier, "warehouse": site, "reason": reason}
        for carrier, site, reason in (
            ("UPS", "ATL1", "PICK_DELAY"),
            ("FedEx", "DAL2", "PACK_DELAY"),
            ("USPS", "RNO3", "CARRIER_ISSUE"),
        )
    ]
    for name in names:
        floor.every_day(63, range(0, 24, 2), 1, **name)
    return floor

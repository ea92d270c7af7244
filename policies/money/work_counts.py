"""Goes through an order's events once and counts the work that each of them proves.

Must not know days of service or prices.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from policies.facts import OrderEvent, Timeline
from policies.local_time import local_date
from policies.money.invoice_values import Account, Done
from policies.money.parcels import Parcel
from policies.money.usage import COUNTS, MOST, OPERATIONS, Usage
from policies.money.work_kinds import (
    BECAUSE,
    BILLABLE,
    BY_KIND,
    CORRECTED,
    NEVER_STORED,
    OTHER,
    PACKED,
    PICKED,
    PRINTED,
    REVOKED,
    SAME_LABEL,
    STATES_NOTHING,
    STOCK,
    STORED,
    TAKEN_OUT,
    VOIDED,
    VOIDS,
    VOIDS_NOTHING,
)

_AGAIN = {PICKED: "repicks", PACKED: "repacks"}
"""What is done a second time counts as this; a tariff prices it where it has a line for it."""


class Tally:
    """The work of one order.

    An order is picked and packed once; what is done again counts apart. Items are those of the
    first completed pick. `labels` are those that were printed and not voided. An event that another
    one of its source names under `corrects` does not count; `standing` is the work of the others.
    """

    def __init__(self, timeline: Timeline, zone: str) -> None:
        self.faults: list[str] = []
        self.labels: list[OrderEvent] = []
        self.standing: list[OrderEvent] = []
        self._zone = zone
        self._events = timeline.events
        self._counts: defaultdict[str, int] = defaultdict(int)
        self._proof: defaultdict[str, list[str]] = defaultdict(list)
        self._went: dict[int, str] = {}
        self._why: dict[int, str] = {}
        self._printed: dict[int, int] = {}
        self._in_store: OrderEvent | None = None
        gone = set(map(_corrects, self._events))
        for place, event in enumerate(self._events):
            if (event.source, event.event_id) in gone:
                self._why[place] = CORRECTED
            else:
                self._count(place, event)
        for place, count in self._printed.items():
            self.labels.append(self._events[place])
            self._add(place, "label", count)

    def done(self) -> tuple[Done, ...]:
        """The operations and counts that are not nothing, by name, each with its proof."""
        return tuple(
            Done(operation=name, count=count, event_ids=tuple(self._proof[name]))
            for name, count in sorted(self._counts.items())
            if count
        )

    def accounts(self) -> tuple[Account, ...]:
        """Where each event went, in their order."""
        return tuple(
            Account(
                event_id=event.event_id,
                source=event.source,
                operation=self._went.get(place, ""),
                because="" if place in self._went else self._because(place, event),
            )
            for place, event in enumerate(self._events)
        )

    def usage(
        self, *, flags: frozenset[str], parcels: tuple[Parcel, ...], day: date | None
    ) -> Usage:
        """The same as what is priced. Items are what was picked unless they are stated."""
        counts = {name: self._counts[name] for name in COUNTS if self._counts[name]}
        operations = {name: self._counts[name] for name in OPERATIONS if self._counts[name]}
        if operations.get("pick"):
            counts.setdefault("items", operations["pick"])
        return Usage(operations=operations, counts=counts, flags=flags, parcels=parcels, day=day)

    def _count(self, place: int, event: OrderEvent) -> None:
        kind = event.kind
        if kind in BILLABLE and kind != STOCK:
            self.standing.append(event)
        if kind == PRINTED:
            self._print(place, event)
        elif kind == VOIDED:
            self._void(place, event)
        elif kind == STORED:
            self._in_store = event
        elif kind in BY_KIND:
            self._work(place, event, BY_KIND[kind])

    def _work(self, place: int, event: OrderEvent, operation: str) -> None:
        """What the kind proves, and what the payload states besides; a statement goes first."""
        stated = self._stated(event)
        again = _AGAIN.get(event.kind)
        if again and self._proof[operation] and operation not in stated:
            self._add(place, again, 1)
        elif operation and operation not in stated:
            self._add(place, operation, self._usual(place, event))
        for name, count in stated.items():
            self._add(place, name, count)
        if event.kind == TAKEN_OUT:
            self._in_store = None

    def _usual(self, place: int, event: OrderEvent) -> int:
        """How much an event of its kind is where it does not say."""
        if event.kind == PICKED:
            return items_of(event.payload)
        if event.kind != TAKEN_OUT:
            return 1
        begun = self._in_store
        if begun is None:
            self._why[place] = NEVER_STORED
            return 0
        first, last = (local_date(one.occurred_at, self._zone) for one in (begun, event))
        return (last - first).days + 1

    def _stated(self, event: OrderEvent) -> dict[str, int]:
        """What the payload states under `operations` and `counts`; else there is a fault."""
        found: dict[str, int] = {}
        for key, known in (("operations", OPERATIONS), ("counts", COUNTS)):
            told = event.payload.get(key)
            if told is None:
                continue
            if not isinstance(told, Mapping):
                self.faults.append(f"event {event.event_id}: {key}: write an object of counts")
                continue
            for name, count in told.items():
                if name not in known:
                    wrong = f"unknown; known are {', '.join(known)}"
                elif isinstance(count, bool) or not isinstance(count, int):
                    wrong = "write a whole number, 0 or more"
                elif not 0 <= count <= MOST:
                    wrong = f"write a number from 0 to {MOST}"
                else:
                    found[name] = count
                    continue
                self.faults.append(f"event {event.event_id}: {key}.{name}: {wrong}")
        return found

    def _print(self, place: int, event: OrderEvent) -> None:
        """A label that has the number of one that still counts is that one, told again."""
        number = _number(event)
        if number and number in {_number(self._events[one]) for one in self._printed}:
            self._why[place] = SAME_LABEL
            return
        stated = self._stated(event)
        self._printed[place] = stated.pop("label", 1)
        for name, count in stated.items():
            self._add(place, name, count)

    def _void(self, place: int, event: OrderEvent) -> None:
        """Takes back the label of its number, without one the latest that counts."""
        number = _number(event)
        meant = [
            one for one in self._printed if not number or _number(self._events[one]) in ("", number)
        ]
        same = [one for one in meant if number and _number(self._events[one]) == number]
        if not meant:
            self._why[place] = VOIDS_NOTHING
            return
        taken = (same or meant)[-1]
        del self._printed[taken]
        self._why[place] = VOIDS
        self._why[taken] = REVOKED

    def _add(self, place: int, operation: str, count: int) -> None:
        if not count:
            return
        self._counts[operation] += count
        self._proof[operation].append(self._events[place].event_id)
        self._went.setdefault(place, operation)

    def _because(self, place: int, event: OrderEvent) -> str:
        usual = STATES_NOTHING if event.kind in BY_KIND else OTHER
        return self._why.get(place) or BECAUSE.get(event.kind, usual)


def items_of(payload: Mapping[str, object]) -> int:
    """How many items a pick states; one where it states none that can be meant."""
    stated = payload.get("items")
    count = len(stated) if isinstance(stated, list) else stated
    if isinstance(count, bool) or not isinstance(count, int):
        return 1
    return count if 0 <= count <= MOST else 1


def _corrects(event: OrderEvent) -> tuple[str, str] | None:
    """The event in whose place this one stands; none stands in its own."""
    told = event.payload.get("corrects") if event.kind in BILLABLE else None
    if not isinstance(told, str) or told == event.event_id:
        return None
    return (event.source, told)


def _number(event: OrderEvent) -> str:
    told = event.payload.get("tracking_number")
    return "".join(told.split()).upper() if isinstance(told, str) else ""

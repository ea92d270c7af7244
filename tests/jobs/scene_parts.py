"""What situations of a warehouse are made of: orders, places, and the exception that is explained.

Must not judge or explain by itself: the real jobs do.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from jobs.explain_exception import explain_exception
from policies.facts import OrderEvent
from policies.records import ExceptionRecord, Explanation
from tests.jobs.world import World, of, packaged_steps
from tests.policies.builders import at, event

DAY = 24 * 60
CARRIERS = """
version: "carriers-1"
calendars:
  carrier.ups: {tz: UTC, days: mon-fri, pickups: {ATL1: "19:00"}}
  carrier.fedex: {tz: UTC, days: mon-fri, pickups: {ATL1: "17:30"}}
slas:
  - id: tender
    stage: SHIP
    promise: taken by the carrier within 4 h of packing
    start: [pack_completed]
    stop: [carrier_picked_up, carrier_scan]
    deadline: {within: 4h}
    on_breach: {exception: CARRIER_ISSUE, severity: HIGH}
  - id: first_scan
    stage: SHIP
    promise: first scan within 12 h of hand-over
    start: [manifested]
    stop: [carrier_scan]
    deadline: {within: 12h, calendar: carrier.of(shipment)}
    on_breach: {exception: FIRST_SCAN_MISSING, severity: HIGH}
  - id: stall
    stage: DELIVER
    repeat: each
    promise: a new scan every 24 h
    start: [in_transit]
    stop: [in_transit, out_for_delivery, delivered]
    deadline: {within: 24h, calendar: carrier.of(shipment)}
    on_breach: {exception: TRANSIT_STALL, severity: MEDIUM}
"""
STEPS = {"p": "order_paid", "i": "pick_completed", "k": "pack_completed"}
"""Paid, picked, packed, in few letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A world in which `order_id` is late, and the minute at which it is explained."""

    world: World
    minute: float
    order_id: str = "SO-1"

    def record(self) -> ExceptionRecord:
        """Its newest exception."""
        mine = (r for r in self.world.records() if r.order_id == self.order_id)
        return max(mine, key=lambda record: record.id)

    async def explained(self) -> Explanation:
        """What people are told of it."""
        done = await explain_exception(
            self.record().id,
            storage=self.world.storage,
            promises=self.world.promises,
            steps=packaged_steps(),
            now=at(self.minute),
        )
        told = self.record().explanation
        assert done
        assert told is not None
        return told


def heard(order_id: str, steps: Mapping[str, float], **place: str) -> list[OrderEvent]:
    """Events of an order by kind (or letter) and minute; `place` is in every payload."""
    named = ((STEPS.get(kind, kind), minute) for kind, minute in steps.items())
    return [
        of(order_id, event(kind, minute, f"{kind}-{order_id}", **place)) for kind, minute in named
    ]


async def told(world: World, *orders: list[OrderEvent]) -> None:
    """Takes the events of these orders in."""
    await world.hear(*(one for order in orders for one in order), minute=-90 * DAY)


async def usual_picks(world: World, minutes: float = 40) -> None:
    """Thirty picks of the days before, and ten in the hour of each of them."""
    orders = []
    for day in range(1, 6):
        for number in range(10):
            paid = 60 + number * 6 - day * DAY
            steps = {"p": paid, "i": paid + minutes + number}
            orders.append(heard(f"D{day}-{number}", steps, warehouse="ATL1", zone="A"))
    await told(world, *orders)


def at_zone(zone: str) -> dict[str, str]:
    """A zone of ATL1."""
    return {"warehouse": "ATL1", "zone": zone}


def at_wave(number: int) -> dict[str, str]:
    """A wave of ATL1."""
    return {"warehouse": "ATL1", "wave": f"W-{number}"}


def parcel(carrier: str) -> dict[str, str]:
    """A parcel of ATL1."""
    return {"warehouse": "ATL1", "carrier": carrier}

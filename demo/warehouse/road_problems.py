"""What goes wrong once a parcel is packed: trucks, weather, absent customers.

Each function takes a healthy case and must not put more than one problem into its moments.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from demo.warehouse.floor_problems import odds, report
from demo.warehouse.flow import draw_minutes
from demo.warehouse.moments import Moment, delay_from, drop_from, find
from demo.warehouse.notes import draw_note
from demo.warehouse.orders import DAY

if TYPE_CHECKING:
    from demo.warehouse.floor_problems import Case

DOCK_REASONS = ("label_failure", "trailer_full", "cutoff_missed")
ROAD_REASONS = ("weather", "mechanical", "misrouted")
MOST_ATTEMPTS = 3


def delay_shipping(case: Case) -> list[Moment]:
    """Keep the parcel at the dock for 25 to 72 hours, or on the road for a week more."""
    rng, moments = case.rng, case.moments
    if odds(rng, 50):
        parcel = find(moments, "staged")
        at = parcel.at + draw_minutes(rng, 5, 5)
        facts = {**parcel.facts, "reason": rng.choice(DOCK_REASONS), "fault": "3pl"}
        late = delay_from(moments, "manifested", draw_minutes(rng, 25 * 60, 72 * 60))
        return [*late, report(case, "exception_reported", at, **facts)]
    stuck = _carrier_report(case, after="in_transit", reason=rng.choice(ROAD_REASONS))
    wait = 7 * DAY + draw_minutes(rng, 0, 48 * 60)
    return [*delay_from(moments, "out_for_delivery", wait), stuck]


def miss_customer(case: Case) -> list[Moment]:
    """Ring in vain 1 to 3 times, a day apart; then deliver or send the parcel back."""
    rng = case.rng
    door = find(case.moments, "delivered")
    attempts = 1 + rng.randrange(MOST_ATTEMPTS)
    tries = [
        replace(
            door,
            event_type="delivery_attempted",
            at=door.at + index * DAY,
            facts={
                **door.facts,
                "reason": "customer_unavailable",
                "fault": "consignee",
                "attempt": index + 1,
                "note": draw_note(rng),
            },
        )
        for index in range(attempts)
    ]
    if attempts == MOST_ATTEMPTS and odds(rng, 50):
        return [*drop_from(case.moments, "delivered"), *tries]
    return [*delay_from(case.moments, "delivered", attempts * DAY), *tries]


def miss_pickup(case: Case) -> list[Moment]:
    """Leave the whole wave on the dock: its carrier's truck comes a day later."""
    wave = case.wave
    parcel = find(case.moments, "staged")
    at = wave.truck_at + draw_minutes(case.rng, 30, 45)
    facts = {**parcel.facts, "reason": "missed_pickup", "fault": "carrier"}
    late = delay_from(case.moments, "manifested", wave.truck_delay)
    return [*late, report(case, "exception_reported", at, **facts)]


def _carrier_report(case: Case, *, after: str, reason: str) -> Moment:
    scanned = find(case.moments, after)
    return replace(
        scanned,
        event_type="exception_reported",
        at=scanned.at + draw_minutes(case.rng, 60, 180),
        facts={**scanned.facts, "reason": reason, "fault": "carrier", "note": draw_note(case.rng)},
    )

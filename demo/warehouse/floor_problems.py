"""What goes wrong before a parcel leaves: money, address, stock, backlog, damage.

Each function takes a healthy case and must not put more than one problem into its moments.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from demo.warehouse.flow import draw_minutes, plan_flow
from demo.warehouse.moments import Moment, amend, delay_from, drop_from, find
from demo.warehouse.notes import draw_note
from demo.warehouse.orders import DAY, floor_facts, format_time
from demo.warehouse.waves import MINUTE

if TYPE_CHECKING:
    from random import Random

    from demo.warehouse.orders import Order
    from demo.warehouse.waves import Wave, Waves

BAD_ZIPS = ("00000", "99999", "INVALID")
DECLINES = ("card_declined", "insufficient_funds", "expired_card", "fraud_suspected")
MOST_SHORT = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A healthy order, its wave and the dice: what a problem is made from."""

    rng: Random
    order: Order
    wave: Wave
    waves: Waves
    moments: list[Moment]


def odds(rng: Random, percent: int) -> bool:
    """Say yes in `percent` of 100 cases."""
    return rng.randrange(100) < percent


def draw_setback(rng: Random, *, most_hours: int) -> int:
    """Draw 2 hours to `most_hours`, in seconds; half are over within the shift (5 hours)."""
    if odds(rng, 50):
        return draw_minutes(rng, 120, 300)
    return draw_minutes(rng, 300, most_hours * 60)


def report(case: Case, event_type: str, at: int, **facts: object) -> Moment:
    """Return what the warehouse's system reports about a problem, with a person's note."""
    known = {**floor_facts(case.order), **facts, "note": draw_note(case.rng)}
    return Moment(event_type=event_type, source="wms", at=at, facts=known)


def delay_fulfillment(case: Case) -> list[Moment]:
    """Let the warehouse fall behind by 2 to 48 hours, mostly before the pick."""
    rng, moments = case.rng, case.moments
    stage, since = ("pick", "order_paid") if odds(rng, 85) else ("pack", "pick_completed")
    noticed = find(moments, since).at + draw_minutes(rng, 45, 115)
    late = delay_from(moments, f"{stage}_started", draw_setback(rng, most_hours=48))
    late = amend(late, f"{stage}_completed", reason="warehouse_backlog", note=draw_note(rng))
    if odds(rng, 40):
        return late
    facts = {"reason": "warehouse_backlog", "fault": "3pl", "stage": stage}
    return [*late, report(case, "exception_reported", noticed, **facts)]


def run_short(case: Case) -> list[Moment]:
    """Find 1 to 5 pieces missing at the pick and restock after 1 to 7 days."""
    rng = case.rng
    line = case.order.lines[0]
    short = 1 + rng.randrange(min(MOST_SHORT, line.quantity))
    days = 1 + rng.randrange(7)
    at = find(case.moments, "pick_started").at + draw_minutes(rng, 2, 7)
    missing = report(
        case,
        "stock_short",
        at,
        reason="inventory_shortage",
        fault="client",
        sku=line.product.sku,
        short_quantity=short,
        available_quantity=line.quantity - short,
        restock_days=days,
        expected_restock=format_time(at + days * DAY),
    )
    return [*delay_from(case.moments, "pick_completed", days * DAY), missing]


def fail_payment(case: Case) -> list[Moment]:
    """Decline the payment; it comes minutes to 48 hours later, or never."""
    rng, order = case.rng, case.order
    failed_at = order.created_at + draw_minutes(rng, 1, 3)
    facts = {"reason": rng.choice(DECLINES), "fault": "client"}
    failed = report(case, "payment_failed", failed_at, **facts)
    if odds(rng, 60):
        return [*_pay_later(case, failed_at), failed]
    created = case.moments[:1]
    if odds(rng, 50):
        return [*created, failed]
    given_up = failed_at + draw_minutes(rng, 48 * 60, 72 * 60)
    return [*created, failed, cancel(case, given_up, reason="declined")]


def reject_address(case: Case) -> list[Moment]:
    """Refuse the address before the pick; the merchant corrects it hours later, or never."""
    rng, moments = case.rng, case.moments
    zip_code = rng.choice(BAD_ZIPS)
    for name in ("order_created", "order_paid"):
        moments = amend(moments, name, destination_zip=zip_code)
    at = find(moments, "allocated").at + draw_minutes(rng, 1, 1)
    facts = {"reason": "zip_not_found", "fault": "client", "destination_zip": zip_code}
    refused = report(case, "address_invalid", at, **facts)
    if odds(rng, 15):
        return [*drop_from(moments, "pick_started"), refused]
    wait = draw_setback(rng, most_hours=30)
    good = {"reason": "address_corrected", "destination_zip": case.order.destination.zip}
    corrected = report(case, "order_edited", at + wait, **good)
    return [*delay_from(moments, "pick_started", wait), refused, corrected]


def damage_parcel(case: Case) -> list[Moment]:
    """Damage the goods in the building (replaced hours later) or the parcel on the road."""
    rng, moments = case.rng, case.moments
    if odds(rng, 75):
        stage = rng.choice(("pick", "pack"))
        at = find(moments, f"{stage}_started").at + draw_minutes(rng, 1, 4)
        facts = {"reason": "damaged_in_warehouse", "fault": "3pl", "stage": stage}
        late = delay_from(moments, f"{stage}_completed", draw_minutes(rng, 180, 480))
        return [*late, report(case, "package_damaged", at, **facts)]
    scanned = find(moments, "in_transit")
    facts = {**scanned.facts, "reason": "damaged_in_transit", "fault": "carrier"}
    broken = replace(
        scanned,
        event_type="package_damaged",
        at=scanned.at + draw_minutes(rng, 60, 180),
        facts={**facts, "note": draw_note(rng)},
    )
    return [*drop_from(moments, "out_for_delivery"), broken]


def cancel(case: Case, at: int, *, reason: str) -> Moment:
    """Return the shop's cancellation."""
    facts = {**case.moments[0].facts, "reason": reason}
    return Moment(event_type="order_cancelled", source="shopify", at=at, facts=facts)


def cancel_early(case: Case) -> list[Moment]:
    """Let the customer think better of it before the pick: no problem, and no breach."""
    at = case.order.paid_at + draw_minutes(case.rng, 1, 30)
    at = min(at, find(case.moments, "pick_started").at - MINUTE)
    kept = [moment for moment in case.moments if moment.at < at]
    return [*kept, cancel(case, at, reason="customer")]


def _pay_later(case: Case, failed_at: int) -> list[Moment]:
    """Plan the life after a second attempt; half of these have lost their reserved stock."""
    rng, order = case.rng, case.order
    least, most = (10, 60) if odds(rng, 50) else (60, 48 * 60)
    paid_at = failed_at + draw_minutes(rng, least, most)
    wave = case.waves.next_after(order.warehouse, paid_at)
    moments = plan_flow(rng, order=order, paid_at=paid_at, wave=wave)
    if odds(rng, 50):
        return moments
    late = delay_from(moments, "pick_started", draw_minutes(rng, 120, 300))
    return amend(late, "pick_completed", reason="reservation_released", note=draw_note(rng))

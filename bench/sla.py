"""How many orders a second one core judges by three promises each, beside plain arithmetic.

Run it with `python -m bench.sla`; a quiet machine gives the figures of docs/figures.md. Must not be
used as a test.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from policies.book.read import read_sla_book
from policies.facts import OrderEvent, Timeline, timeline_of
from policies.promise import SlaRule
from policies.sla import evaluate

ORDERS, ROUNDS = 20_000, 5
BEGIN = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
"""A Friday; orders came over the four weeks before it."""
POLICY = """
version: 1
calendars:
  ATL1:
    tz: America/New_York
    shifts: {mon-fri: ["06:00-22:00"], sat: ["08:00-14:00"]}
    holidays: [us-federal]
    closures: [{from: 2026-03-12T06:00, to: 2026-03-12T12:00, why: storm}]
  carrier.ups: {tz: at(warehouse), days: mon-fri, holidays: [us-federal]}
  channel: {tz: America/New_York, days: mon-fri, holidays: [us-federal]}
slas:
- id: client.same_day
  when: {client: acme}
  start: {event: order.paid}
  stop: ship_evidence
  pause: [{hold: [awaiting_payment, fraud_review], fault: client}]
  deadline:
    cutoff:
      at: "14:00"
      tz: at(warehouse)
      before: {day: 0, by: "23:59"}
      after: {day: +1 business, by: "23:59"}
    calendar: ATL1
- id: channel.dispatch
  kind: channel
  when: {channel: [shopify]}
  start: {event: order.created}
  stop: {event: [carrier_scan, in_transit, out_for_delivery, delivered]}
  deadline: {within: 2d, calendar: channel}
- id: carrier.delivery
  kind: underpinning
  start: ship_evidence
  stop: {event: delivered}
  deadline: {within: {by_service: {ground: 5d, express: 2d}}, calendar: carrier.of(shipment)}
"""
STEPS = (
    ("order_created", 0),
    ("order_paid", 5),
    ("pick_completed", 90),
    ("pack_completed", 150),
    ("manifested", 240),
    ("carrier_scan", 420),
    ("delivered", 3 * 1440),
)
"""Kinds and minutes from the order's beginning."""


def made_timelines(count: int) -> list[Timeline]:
    """Every other order is one of the last two days and on its way, the rest are delivered."""
    spans = ((NOW - timedelta(days=2), STEPS[:5]), (BEGIN, STEPS))
    return [
        _timeline(n, began + (NOW - began) * n / count, steps)
        for n in range(count)
        for began, steps in [spans[n % 2]]
    ]


def _timeline(number: int, begin: datetime, steps: Sequence[tuple[str, int]]) -> Timeline:
    order = {
        "client": "acme",
        "channel": "shopify",
        "service": "express" if number % 3 else "ground",
        "warehouse": "ATL1",
        "carrier": "ups",
    }
    return timeline_of(
        f"SO-{number}",
        [
            OrderEvent(
                source="wms",
                event_id=f"{number}-{place}",
                event_type=kind,
                order_id=f"SO-{number}",
                occurred_at=begin + timedelta(minutes=minutes),
                payload=order if place == 0 else {"wave": "W1"},
            )
            for place, (kind, minutes) in enumerate(steps)
        ],
    )


def by_hand(timelines: Sequence[Timeline]) -> int:
    """What the least is that anyone would write: three plain limits, without any calendar.

    It merges the payloads and looks for first events as the engine must, then adds minutes.
    """
    late = 0
    limits = (("order_paid", "manifested", 600), ("order_created", "carrier_scan", 2880))
    for timeline in timelines:
        stated: dict[str, object] = {}
        firsts: dict[str, datetime] = {}
        for event in timeline.events:
            if event.occurred_at <= NOW:
                stated.update(event.payload)
                firsts.setdefault(event.kind, event.occurred_at)
        days = 5 if stated["service"] == "ground" else 2
        for start, stop, minutes in (*limits, ("manifested", "delivered", days * 1440)):
            if start in firsts:
                deadline = firsts[start] + timedelta(minutes=minutes)
                late += firsts.get(stop, NOW) > deadline
    return late


def by_engine(timelines: Sequence[Timeline], rules: Sequence[SlaRule]) -> int:
    """All clocks of all orders."""
    return sum(len(evaluate(timeline, rules, NOW)) for timeline in timelines)


def rate(count: int, work: Callable[[], int]) -> float:
    """The best of some rounds, orders a second of processor time."""
    best = 0.0
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        best = max(best, count / (time.process_time() - began))
    return best


def main() -> int:
    """Reads the options and measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS)
    given = parser.parse_args()
    rules = read_sla_book(POLICY).rules
    timelines = made_timelines(given.orders)
    engine = rate(given.orders, lambda: by_engine(timelines, rules))
    hand = rate(given.orders, lambda: by_hand(timelines))
    print(f"three plain limits by hand:  {hand:9,.0f} orders/s")
    print(f"three clocks of the engine:  {engine:9,.0f} orders/s, {engine / hand:6.1%} of it")
    return 0


if __name__ == "__main__":
    sys.exit(main())

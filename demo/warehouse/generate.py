"""The generator: orders, their events and the moment each event reaches the product.

The same seed and arguments give the same bytes everywhere: it must not use a clock or I/O.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any

from demo.warehouse.floor_problems import Case, cancel_early, odds
from demo.warehouse.flow import plan_flow
from demo.warehouse.orders import Order, draw_order, format_time
from demo.warehouse.problems import MISSED_PICKUP, PROBLEMS, Deck, missed_wave_share
from demo.warehouse.waves import HOUR, Waves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from demo.warehouse.moments import Moment

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DEFAULT_START = datetime(2026, 1, 5, 8, tzinfo=UTC)
DEFAULT_ORDERS_PER_HOUR = 36
DEFAULT_PROBLEM_RATE = 0.13
FIRST_ORDER = 1001
CANCELLED_PERCENT = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Emission:
    """A canonical event and when it is sent; `problem` is the truth for tests, never sent."""

    arrives_at: datetime
    event: dict[str, Any]
    tenant: str
    problem: str


def generate_orders(
    *,
    seed: int = 7,
    orders: int | None = None,
    orders_per_hour: int = DEFAULT_ORDERS_PER_HOUR,
    start: datetime = DEFAULT_START,
    problem_rate: float = DEFAULT_PROBLEM_RATE,
    first_order: int = FIRST_ORDER,
) -> Iterator[Emission]:
    """Yield the events of `orders` orders (None: for ever) by arrival, the first from `start`.

    Args:
        seed: Decides everything that is drawn.
        orders: How many orders are placed.
        orders_per_hour: How many of them in an hour, over all clients.
        start: When the first order can be placed; whole seconds count.
        problem_rate: Share of orders with a problem, 0 to 1.
        first_order: Number of the first order (`SO-1001`).

    """
    floor = _Floor(seed=seed, problem_rate=problem_rate)
    opening = int(start.timestamp())
    indices = count() if orders is None else range(orders)
    slots = ((opening + i * HOUR // orders_per_hour, first_order + i) for i in indices)
    width = max(1, HOUR // orders_per_hour)
    return _sort_by_arrival(
        (opened_at, floor.live(number, opened_at + floor.rng.randrange(width)))
        for opened_at, number in slots
    )


def generate_lines(
    orders: int,
    seed: int = 7,
    problem_rate: float = DEFAULT_PROBLEM_RATE,
    start: datetime = DEFAULT_START,
) -> Iterator[str]:
    """Yield the canonical events of `orders` orders as compact JSON, without line ends."""
    encode = json.JSONEncoder(separators=(",", ":")).encode
    emissions = generate_orders(seed=seed, orders=orders, start=start, problem_rate=problem_rate)
    return (encode(emission.event) for emission in emissions)


class _Floor:
    """The dice, the waves and the deck of one run."""

    def __init__(self, *, seed: int, problem_rate: float) -> None:
        self.rng = Random(seed)
        self._waves = Waves(seed=seed, missed_share=missed_wave_share(problem_rate))
        self._deck = Deck(self.rng, problem_rate)

    def live(self, number: int, placed_at: int) -> list[tuple[int, Emission]]:
        """Let one order live; return its emissions with the second they are sent."""
        order = draw_order(self.rng, number=number, created_at=placed_at)
        wave = self._waves.next_after(order.warehouse, order.paid_at)
        healthy = plan_flow(self.rng, order=order, paid_at=order.paid_at, wave=wave)
        case = Case(rng=self.rng, order=order, wave=wave, waves=self._waves, moments=healthy)
        dealt = self._deck.deal()
        problem = MISSED_PICKUP if wave.missed else dealt
        if problem:
            moments = PROBLEMS[problem](case)
        else:
            moments = cancel_early(case) if odds(self.rng, CANCELLED_PERCENT) else healthy
        return list(_emissions(order, moments, problem))


def _sort_by_arrival(
    lives: Iterable[tuple[int, list[tuple[int, Emission]]]],
) -> Iterator[Emission]:
    """Merge the lives of orders, each of which brings nothing before its opening second."""
    waiting: list[tuple[int, int, Emission]] = []
    tickets = count()
    for opened_at, emissions in lives:
        while waiting and waiting[0][0] < opened_at:
            yield heappop(waiting)[2]
        for at, emission in emissions:
            heappush(waiting, (at, next(tickets), emission))
    while waiting:
        yield heappop(waiting)[2]


def _emissions(order: Order, moments: list[Moment], problem: str) -> Iterator[tuple[int, Emission]]:
    tenant = order.client.tenant
    for index, moment in enumerate(sorted(moments, key=lambda moment: moment.at), start=1):
        event = {
            "event_id": f"{moment.source}-{order.order_id}-{index}",
            "source": moment.source,
            "event_type": moment.event_type,
            "order_id": order.order_id,
            "occurred_at": format_time(moment.at),
            "payload": dict(moment.facts),
        }
        for lag in (0, *moment.repeats):
            at = moment.arrives_at + lag
            sent_at = EPOCH + timedelta(seconds=at)
            yield at, Emission(arrives_at=sent_at, event=event, tenant=tenant, problem=problem)

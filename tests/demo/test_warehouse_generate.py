"""What the simulated warehouse promises about its orders, seen through a tiny oracle.

The oracle knows the default pick and pack rules and nothing of how orders are made.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from demo.warehouse.generate import DEFAULT_START, Emission, generate_lines, generate_orders
from demo.warehouse.notes import HOSTILE
from demo.warehouse.problems import PROBLEMS

RULES = (("order_paid", "pick_completed", 120), ("pick_completed", "pack_completed", 180))
SHIP_EVIDENCE = {"manifested", "carrier_picked_up", "carrier_scan", "in_transit", "delivered"}
LIVE = timedelta(minutes=90)
HISTORY = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True, slots=True)
class Late:
    """A promise whose proof had not arrived, or was late, at its deadline."""

    order_id: str
    deadline: datetime
    proof_arrives_at: datetime | None


def by_order(emissions: list[Emission]) -> dict[str, list[Emission]]:
    """Group by order, each in the order of arrival."""
    orders = defaultdict(list)
    for emission in emissions:
        orders[emission.event["order_id"]].append(emission)
    return orders


def occurred(emission: Emission) -> datetime:
    """Return when it happened, which is not when it arrived."""
    return datetime.fromisoformat(emission.event["occurred_at"])


def first(emissions: list[Emission], event_type: str) -> Emission | None:
    """Return the earliest event of that type by occurrence."""
    found = [one for one in emissions if one.event["event_type"] == event_type]
    return min(found, key=occurred, default=None)


def find_late(order: list[Emission], now: datetime) -> list[Late]:
    """Judge one order by what has arrived at its deadlines."""
    late = []
    cancelled = first(order, "order_cancelled")
    for start, stop, minutes in RULES:
        begun, proof = first(order, start), first(order, stop)
        if begun is None:
            continue
        deadline = occurred(begun) + timedelta(minutes=minutes)
        if deadline >= now or (cancelled and occurred(cancelled) <= deadline):
            continue
        if proof is None or max(proof.arrives_at, occurred(proof)) > deadline:
            arrives_at = proof.arrives_at if proof else None
            order_id = order[0].event["order_id"]
            late.append(Late(order_id=order_id, deadline=deadline, proof_arrives_at=arrives_at))
    return late


def replay(seed: int) -> list[Late]:
    """Return what is late 90 minutes into a demonstration with 6 hours of history."""
    now, arrived = DEFAULT_START + LIVE, []
    for emission in generate_orders(seed=seed, start=DEFAULT_START - HISTORY):
        if emission.arrives_at > now:
            break
        arrived.append(emission)
    return [late for order in by_order(arrived).values() for late in find_late(order, now)]


@pytest.fixture(scope="module")
def emissions() -> list[Emission]:
    """Five thousand orders with the default share of problems."""
    return list(generate_orders(seed=7, orders=5000))


def test_same_seed_same_bytes() -> None:
    """The same arguments give the same bytes, on every machine and run."""
    digest = hashlib.sha256("\n".join(generate_lines(200)).encode()).hexdigest()
    assert digest == "03cd4f4d4d5d8d15327feff35829806252a8b713520c755938ba8da9ce814d6f"
    assert list(generate_lines(50, seed=1)) != list(generate_lines(50, seed=2))


def test_lines_are_compact_and_sorted_by_arrival(emissions: list[Emission]) -> None:
    """A line is the event alone, without spaces, in the order of arrival."""
    arrivals = [emission.arrives_at for emission in emissions]
    assert arrivals == sorted(arrivals)
    line = next(generate_lines(1))
    assert line == json.dumps(json.loads(line), separators=(",", ":"))
    assert set(json.loads(line)) == {
        "event_id", "source", "event_type", "order_id", "occurred_at", "payload",
    }  # fmt: skip


def test_every_event_is_canonical(emissions: list[Emission]) -> None:
    """Ids have 1 to 128 characters, times an offset, types the contract's pattern."""
    for emission in emissions:
        event = emission.event
        assert 1 <= len(event["event_id"]) <= 128
        assert re.fullmatch(r"SO-\d+", event["order_id"])
        assert re.fullmatch(r"[a-z][a-z0-9_.]{1,63}", event["event_type"])
        assert event["source"] in {"shopify", "wms", "carrier"}
        assert event["payload"]["client"] == emission.tenant
        assert occurred(emission).utcoffset() == timedelta(0)
        assert emission.arrives_at >= occurred(emission)


def test_ids_are_unique_but_for_true_repetitions(emissions: list[Emission]) -> None:
    """Two emissions share an id only if they are the same event, and only in scrambled orders."""
    known: dict[str, Emission] = {}
    for emission in emissions:
        earlier = known.setdefault(emission.event["event_id"], emission)
        if earlier is not emission:
            assert earlier.event == emission.event
            assert emission.problem == "disorder"


def test_healthy_orders_keep_every_default_promise(emissions: list[Emission]) -> None:
    """An order without a problem is never late, from the pick to the door."""
    for order in by_order(emissions).values():
        if order[0].problem:
            continue
        assert find_late(order, datetime.max.replace(tzinfo=UTC)) == []
        packed, delivered = first(order, "pack_completed"), first(order, "delivered")
        if first(order, "order_cancelled"):
            continue
        assert packed is not None
        assert delivered is not None
        shipped = min(occurred(one) for one in order if one.event["event_type"] in SHIP_EVIDENCE)
        assert shipped - occurred(packed) <= timedelta(minutes=1440)
        assert occurred(delivered) - shipped <= timedelta(days=5)
        promised = datetime.fromisoformat(order[0].event["payload"]["promised_delivery"])
        assert occurred(delivered) <= promised


def test_healthy_news_arrive_in_order(emissions: list[Emission]) -> None:
    """Only orders with a problem have events that overtake each other."""
    for order in by_order(emissions).values():
        if not order[0].problem:
            assert [occurred(one) for one in order] == sorted(occurred(one) for one in order)


def test_problem_share_is_as_asked(emissions: list[Emission]) -> None:
    """About 13 % of the orders have a problem, about 1 % are cancelled without one."""
    orders = by_order(emissions)
    problems = Counter(order[0].problem for order in orders.values() if order[0].problem)
    cancelled = sum(not o[0].problem and bool(first(o, "order_cancelled")) for o in orders.values())
    assert 0.115 <= problems.total() / len(orders) <= 0.145
    assert 0.004 <= cancelled / len(orders) <= 0.016
    assert set(problems) == set(PROBLEMS)
    dealt = [number for kind, number in problems.items() if kind != "missed_pickup"]
    assert max(dealt) - min(dealt) <= 10


@pytest.mark.parametrize(("rate", "troubled"), [(0.0, 0), (1.0, 300)], ids=["none", "all"])
def test_problem_rate_goes_to_both_ends(rate: float, troubled: int) -> None:
    """A rate of 0 makes no problem and a rate of 1 spares nobody."""
    orders = by_order(list(generate_orders(seed=3, orders=300, problem_rate=rate)))
    assert sum(bool(order[0].problem) for order in orders.values()) == troubled


def test_missed_pickup_hits_a_whole_wave(emissions: list[Emission]) -> None:
    """When a truck does not come, every order of its wave and carrier is told so."""
    waves = defaultdict(set)
    for order in by_order(emissions).values():
        if order[0].problem == "missed_pickup":
            missed = first(order, "exception_reported")
            assert missed is not None
            assert missed.event["payload"]["reason"] == "missed_pickup"
            payload = missed.event["payload"]
            waves[payload["wave"]].add((payload["carrier"], order[0].event["order_id"]))
    assert max(len(orders) for orders in waves.values()) >= 5
    assert all(len({carrier for carrier, _ in orders}) == 1 for orders in waves.values())


def test_problem_events_carry_reason_and_sometimes_hostile_notes(
    emissions: list[Emission],
) -> None:
    """A note never comes without a machine-readable reason, and some notes are attacks."""
    noted = [one.event["payload"] for one in emissions if "note" in one.event["payload"]]
    assert all(payload["reason"] for payload in noted)
    assert {payload["note"] for payload in noted} >= set(HOSTILE)


@pytest.mark.parametrize("seed", range(1, 11))
def test_a_demonstration_has_something_to_show(seed: int) -> None:
    """In 90 minutes at least 5 orders break a pick or pack promise, or are late at the start."""
    live = {
        late.order_id
        for late in replay(seed)
        if late.deadline >= DEFAULT_START
        or late.proof_arrives_at is None
        or late.proof_arrives_at > DEFAULT_START
    }
    assert len(live) >= 5


def test_the_default_demonstration_shows_twelve() -> None:
    """With seed 7 at least 12 orders are late: settled before, still silent, and newly late."""
    late = replay(7)
    hour = DEFAULT_START + timedelta(hours=1)
    assert len({one.order_id for one in late}) >= 12
    assert any(one.proof_arrives_at and one.proof_arrives_at < DEFAULT_START for one in late)
    assert any(one.proof_arrives_at is None and one.deadline < DEFAULT_START for one in late)
    assert len({one.order_id for one in late if DEFAULT_START <= one.deadline <= hour}) >= 2

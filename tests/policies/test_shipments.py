"""Split orders: a clock for any, all or each of the shipments, by what is known of each."""

from dataclasses import replace
from typing import Any

import pytest

from policies.clock import Clock
from policies.facts import OrderEvent
from policies.promise import Milestone, Part, SlaRule
from policies.reasons import ClockState
from policies.shipments import shipments_in
from policies.sla import evaluate
from tests.policies.builders import at, book, event, timeline
from tests.policies.many_kinds import BOOK

PAID = event("order_paid", 0)


def told(kind: str, minutes: float, shipment: str | None = None, **payload: object) -> OrderEvent:
    """An event, of a shipment if one is named."""
    own = {"shipment": shipment} if shipment else {}
    return event(kind, minutes, f"{kind}-{shipment}-{minutes}", **own, **payload)


def packing(**changes: Any) -> SlaRule:  # noqa: ANN401 - of a rule
    """Packed within 3 hours of payment, called off by a cancellation."""
    rule = replace(book().rules[1], start=("order_paid",), cancel=("order_cancelled",))
    return replace(rule, **changes)


def clocks(rule: SlaRule, *events: OrderEvent, now: float) -> dict[str, Clock]:
    """The rule's clocks by subject."""
    return {clock.subject: clock for clock in evaluate(timeline(*events), [rule], at(now))}


def test_shipments_in_a_timeline() -> None:
    """What names no shipment is of all of them; the surer key goes first."""
    parts = shipments_in(
        timeline(
            PAID,
            told("pack_completed", 10, "S2"),
            told("pack_completed", 20, None, tracking_number="T1"),
            told("label_created", 30, "S2", tracking_number="T9"),
        )
    )
    kinds = {name: [one.kind for one in part.events] for name, part in parts.items()}
    assert kinds == {
        "S2": ["order_paid", "pack_completed", "label_created"],
        "T1": ["order_paid", "pack_completed"],
    }
    assert list(shipments_in(timeline(PAID))) == [""]


def test_a_tracking_number_is_the_shipment_it_was_told_with() -> None:
    """A carrier knows no shipment of ours: its scans belong to that whose label had the number."""
    parts = shipments_in(
        timeline(
            PAID,
            told("label_created", 30, "S2", tracking_number="1Z 9"),
            told("pack_completed", 40, "S1"),
            told("carrier_scan", 50, None, tracking_number="1z9"),
            told("delivered", 60, None, tracking_number="T 1"),
            told("carrier_scan", 55, None, tracking_number="t1"),
        )
    )
    kinds = {name: [one.kind for one in part.events] for name, part in parts.items()}
    assert kinds == {
        "S2": ["order_paid", "label_created", "carrier_scan"],
        "S1": ["order_paid", "pack_completed"],
        "t1": ["order_paid", "carrier_scan", "delivered"],
    }


MOVES = (
    told("pack_completed", 100, "S1"),
    told("pick_completed", 110, "S2"),
)


@pytest.mark.parametrize(
    ("split", "expected"),
    [
        ("any", {"": (ClockState.MET, at(100))}),
        ("all", {"": (ClockState.RUNNING, None)}),
        ("each", {"S1": (ClockState.MET, at(100)), "S2": (ClockState.RUNNING, None)}),
    ],
)
def test_split(split: str, expected: dict[str, tuple[ClockState, object]]) -> None:
    """The first shipment is enough for any, all wait for the last, each has its own clock."""
    found = clocks(packing(split=split), PAID, *MOVES, now=120)
    assert {name: (clock.state, clock.stopped_at) for name, clock in found.items()} == expected


def test_all_stops_with_the_last() -> None:
    """The last shipment decides, and it is late even if the first was in time."""
    found = clocks(packing(split="all"), PAID, *MOVES, told("pack_completed", 200, "S2"), now=300)
    assert (found[""].state, found[""].delay_minutes) == (ClockState.BREACHED, 20)


@pytest.mark.parametrize(
    ("cancelled", "state", "stopped"),
    [
        ([told("order_cancelled", 130, "S2")], ClockState.MET, 100),
        ([told("order_cancelled", 50, "S1")], ClockState.RUNNING, None),
        ([told("order_cancelled", 50, "S1"), told("order_cancelled", 60, "S2")], "cancelled", None),
        ([told("order_cancelled", 130)], ClockState.MET, 100),
        ([told("order_cancelled", 50)], "cancelled", None),
    ],
    ids=[
        "the rest is called off",
        "one is called off, the other waits",
        "both are called off",
        "the order is cancelled after one was packed",
        "the order is cancelled before",
    ],
)
def test_all_without_what_was_called_off(
    cancelled: list[OrderEvent], state: str, stopped: float | None
) -> None:
    """What was called off is not waited for; where all of it was, the clock is called off."""
    (clock,) = clocks(packing(split="all"), PAID, *MOVES, *cancelled, now=150).values()
    assert clock.state == state
    assert clock.stopped_at == (None if stopped is None else at(stopped))


def test_all_that_are_called_off_by_delivery() -> None:
    """The first parcel at the door does not call the second one off."""
    rule = packing(split="all", stop=("delivered",), cancel=("order_cancelled", "delivered"))
    first = clocks(rule, PAID, *MOVES, told("delivered", 120, "S1"), now=130)[""]
    assert first.state is ClockState.RUNNING
    both = [told("delivered", 120, "S1"), told("delivered", 140, "S2")]
    assert clocks(rule, PAID, *MOVES, *both, now=150)[""].stopped_at == at(140)


def test_each_by_its_own_facts() -> None:
    """A shipment is judged by its own carrier, cure and milestones, not by its neighbour's."""
    rule = BOOK.rule("each_shipment")
    assert rule is not None
    rule = replace(rule, milestones=(Milestone(events=("manifested",), within=Part(share=0.1)),))
    found = clocks(
        rule,
        told("pack_completed", 0, "S1", carrier="ups"),
        told("pack_completed", 0, "S2", carrier="pigeon"),
        told("manifested", 30, "S1"),
        now=1000,
    )
    assert {name: clock.calendar.name for name, clock in found.items()} == {
        "S1": "carrier.ups",
        "S2": "always",
    }
    assert {name: clock.at_risk for name, clock in found.items()} == {"S1": False, "S2": True}
    assert found["S2"].instance == 2


def test_watchdog_ends_with_what_its_conditions_mean() -> None:
    """A repeated clock is stopped by a stop that fits and by a start that fits, by nothing else."""
    rule = BOOK.rule("watchdog")
    assert rule is not None
    moving = {"status": "in_transit"}
    rule = replace(rule, stop=("delivered",), cancel=())
    found = clocks(
        rule,
        event("carrier_scan", 0, "a", **moving),
        event("carrier_scan", 10, "b", status="held"),
        event("carrier_scan", 20, "c", **moving),
        event("delivered", 30),
        now=40,
    )
    assert {name: clock.stopped_at for name, clock in found.items()} == {
        "wms:a": at(20),
        "wms:c": at(30),
    }

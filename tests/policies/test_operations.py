"""What was done for an order, as its timeline tells it."""

import pytest

from policies.facts import OrderEvent
from policies.money.operations import operations_of
from policies.money.pricing import price
from policies.money.usage import Usage
from tests.policies.builders import event, timeline
from tests.policies.test_tariff import TARIFF


def usage(*events: OrderEvent) -> Usage:
    """What those events tell of SO-1."""
    return operations_of(timeline(*events))


def done(*events: OrderEvent) -> dict[str, int]:
    """The operations that were done at all."""
    return {name: count for name, count in usage(*events).operations.items() if count}


def test_nothing_heard_is_nothing_done() -> None:
    """An order that was only paid costs nothing."""
    assert done(event("order_paid", 0, items=3)) == {}
    assert usage(event("order_paid", 0)).nothing_done


def test_an_order_that_went_through() -> None:
    """Each completed operation counts, and the usual order costs what the original charged."""
    told = usage(
        event("pick_completed", 10, items=1),
        event("pack_completed", 20),
        event("ship_label_printed", 30),
    )
    assert price(told, TARIFF).amount_cents == 65


@pytest.mark.parametrize(
    ("items", "count"),
    [
        (3, 3),
        (0, 0),
        ([{"sku": "A"}, {"sku": "B"}], 2),
        ([], 0),
        (None, 1),
        ("3", 1),
        (-1, 1),
        (True, 1),
        (2.0, 1),
        (10**400, 1),
    ],
)
def test_a_pick_counts_its_items(items: object, count: int) -> None:
    """Items are a number or a list; where a pick states none that can be meant it is one."""
    assert done(event("pick_completed", 10, items=items)).get("pick", 0) == count


def test_the_first_completion_counts() -> None:
    """An order that was picked and packed twice was picked and packed once."""
    assert done(
        event("pick_completed", 130, items=5),
        event("pick_completed", 100, items=2),
        event("pack_completed", 140),
        event("pack_completed", 150),
    ) == {"pick": 2, "pack": 1}


def test_a_voided_label_takes_one_off() -> None:
    """Labels are what was printed less what was voided, under either name, never below zero."""
    printed = [event("ship_label_printed", 1), event("label_created", 2)]
    voided = [event("label_voided", minute) for minute in (3, 4, 5)]
    assert done(*printed) == {"label": 2}
    assert done(*printed, voided[0]) == {"label": 1}
    assert done(*printed, *voided) == {}


def test_kitting_and_returns_count_each_time() -> None:
    """Each kit that was made and each return that was processed is one."""
    returns = [event("return_processed", minute) for minute in (50, 60)]
    assert done(event("kitting_completed", 5), *returns) == {"kitting": 1, "returns": 2}


def test_the_same_event_twice_is_one() -> None:
    """A repeated delivery is charged once."""
    one = event("return_processed", 50, event_id="evt-1")
    assert done(one, one) == {"returns": 1}


def test_the_latest_flags_count() -> None:
    """Flags are what was stated last; what no tariff knows is left out."""
    told = usage(
        event("order_created", 0, flags=["rush", "hazmat"]),
        event("order_edited", 1, flags=["fragile", "gift", "fragile", 7, ["rush"]]),
        event("pick_completed", 2),
    )
    assert told.flags == {"fragile"}


@pytest.mark.parametrize("flags", ["rush", {"rush": True}, 7, True])
def test_flags_that_are_no_list_say_nothing(flags: object) -> None:
    """What is no list of flags is not guessed at."""
    assert usage(event("order_created", 0, flags=flags)).flags == frozenset()

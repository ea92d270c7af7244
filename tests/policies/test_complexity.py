"""How much there was to do for an order is a sum with reasons."""

import pytest

from policies.complexity import band, complexity, home_of
from policies.facts import OrderEvent
from tests.policies.builders import at, event, timeline

PAID = event("order_paid", 0)


@pytest.mark.parametrize(
    ("events", "score"),
    [
        pytest.param([], 0, id="nothing told"),
        pytest.param([event("order_paid", 0, items=1)], 0, id="one piece"),
        pytest.param([event("order_paid", 0, items=4)], 1, id="four pieces"),
        pytest.param([event("order_paid", 0, items=12)], 3, id="twelve pieces"),
        pytest.param([event("order_paid", 0, items=True)], 0, id="no number"),
        pytest.param([event("order_paid", 0, flags=["rush", "hazmat", "x"])], 2, id="two flags"),
        pytest.param([event("order_paid", 0, service="Next Day Air")], 1, id="express"),
        pytest.param([PAID, event("kitting_completed", 5)], 1, id="extra work"),
        pytest.param([event("order_held", n) for n in range(5)], 3, id="held often"),
        pytest.param(
            [event("carrier_scan", n, tracking_number=f"1Z{n}") for n in range(3)], 2, id="split"
        ),
        pytest.param([event("order_paid", 0, destination_country="de")], 2, id="abroad"),
        pytest.param([event("order_paid", 0, destination_country="us")], 0, id="at home"),
        pytest.param([event("order_paid", 120, items=12)], 0, id="told later"),
    ],
)
def test_points(events: list[OrderEvent], score: int) -> None:
    """What each thing that is told counts, up to the moment that is asked for."""
    assert complexity(timeline(*events), at(60), home="US") == score


def test_exceptions_before_count() -> None:
    """An order that had some before is the more complex; three at most count."""
    assert [complexity(timeline(PAID), at(1), earlier=n) for n in (0, 1, 9)] == [0, 1, 3]


def test_bands() -> None:
    """Three words for the scores."""
    said = [band(score) for score in range(7)]
    assert said == ["simple"] * 2 + ["ordinary"] * 3 + ["complex"] * 2


@pytest.mark.parametrize(
    ("countries", "home"),
    [([], ""), (["", ""], ""), (["US", "US", "DE"], "US"), (["US", "DE"], "")],
)
def test_home(countries: list[str], home: str) -> None:
    """More than half of the orders say which country is home, or none is."""
    assert home_of(countries) == home

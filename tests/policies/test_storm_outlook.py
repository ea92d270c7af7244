"""What a storm is measured by is counted from what is stored; left out where that is little."""

from datetime import datetime, timedelta

import pytest

from policies.last_moment import LastMoment
from policies.storm_outlook import NextLosses, Usually, next_losses, usually
from tests.policies.builders import at

DAY = timedelta(days=1)
UNTIL = at(0)
SHARED = (("carrier", "UPS"), ("warehouse", "ATL1"))
PICKUP = LastMoment(kind="pickup", at=at(100))


def days_before(days: float) -> datetime:
    """That many days before the storm."""
    return UNTIL - days * DAY


def test_it_counts_what_had_the_same_in_common() -> None:
    """Spelling does not matter; another carrier, or none, is another cause."""
    facts: list[dict[str, object]] = [
        {"carrier": "ups", "warehouse": " ATL1 "},
        {"carrier": "UPS", "warehouse": "ATL1", "wave": "W7"},
        {"carrier": "FedEx", "warehouse": "ATL1"},
        {"warehouse": "ATL1"},
    ]
    assert usually(facts, SHARED, days_before(28), UNTIL) == Usually(count=2, days=28)
    assert usually(facts, (), days_before(28), UNTIL) == Usually(count=4, days=28)


@pytest.mark.parametrize(("days", "known"), [(0, None), (6.9, None), (7, 7), (9.5, 9)])
def test_a_week_has_to_be_known(days: float, known: int | None) -> None:
    """Of a new client nothing is called usual."""
    found = usually([], SHARED, days_before(days), UNTIL)
    assert found == (None if known is None else Usually(count=0, days=known))


@pytest.mark.parametrize(
    ("deadlines", "departures", "found"),
    [
        ([], [], None),
        ([-5, 10, 50, 61], [], NextLosses(by=at(50), promises=2)),
        ([61], [], None),
        ([10, 100, 101], [PICKUP], NextLosses(by=at(100), promises=2, departure="pickup")),
        ([200], [PICKUP], NextLosses(by=at(100), promises=0, departure="pickup")),
        ([10], [LastMoment(kind="pickup", at=at(9999))], NextLosses(by=at(10), promises=1)),
        (
            [10],
            [PICKUP, PICKUP, LastMoment(kind="cut_off", at=at(50))],
            NextLosses(by=at(100), promises=1, departure="pickup"),
        ),
    ],
    ids=["nothing", "within the hour", "later", "by pick-up", "no more", "too far", "the most"],
)
def test_what_breaks_next(
    deadlines: list[int], departures: list[LastMoment], found: NextLosses | None
) -> None:
    """By the departure that most of them wait for, else within the hour; what is over is over."""
    assert next_losses(map(at, deadlines), departures, at(0)) == found

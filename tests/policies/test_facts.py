"""A timeline holds each event once, whatever was told how often in which order."""

from dataclasses import replace
from datetime import datetime
from itertools import permutations

import pytest

from policies.facts import OrderEvent
from tests.policies.builders import at, event, timeline

PICKED = event("pick_completed", 10)


def heard(told: OrderEvent, minutes: float | None) -> OrderEvent:
    """The same event, heard of then."""
    return replace(told, received_at=None if minutes is None else at(minutes))


@pytest.mark.parametrize(
    ("told", "first"),
    [
        pytest.param((30, 20, 40), at(20), id="the earliest counts"),
        pytest.param((30, None), None, id="without a time it was heard when it happened"),
    ],
)
def test_an_event_counts_as_heard_the_first_time(
    told: tuple[float | None, ...], first: datetime | None
) -> None:
    """Of one event that was told several times the first telling says when it was heard of."""
    for order in permutations(heard(PICKED, minutes) for minutes in told):
        (known,) = timeline(*order).events
        assert known.received_at == first


def test_the_earliest_of_several_versions_counts() -> None:
    """An id that comes with two times means the earlier one, as that one was heard of."""
    later = replace(heard(PICKED, 11), occurred_at=at(12))
    for order in permutations([heard(PICKED, 30), later]):
        (known,) = timeline(*order).events
        assert (known.occurred_at, known.received_at) == (at(10), at(30))


def test_versions_of_one_time_do_not_depend_on_their_order() -> None:
    """Of an id with two contents at one time the same one counts in any order of arrival."""
    other = replace(PICKED, payload={"items": 3})
    found = {str(timeline(*order).events) for order in permutations([PICKED, other, PICKED])}
    assert len(found) == 1

"""Chance is reckoned as in the tables, and asked only what it can answer."""

import math

import pytest

from policies.chance import at_least, far_out, is_more, is_shift, usual_rate


@pytest.mark.parametrize(
    ("count", "rate", "chance"),
    [
        pytest.param(0, 3.0, 1.0, id="none or more is certain"),
        pytest.param(1, 2.0, 1 - math.exp(-2), id="one or more"),
        pytest.param(6, 2.0, 0.016564, id="a table's"),
        pytest.param(100, 100.0, 0.5133, id="the expected number"),
        pytest.param(10_000, 10.0, 0.0, id="far out"),
    ],
)
def test_poisson(count: int, rate: float, chance: float) -> None:
    """The chance of so many or more."""
    assert at_least(count, rate) == pytest.approx(chance, abs=1e-4)


@pytest.mark.parametrize(
    ("weeks", "rate"),
    [
        pytest.param([], 0.5, id="nothing known"),
        pytest.param([0, 0, 0, 0], 0.5, id="never"),
        pytest.param([2, 2, 2, 40], 2.0, id="one storm"),
        pytest.param([0, 0, 0, 4, 4, 4], 2.0, id="some weeks"),
    ],
)
def test_usual(weeks: list[int], rate: float) -> None:
    """One storm does not move what is usual; what is often there is."""
    assert usual_rate(weeks) == pytest.approx(rate)


def test_more_looks_at_are_more_chances() -> None:
    """What is unlikely for one value is likely for some of a thousand."""
    weeks = [3, 4, 5, 4, 3, 4, 5, 4]
    assert is_more(14, weeks, 1)
    assert not is_more(14, weeks, 10_000)


def test_weeks_that_lie_far_apart_need_more() -> None:
    """A count within what weeks differ by is none, whatever Poisson says."""
    assert not is_more(30, [0, 20, 5, 25, 2, 30, 8, 22], 1)


@pytest.mark.parametrize(
    ("days", "before", "shifted"),
    [
        pytest.param([9] * 7, [3] * 7, True, id="more each day"),
        pytest.param([3] * 7, [9] * 7, True, id="fewer each day"),
        pytest.param([5] * 7, [4] * 7, False, id="a little more"),
        pytest.param([0, 0, 42, 0, 0, 21, 0], [3] * 7, False, id="twice many at once"),
        pytest.param([0] * 7, [0] * 7, False, id="nothing at all"),
    ],
)
def test_shift(days: list[int], before: list[int], *, shifted: bool) -> None:
    """Two weeks are told apart by how their sum is divided; what comes at once counts less."""
    assert is_shift(days, before, 10) is shifted


def test_far_out_is_a_factor() -> None:
    """Delays of an hour and two have no outlier at four; one at two days is."""
    minutes = [60.0] * 10 + [120.0] * 10
    assert 240 < far_out(minutes) < 2880

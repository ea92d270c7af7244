"""How figures are told: every day of a window counts, and what was left out is said."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from policies.questions.shape import Figures, Measure, Names, Only, Split
from policies.questions.told import buckets, understood

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = (MONDAY, MONDAY + timedelta(days=7))


def test_days_on_which_nothing_happened_are_days() -> None:
    """A week with exceptions on its Tuesday alone has seven days, six of them empty."""
    told = buckets([(MONDAY + timedelta(days=1), 5)], Split.DAY, "UTC", WEEK)
    assert [count for _, count in told] == [0, 5, 0, 0, 0, 0, 0]
    assert told[0][0] == "2 Mar"
    assert len(buckets([(MONDAY + timedelta(days=1), 5)], Split.DAY, "UTC")) == 1


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 9)), min_size=1, max_size=30),
    st.sampled_from([Split.DAY, Split.WEEK, Split.HOUR, Split.WEEKDAY]),
)
def test_a_series_adds_up(moments: list[tuple[int, int]], by: Split) -> None:
    """Whatever the split by time, the buckets sum to what was counted."""
    quarters = sorted((MONDAY + timedelta(days=day), count) for day, count in moments)
    told = buckets(quarters, by, "America/New_York", WEEK)
    assert sum(count for _, count in told) == sum(count for _, count in quarters)


def test_what_was_left_out_is_printed() -> None:
    """The line below an answer names what did not count, and how far findings are."""
    only = Only(but=Names(carriers=("UPS",), clients=("Globex",)))
    line = understood(Figures(measure=Measure.COUNT, only=only), "UTC")
    assert line == "not for Globex, not with UPS"
    assert understood(Figures(measure=Measure.NOTES, state="issued"), "UTC") == "issued"

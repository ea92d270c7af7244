"""Steps of a price: graduated or for all units, exact in fractions, rounded once."""

from decimal import Decimal
from fractions import Fraction
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from policies.money.rates import Rates


@st.composite
def rates(draw: st.DrawFn, *, all_units: bool) -> Rates:
    """Steps that rise, with prices of up to two decimals."""
    afters = sorted(draw(st.sets(st.integers(1, 60), max_size=3)))
    prices = st.decimals(0, 100, places=2)
    return Rates(
        steps=tuple((Decimal(after), draw(prices)) for after in (0, *afters)), all_units=all_units
    )


@given(
    table=rates(all_units=False),
    counts=st.lists(st.integers(0, 40), max_size=8),
    over=st.sampled_from([1, 31, 60]),
)
def test_graduated_parts_sum_to_the_whole(table: Rates, counts: list[int], over: int) -> None:
    """However a month is cut into orders, its graduated price is the same to the cent."""
    before, total = Decimal(0), 0
    for count in counts:
        total += table.amount(Decimal(count), before, over)
        before += count
    assert total == table.amount(before, over=over)


@given(table=rates(all_units=False), count=st.integers(0, 5000), over=st.sampled_from([1, 31, 60]))
def test_a_graduated_price_is_its_steps(table: Rates, count: int, over: int) -> None:
    """Each unit costs its own step, and the sum is rounded half up once, in exact arithmetic."""
    exact = Fraction(0)
    ends = [Fraction(after) for after, _ in table.steps[1:]] + [Fraction(10**9)]
    for (after, cents), end in zip(table.steps, ends, strict=True):
        inside = min(Fraction(count, over), end) - Fraction(after)
        exact += max(Fraction(0), inside) * Fraction(cents)
    assert table.amount(Decimal(count), over=over) == floor(exact + Fraction(1, 2))


@given(table=rates(all_units=True), count=st.integers(1, 5000), over=st.sampled_from([1, 31, 60]))
def test_all_units_cost_what_the_last_one_does(table: Rates, count: int, over: int) -> None:
    """The step that the last unit reaches is the price of every unit."""
    units = Fraction(count, over)
    cents = [Fraction(cents) for after, cents in table.steps if Fraction(after) < units][-1]
    assert table.amount(Decimal(count), over=over) == floor(units * cents + Fraction(1, 2))

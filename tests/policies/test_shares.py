"""Shares and currencies: parts sum to the whole, and amounts of two currencies never meet."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.money.currency import (
    MixedCurrenciesError,
    decimals,
    in_currency,
    is_known,
    minor_unit,
    one_currency,
)
from policies.money.rates import up_to_next
from policies.money.shares import shared_out

weights = st.lists(st.decimals(-1000, 1000, places=3), min_size=1, max_size=12)
amounts = st.integers(-(10**9), 10**9)


@given(amount=amounts, parts=weights)
def test_parts_sum_to_the_whole(amount: int, parts: list[Decimal]) -> None:
    """Whatever is shared out is there to the last cent, and nobody is a whole unit off."""
    whole = sum(map(Fraction, parts))
    if whole == 0:
        return
    shares = shared_out(amount, parts)
    assert sum(shares) == amount
    exact = [amount * Fraction(part) / whole for part in parts]
    assert all(abs(share - due) < 1 for share, due in zip(shares, exact, strict=True))


@given(amount=st.integers(0, 10**9), parts=st.lists(st.integers(1, 50), min_size=2, max_size=9))
def test_a_larger_weight_gets_no_less(amount: int, parts: list[int]) -> None:
    """Rounding never turns the order of the shares round."""
    shares = shared_out(amount, [Decimal(part) for part in parts])
    ranked = sorted(zip(parts, shares, strict=True))
    for (low, less), (high, more) in pairwise(ranked):
        assert less <= more or low == high


@pytest.mark.parametrize(
    ("amount", "parts", "shares"),
    [
        (100, [1, 1, 1], (34, 33, 33)),
        (-100, [1, 1, 1], (-33, -33, -34)),
        (5, [1, 0, 1], (3, 0, 2)),
        (10, [3, -1], (15, -5)),
        (0, [0, 0], (0, 0)),
        (0, [], ()),
        (7, [2, 5, 0], (2, 5, 0)),
    ],
)
def test_the_largest_remainder_gets_the_unit(
    amount: int, parts: list[int], shares: tuple[int, ...]
) -> None:
    """Of equal remainders the earlier part gets it."""
    assert shared_out(amount, [Decimal(part) for part in parts]) == shares


def test_nothing_to_share_by_is_refused() -> None:
    """An amount without anybody to bear it is told, not lost."""
    with pytest.raises(ValueError, match="5 cannot be shared out"):
        shared_out(5, [Decimal(1), Decimal(-1)])


@pytest.mark.parametrize(
    ("amount", "currency", "said", "unit"),
    [
        (1838, "USD", "18.38 USD", "USD cents"),
        (-5, "EUR", "-0.05 EUR", "EUR cents"),
        (1838, "JPY", "1838 JPY", "JPY"),
        (0, "JPY", "0 JPY", "JPY"),
        (1838, "KWD", "1.838 KWD", "KWD 1/1000"),
        (7, "CLF", "0.0007 CLF", "CLF 1/10000"),
    ],
)
def test_minor_units_are_those_of_the_currency(
    amount: int, currency: str, said: str, unit: str
) -> None:
    """A yen has no hundredth, a dinar has thousandths."""
    assert in_currency(amount, currency) == said
    assert minor_unit(currency) == unit


def test_an_unknown_currency_counts_in_hundredths() -> None:
    """What ISO 4217 does not have is taken as most currencies are, and lint says so."""
    assert (is_known("ABC"), decimals("ABC"), is_known("GBP")) == (False, 2, True)


def test_two_currencies_are_never_added() -> None:
    """A sum over several currencies is refused by name."""
    assert one_currency(["USD", "USD"]) == "USD"
    assert one_currency([]) is None
    with pytest.raises(MixedCurrenciesError, match="EUR, USD in one sum"):
        one_currency(["USD", "EUR", "USD"])


@given(value=st.decimals(0, 10**6, places=4), step=st.decimals(Decimal("0.01"), 100, places=2))
def test_up_to_the_next_is_the_least_multiple(value: Decimal, step: Decimal) -> None:
    """Rounding up never goes past the next multiple and never below the value."""
    found = up_to_next(value, step)
    assert found % step == 0
    assert value <= found < value + step

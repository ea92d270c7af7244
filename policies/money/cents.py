"""Exact amounts: money is whole cents, rates are decimals, and rounding has a direction.

Must not know of prices: a tariff does.
"""

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, localcontext

MOST_CENTS = 10**9
"""The highest price, minimum or credit that a policy may state."""
PLACES = 4
"""How many decimals a rate may have."""
EXACT = Context(prec=100)
"""Wide enough that no product of quantities, prices and rates within their bounds is rounded."""


def half_up(amount: Decimal) -> int:
    """Whole cents; half a cent goes away from zero."""
    with localcontext(EXACT):
        return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def down(amount: Decimal) -> int:
    """Whole cents, never more than the amount."""
    with localcontext(EXACT):
        return int(amount.quantize(Decimal(1), rounding=ROUND_FLOOR))


def percent_of(cents: int | Decimal, pct: Decimal) -> Decimal:
    """That many percent of an amount, exact."""
    with localcontext(EXACT):
        return cents * pct / 100


def money(cents: int, currency: str = "USD") -> str:
    """`1,184.40 USD`."""
    sign = "-" if cents < 0 else ""
    units, rest = divmod(abs(cents), 100)
    return f"{sign}{units:,}.{rest:02} {currency}"

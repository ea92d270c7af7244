"""What a model's tokens cost.

Must not count tokens or know a budget. Money is whole microcents: a millionth of a cent, so that
the price of a million tokens in cents is the price of one in microcents.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import cached_property

from policies.asking import TokenCount

MICROCENTS = 1_000_000
"""In a cent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPrice:
    """Cents for a million tokens that go in, and that come out."""

    input: Decimal
    output: Decimal

    def of(self, tokens: TokenCount) -> int:
        """Microcents, rounded up."""
        exact = self.input * tokens.input + self.output * tokens.output
        return int(exact.to_integral_value(ROUND_CEILING))


@dataclass(frozen=True, kw_only=True)
class ModelPrice:
    """The price of the models whose name fits `model`; * stands for anything."""

    model: str
    price: TokenPrice

    @cached_property
    def _fits(self) -> re.Pattern[str]:
        words = (re.escape(part) for part in self.model.split("*"))
        return re.compile(".*".join(words), re.IGNORECASE | re.DOTALL)

    def fits(self, model: str) -> bool:
        """Whether that model is meant."""
        return self._fits.fullmatch(model) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPrices:
    """The table: rows in the order in which they are tried, and what an unknown model costs."""

    default: TokenPrice
    rows: Sequence[ModelPrice] = ()

    def of(self, model: str) -> TokenPrice:
        """The price of the first row that fits, else the default."""
        return next((row.price for row in self.rows if row.fits(model)), self.default)

    def knows(self, model: str) -> bool:
        """Whether a row names it."""
        return any(row.fits(model) for row in self.rows)

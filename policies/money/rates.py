"""What so many of something cost: steps, graduated or for all units, exact to the last division.

Must not know what is counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import NamedTuple

from policies.money.cents import EXACT, half_up


class Piece(NamedTuple):
    """So many at one price; `cents` may have decimals."""

    many: Decimal
    cents: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Prices by how many there are: pairs of [after, cents], beginning at 0 and rising.

    Graduated, each unit costs what its own step says. With `all_units` every unit costs what the
    step of the last one says. A step is reached by the unit after `after`.
    """

    steps: tuple[tuple[Decimal, Decimal], ...]
    all_units: bool = False

    def pieces(self, count: Decimal, before: Decimal = Decimal(0), over: int = 1) -> list[Piece]:
        """The parts of `count` that come after `before`, each with its price.

        Both count in parts of a unit, `over` of which are one: minutes over 60 are hours.
        """
        with localcontext(EXACT):
            return list(self._pieces(count, before, over))

    def _pieces(self, count: Decimal, before: Decimal, over: int) -> Iterator[Piece]:
        last = before + count
        if self.all_units:
            reached = [cents for after, cents in self.steps if after * over < last]
            if count:
                yield Piece(count, reached[-1] if reached else self.steps[0][1])
            return
        ends = [after * over for after, _ in self.steps[1:]] + [last]
        for (after, cents), end in zip(self.steps, ends, strict=True):
            inside = min(last, end) - max(before, after * over)
            if inside > 0:
                yield Piece(inside, cents)

    def amount(self, count: Decimal, before: Decimal = Decimal(0), over: int = 1) -> int:
        """What they cost, rounded half up once.

        Graduated amounts telescope: those of successive parts sum to that of the whole.
        """
        if self.all_units or not before:
            return rounded(self.pieces(count, before, over), over)
        with localcontext(EXACT):
            last = before + count
        whole = rounded(self.pieces(last, Decimal(0), over), over)
        return whole - rounded(self.pieces(before, Decimal(0), over), over)


def rounded(pieces: list[Piece], over: int) -> int:
    """The sum of pieces in whole cents, half up."""
    with localcontext(EXACT):
        return half_up(sum((one.many * one.cents for one in pieces), start=Decimal(0)) / over)


def up_to_next(value: Decimal, step: Decimal) -> Decimal:
    """The value, or the next multiple of `step` above it."""
    with localcontext(EXACT):
        whole, rest = divmod(value, step)
        return (whole + (1 if rest else 0)) * step


def plain(value: Decimal) -> str:
    """A number without exponent and idle zeros: `12.5`, `100`."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

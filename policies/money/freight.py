"""What a carrier's rate table says of a parcel: billed weight, lane, band.

Must not know surcharges or markups: lines of a tariff do.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Literal

from policies.money.cents import EXACT
from policies.money.parcels import Parcel
from policies.money.rates import plain, up_to_next

ANY = "*"
"""An origin or zone that stands for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimensional:
    """How size becomes weight: each side rounded up, their product over the divisor."""

    divisor: Decimal
    unit: Literal["in", "cm"]
    round_up_to: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """From one origin to one zone: bands of [up to that weight, cents], rising.

    Above the last band each further unit of weight costs `each_further_cents`, if that is stated.
    """

    origin: str
    zone: str
    bands: tuple[tuple[Decimal, int], ...]
    minimum_cents: int = 0
    each_further_cents: Decimal | None = None

    def fits(self, parcel: Parcel) -> bool:
        """Whether the parcel goes this way."""
        return self.origin in (ANY, parcel.origin) and self.zone in (ANY, parcel.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTable:
    """Rates by lane and weight; of several lanes that fit the first counts."""

    name: str
    unit: Literal["lb", "kg"]
    round_up_to: Decimal
    dim: Dimensional | None
    lanes: tuple[Lane, ...]


def billed_weight(parcel: Parcel, table: RateTable) -> Decimal:
    """The greater of actual and dimensional weight, rounded up as the table says.

    Raises:
        ValueError: weight or size is not told in the table's units.
    """
    actual = parcel.weight_lb if table.unit == "lb" else parcel.weight_kg
    if actual is None:
        message = f"weight_{table.unit}: the rate table is in {table.unit}; write it"
        raise ValueError(message)
    weights = [up_to_next(actual, table.round_up_to)]
    if table.dim is not None:
        weights += _dimensional(parcel, table.dim, table.round_up_to)
    return max(weights)


def _dimensional(parcel: Parcel, dim: Dimensional, step: Decimal) -> list[Decimal]:
    """The dimensional weight; none where no size is told at all."""
    sides = parcel.size_in if dim.unit == "in" else parcel.size_cm
    if not sides:
        if parcel.size_in or parcel.size_cm:
            message = f"size_{dim.unit}: the rate table measures in {dim.unit}; write it"
            raise ValueError(message)
        return []
    with localcontext(EXACT):
        volume = Decimal(1)
        for side in sides:
            volume *= up_to_next(side, dim.round_up_to)
        steps = up_to_next(volume, dim.divisor * step) / (dim.divisor * step)
        return [steps.to_integral_value() * step]


def rate_of(parcel: Parcel, weight: Decimal, table: RateTable) -> Decimal:
    """What the table asks for the parcel in cents, exact and at least the lane's minimum.

    Raises:
        ValueError: no lane leads there, or the parcel is heavier than every band.
    """
    lane = next((one for one in table.lanes if one.fits(parcel)), None)
    if lane is None:
        message = f"to: no lane from {parcel.origin or '?'} to {parcel.zone or '?'} in the table"
        raise ValueError(message)
    inside = next((cents for up_to, cents in lane.bands if weight <= up_to), None)
    found = _above(lane, weight, table.unit) if inside is None else Decimal(inside)
    return max(found, Decimal(lane.minimum_cents))


def _above(lane: Lane, weight: Decimal, unit: str) -> Decimal:
    last, cents = lane.bands[-1]
    if lane.each_further_cents is None:
        message = (
            f"weight_{unit}: {plain(weight)} {unit} is above the last band of the lane from "
            f"{lane.origin} to {lane.zone}, {plain(last)} {unit}; add a band or each_further"
        )
        raise ValueError(message)
    with localcontext(EXACT):
        return cents + (weight - last) * lane.each_further_cents

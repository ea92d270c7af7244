"""Which weight a carrier may bill: scale and size by the contract, from what is known of both.

Must not look a rate up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from policies.money.audit.cells import converted
from policies.money.audit.lines import BilledLine
from policies.money.audit.shipment import Shipment
from policies.money.freight import Dimensional, RateTable, billed_weight
from policies.money.parcels import Parcel

CM = Decimal("2.54")
"""Centimetres of an inch."""
DIVISORS = {
    "in": tuple(map(Decimal, (110, 115, 125, 128, 133, 139, 150, 166, 194, 200, 225, 250, 305))),
    "cm": tuple(map(Decimal, (3000, 3500, 4000, 4500, 5000, 5500, 6000, 7000))),
}
"""Divisors that carriers use, by the unit of the sides; the one of the contract is not assumed."""
_PRECISION = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """The weight to bill by, in the unit of the table.

    `fair` are all weights that are as good: a scale in whole grams leaves a little open.
    `taken` says that it is the bill's own, because nothing else is known.
    """

    weight: Decimal
    fair: tuple[Decimal, ...]
    taken: bool = False
    size: tuple[Decimal, ...] = ()
    actual: Decimal | None = None


def weighed(line: BilledLine, shipment: Shipment | None, table: RateTable) -> Weighed | None:
    """What may be billed; None where neither events nor the bill tell a weight."""
    told = told_weight(line, table.unit)
    scales = _scales(shipment, table.unit)
    size = _size(line, shipment, table.dim)
    if not scales and line.weight is not None:
        scales = (_converted(line.weight, line.unit, table.unit),)
    unmeasured = table.dim is not None and not size
    if not scales or (unmeasured and line.billed_weight is not None and told is not None):
        least = min((_billed(one, (), table) for one in scales), default=None)
        if told is None or (least is not None and told < least):
            told = least
        return Weighed(weight=told, fair=(told,), taken=True) if told is not None else None
    fair = tuple(sorted({_billed(one, size, table) for one in scales}))
    best = told if told in fair else fair[-1]
    return Weighed(weight=best, fair=fair, size=size, actual=scales[-1])


def told_weight(line: BilledLine, unit: str) -> Decimal | None:
    """The weight that the bill charges by, in the table's unit."""
    if line.billed_weight is None:
        return None
    return _converted(line.billed_weight, line.unit, unit)


def other_divisor(found: Weighed, told: Decimal, table: RateTable) -> Decimal | None:
    """The divisor by which the size comes to the weight that the bill has, and not by ours."""
    if table.dim is None or not found.size or found.actual is None:
        return None
    for divisor in DIVISORS[table.dim.unit]:
        if divisor == table.dim.divisor:
            continue
        other = replace(table, dim=replace(table.dim, divisor=divisor))
        if _billed(found.actual, found.size, other) == told:
            return divisor
    return None


def _scales(shipment: Shipment | None, unit: str) -> tuple[Decimal, ...]:
    """What our scale said, the least and the most that it may have meant."""
    if shipment is None:
        return ()
    for weight, told in ((shipment.parcel.weight_lb, "lb"), (shipment.parcel.weight_kg, "kg")):
        if weight is not None:
            return (_converted(weight, told, unit),)
    if shipment.weight_grams is None:
        return ()
    half = Decimal("0.5")
    ends = (shipment.weight_grams - half, shipment.weight_grams + half)
    return tuple(_converted(end, "g", unit) for end in ends)


def _size(
    line: BilledLine, shipment: Shipment | None, dim: Dimensional | None
) -> tuple[Decimal, ...]:
    if dim is None:
        return ()
    if shipment is not None and shipment.parcel.size_in:
        return _sides(shipment.parcel.size_in, "in", dim.unit)
    if shipment is not None and shipment.parcel.size_cm:
        return _sides(shipment.parcel.size_cm, "cm", dim.unit)
    return _sides(line.size, line.size_unit or dim.unit, dim.unit)


def _sides(sides: Sequence[Decimal], told: str, wanted: str) -> tuple[Decimal, ...]:
    if told == wanted:
        return tuple(sides)
    with localcontext() as exact:
        exact.prec = _PRECISION
        return tuple(side * CM if told == "in" else side / CM for side in sides)


def _billed(actual: Decimal, size: tuple[Decimal, ...], table: RateTable) -> Decimal:
    inches = table.dim is not None and table.dim.unit == "in"
    parcel = Parcel(
        weight_lb=actual if table.unit == "lb" else None,
        weight_kg=actual if table.unit == "kg" else None,
        size_in=size if inches else (),
        size_cm=() if inches else size,
    )
    return billed_weight(parcel, table)


def _converted(weight: Decimal, unit: str, wanted: str) -> Decimal:
    """The same weight in another unit; one without a unit is in the table's."""
    return converted(weight, unit or wanted, wanted)

"""Reads a table of rates: the lanes of a contract, or a CSV file with a rate a row.

Must not price a parcel: contract.py does.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from policies.money.audit.contract import Rate, Rates
from policies.money.audit.contract_schema import ContractTableText
from policies.money.cents import MOST_CENTS
from policies.money.freight import ANY, Dimensional, RateTable

HEAD = ("service", "from", "to", "from_weight", "to_weight", "cents", "per_unit", "minimum")
"""Columns of a file of rates; weights are inside at both ends, money is in cents."""
_NEEDED = {"from", "to", "to_weight"}
_MOST = 200_000


def rates_of(name: str, table: ContractTableText, text: str | None, file: str) -> Rates:
    """The rates of a table by lane.

    Raises:
        ValueError: a row of the file cannot be used; it names the row.
    """
    by_lane: dict[tuple[str, str], list[Rate]] = {}
    for rate in (*_of_lanes(table), *_of_file(text, file)):
        by_lane.setdefault((rate.origin.lower(), rate.zone.lower()), []).append(rate)
    dim = table.dim
    weighing = RateTable(
        name=name,
        unit=table.unit,
        round_up_to=table.round_up_to or Decimal("0.000001"),
        dim=Dimensional(divisor=dim.divisor, unit=dim.unit, round_up_to=dim.round_up_to)
        if dim
        else None,
        lanes=(),
    )
    return Rates(weighing=weighing, by_lane={lane: tuple(one) for lane, one in by_lane.items()})


def _of_lanes(table: ContractTableText) -> Iterator[Rate]:
    for lane in table.lanes:
        above, cents = Decimal(0), 0
        for up_to, cents in lane.bands:
            yield Rate(
                origin=lane.origin,
                zone=lane.zone,
                above=above,
                up_to=up_to,
                above_inside=above == 0,
                cents=Decimal(cents),
                minimum_cents=lane.minimum,
            )
            above = up_to
        if lane.each_further is not None:
            yield Rate(
                origin=lane.origin,
                zone=lane.zone,
                above=above,
                up_to=None,
                cents=Decimal(cents),
                per_unit_cents=lane.each_further,
                free=above,
                minimum_cents=lane.minimum,
            )


def _of_file(text: str | None, file: str) -> Iterator[Rate]:
    if text is None:
        return
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    there = {(name or "").strip().lower() for name in reader.fieldnames or ()}
    if missing := _NEEDED - there:
        message = f"{file}:1: no column {', '.join(sorted(missing))}; write {','.join(HEAD)}"
        raise ValueError(message)
    if unknown := there - set(HEAD):
        message = f"{file}:1: unknown column {', '.join(sorted(unknown))}; known: {','.join(HEAD)}"
        raise ValueError(message)
    for many, row in enumerate(reader):
        if many >= _MOST:
            message = f"{file}: more than {_MOST:,} rates; split the table"
            raise ValueError(message)
        cells = {key.strip().lower(): value or "" for key, value in row.items() if key}
        yield _rate(cells, f"{file}:{reader.line_num}")


def _rate(cells: Mapping[str, str], where: str) -> Rate:
    cents, per_unit = _number(cells, "cents", where), _number(cells, "per_unit", where)
    if cents is None and per_unit is None:
        message = f"{where}: no price; write cents, or per_unit with a minimum"
        raise ValueError(message)
    low = _number(cells, "from_weight", where) or Decimal(0)
    up_to = _number(cells, "to_weight", where)
    if up_to is not None and up_to < low:
        message = f"{where}: to_weight is below from_weight; write a greater one"
        raise ValueError(message)
    minimum = _number(cells, "minimum", where) or Decimal(0)
    if minimum != int(minimum):
        message = f"{where}: minimum: write whole cents"
        raise ValueError(message)
    return Rate(
        service=" ".join(cells.get("service", "").lower().split()) or ANY,
        origin=cells["from"].strip() or ANY,
        zone=cells["to"].strip() or ANY,
        above=low,
        above_inside=True,
        up_to=up_to,
        cents=cents or Decimal(0),
        per_unit_cents=per_unit or Decimal(0),
        minimum_cents=int(minimum),
    )


def _number(cells: Mapping[str, str], key: str, where: str) -> Decimal | None:
    text = cells.get(key, "").strip()
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or value.is_signed() or value > MOST_CENTS:
        message = f"{where}: {key}: write a number 0 or more, like 12.5"
        raise ValueError(message)
    return value

"""Finds where lines of a tariff that are each well formed do not go together.

Must not stop at the first.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from policies.money.line_schema import (
    CountedText,
    DiscountText,
    FreightText,
    LeastText,
    RateTableText,
    ShareText,
    StoredText,
    TimesText,
    WhenText,
)
from policies.money.lines import STANDARD, fits
from policies.money.tariff_schema import Place, TariffText
from policies.money.usage import HOURS, PARCELS
from policies.money.written import ORDER_MINIMUM, VOLUME_DISCOUNT
from policies.yaml_text import Step

_OfLines = ShareText | TimesText | DiscountText | LeastText
_Any = CountedText | StoredText | FreightText | _OfLines
_PRICED = "write one price: cents, steps like [[0, 50], [100, 40]]"


def line_faults(text: TariffText) -> Iterator[Place]:
    """Each with its path and what to write."""
    yield from _codes(text)
    for place, line in enumerate(text.lines):
        path: tuple[Step, ...] = ("lines", place)
        if text.tax and line.tax_class not in text.tax:
            yield (*path, "class"), _untaxed(line.tax_class, text)
        yield from _line(line, path, text, place)
        if not isinstance(line, StoredText | LeastText):
            yield from _when(line, line.when, path)
    if text.tax and STANDARD not in text.tax:
        yield ("tax",), f"no rate for {STANDARD}, the class of operations; add {STANDARD}: 0"
    for name, table in text.tables.freight.items():
        yield from _table(table, ("tables", "freight", name))


def _line(line: _Any, path: tuple[Step, ...], text: TariffText, place: int) -> Iterator[Place]:
    if isinstance(line, CountedText):
        yield from _counted(line, path)
    elif isinstance(line, StoredText):
        if (line.cents is None) == (line.steps is None):
            yield path, _PRICED
        yield from _steps(line.steps, path)
    elif isinstance(line, FreightText):
        if line.freight not in text.tables.freight:
            known = ", ".join(text.tables.freight) or "none yet; add it under tables.freight"
            yield (*path, "freight"), f"no such rate table; known are {known}"
    else:
        yield from _of_lines(line, path, text, place)


def _codes(text: TariffText) -> Iterator[Place]:
    seen = {price.code for price in text.prices}
    for place, line in enumerate(text.lines):
        if line.code in seen:
            yield ("lines", place, "code"), f"{line.code} is there twice; keep one"
        seen.add(line.code)


def _untaxed(name: str, text: TariffText) -> str:
    return f"no tax rate for {name}; known are {', '.join(text.tax)}"


def _counted(line: CountedText, path: tuple[Step, ...]) -> Iterator[Place]:
    firsts = line.first is not None or line.additional is not None
    told = [line.cents is not None, firsts, line.steps is not None, line.dated is not None]
    if sum(told) != 1:
        yield path, f"{_PRICED}, first and additional, or dated like [[2026-01-05, 605]]"
    if firsts and (line.first is None or line.additional is None):
        yield path, "first and additional go together; write both"
    if line.tiers == "all_units" and line.steps is None:
        yield (*path, "tiers"), "all_units is for steps; add steps like [[0, 50], [100, 40]]"
    if line.by == "month" and line.steps is None:
        yield (*path, "by"), "only steps are counted by the month; add steps, or remove this"
    if line.minutes_up_to is not None and line.per not in HOURS:
        yield (*path, "minutes_up_to"), f"this is for {', '.join(HOURS)}; remove it"
    yield from _steps(line.steps, path)
    yield from _days(line.dated, path)


def _steps(steps: Sequence[tuple[int, Decimal]] | None, path: tuple[Step, ...]) -> Iterator[Place]:
    if steps is None:
        return
    if [after for after, _ in steps[:1]] != [0]:
        yield (*path, "steps"), "the first step begins at 0, as in [[0, 50], [100, 40]]"
    yield from _rising([after for after, _ in steps], (*path, "steps"), "steps")


def _days(dated: Sequence[tuple[date, Decimal]] | None, path: tuple[Step, ...]) -> Iterator[Place]:
    if dated is None:
        return
    if not dated:
        yield (*path, "dated"), "no day is there; write [[2026-01-05, 605]]"
    yield from _rising([day for day, _ in dated], (*path, "dated"), "days")


def _rising(
    values: Sequence[int] | Sequence[date] | Sequence[Decimal], path: tuple[Step, ...], what: str
) -> Iterator[Place]:
    for place, (before, after) in enumerate(pairwise(values), start=1):
        if after <= before:  # type: ignore[operator]  # of one kind, as the schema has it
            yield (*path, place), f"{what} rise; {after} comes after {before}"


def _of_lines(
    line: _OfLines, path: tuple[Step, ...], text: TariffText, place: int
) -> Iterator[Place]:
    key = {ShareText: "pct_of", LeastText: "counts"}.get(type(line), "of")
    above = list(_codes_above(text, place, by=line.by))
    patterns: list[str] = getattr(line, key)
    for index, pattern in enumerate(patterns):
        if not any(fits(code, (pattern,)) for code in above):
            yield (*path, key, index), _no_line(pattern, above, line.by)
    if isinstance(line, ShareText):
        if (line.pct is None) == (line.dated is None):
            yield path, "write either pct, or dated like [[2026-01-05, 18.5]]"
        if line.by == "month" and line.dated is not None:
            yield (*path, "dated"), "a share of a month has one pct; write pct"
        yield from _days(line.dated, path)


def _codes_above(text: TariffText, place: int, *, by: str) -> Iterator[str]:
    """The codes of lines that are there when a line is drawn up."""
    yield from (price.code for price in text.prices)
    yield from (ORDER_MINIMUM, VOLUME_DISCOUNT, *(one.flag for one in text.multipliers))
    for line in text.lines[:place]:
        of_month = isinstance(line, StoredText) or (
            not isinstance(line, CountedText | FreightText) and line.by == "month"
        )
        if by == "month" or not of_month:
            yield line.code


def _no_line(pattern: str, above: list[str], by: str) -> str:
    hint = ", or by: month for lines of the month" if by == "order" else ""
    return f"{pattern} names no line above it{hint}; known are {', '.join(above)}"


def _when(
    line: CountedText | FreightText | ShareText | TimesText | DiscountText,
    when: WhenText,
    path: tuple[Step, ...],
) -> Iterator[Place]:
    of_parcels = isinstance(line, FreightText) or getattr(line, "per", "") == PARCELS
    for key in ("residential", "zip_prefix", "service"):
        if getattr(when, key) is not None and not of_parcels:
            yield (*path, "when", key), "this is for freight and per: parcels; remove it"
    of_month = isinstance(line, ShareText | TimesText | DiscountText) and line.by == "month"
    if of_month and when != WhenText():
        yield (*path, "when"), "a line of the month has no when; remove it, or write by: order"
    for place, window in enumerate(when.windows or ()):
        if window.start and window.until and window.until < window.start:
            yield (*path, "when", "windows", place), "this ends before it begins; write a later day"


def _table(table: RateTableText, path: tuple[Step, ...]) -> Iterator[Place]:
    seen: set[tuple[str, str]] = set()
    for place, lane in enumerate(table.lanes):
        here = (*path, "lanes", place)
        if not lane.bands:
            yield (*here, "bands"), "this lane has no band; write [[1, 820]], up to 1 for 820"
        yield from _rising([up_to for up_to, _ in lane.bands], (*here, "bands"), "bands")
        if (lane.origin, lane.zone) in seen:
            yield here, f"from {lane.origin} to {lane.zone} is there twice; keep one"
        seen.add((lane.origin, lane.zone))

"""How a tariff is written: the shape of its YAML, and what its parts must agree on.

Must not price anything.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated

from pydantic import Field, Strict

from policies.money.line_schema import LineText, TablesText
from policies.money.usage import OPERATIONS
from policies.money.written import Cents, Code, Count, Flag, Model, Name, Operation, Percent, Times
from policies.yaml_text import Step

Place = tuple[tuple[Step, ...], str]
"""A path into the text and what is wrong there."""


class _Effective(Model):
    start: Annotated[date, Field(alias="from")]
    until: date | None = None


class _Price(Model):
    code: Code
    per: Operation
    cents: Cents | None = None
    steps: list[Annotated[tuple[Count, Cents], Strict(strict=False)]] | None = None
    note: Annotated[str, Field(min_length=1)] | None = None


class _Minimum(Model):
    order_cents: Cents
    month_cents: Cents


class _Multiplier(Model):
    flag: Flag
    times: Times


class _Credits(Model):
    automatic_under_cents: Cents
    review_over_cents: Cents


class _Tolerance(Model):
    line_cents: Cents = 0
    line_pct: Percent = Decimal(0)
    month_cents: Cents = 0


class _LateFee(Model):
    after_days: Count
    cents: Cents
    yearly_pct: Percent


class TariffText(Model):
    """A tariff as it is written."""

    version: Annotated[str, Field(min_length=1, max_length=64)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    effective: _Effective
    prices: list[_Price]
    minimum: _Minimum
    multipliers: list[_Multiplier] = Field(default_factory=list)
    volume_discount: list[Annotated[tuple[Count, Percent], Strict(strict=False)]] = Field(
        default_factory=list
    )
    credits: _Credits
    tolerance: _Tolerance = _Tolerance()
    late_fee: _LateFee
    lines: list[LineText] = Field(default_factory=list)
    tables: TablesText = TablesText()
    tax: dict[Name, Percent] = Field(default_factory=dict)


def disagreements(text: TariffText) -> Iterator[Place]:
    """Where parts that are each well formed do not go together."""
    yield from _price_faults(text)
    yield from _repeated("multipliers", "flag", [one.flag for one in text.multipliers])
    starts = [start for start, _ in text.volume_discount]
    yield from _descents(("volume_discount",), starts)
    if text.effective.until is not None and text.effective.until < text.effective.start:
        yield ("effective", "until"), "this is before `from`; write a later day or leave it out"
    if text.credits.review_over_cents < text.credits.automatic_under_cents:
        yield ("credits", "review_over_cents"), "write at least automatic_under_cents"


def _price_faults(text: TariffText) -> Iterator[Place]:
    prices = text.prices
    yield from _repeated("prices", "code", [price.code for price in prices])
    for index, price in enumerate(prices):
        path: tuple[Step, ...] = ("prices", index)
        if (price.cents is None) == (price.steps is None):
            yield path, "write either cents, or steps like [[0, 5], [90, 10]]"
        elif price.steps is not None:
            starts = [start for start, _ in price.steps]
            if starts[:1] != [0]:
                yield (*path, "steps"), "the first step begins at 0, as in [[0, 5], [90, 10]]"
            yield from _descents((*path, "steps"), starts)
    for operation in OPERATIONS:
        if operation not in {one.per for one in (*prices, *text.lines) if hasattr(one, "per")}:
            remedy = f"{{code: {operation}, per: {operation}, cents: 0, note: free}}"
            yield ("prices",), f"no price per {operation}; add one, or {remedy} where it is free"


def _repeated(name: str, key: str, values: list[str]) -> Iterator[Place]:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield (name, index, key), f"{value} is there twice; keep one"


def _descents(path: tuple[Step, ...], starts: list[int]) -> Iterator[Place]:
    for index, (before, after) in enumerate(pairwise(starts), start=1):
        if after <= before:
            yield (*path, index), f"steps rise; {after} comes after {before}"

"""How a tariff is written: the shape of its YAML, and what its parts must agree on.

Must not price anything.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict

from policies.money.cents import MOST_CENTS, PLACES
from policies.money.usage import FLAGS, MOST, OPERATIONS
from policies.yaml_text import Step

ORDER_MINIMUM = "order_minimum"
"""The code of the line that tops an order up to its minimum."""
VOLUME_DISCOUNT = "volume_discount"
"""The code of the line that takes the volume discount off."""
RESERVED = frozenset({ORDER_MINIMUM, VOLUME_DISCOUNT, *FLAGS})
"""Codes that pricing gives to lines of its own."""

Place = tuple[tuple[Step, ...], str]
"""A path into the text and what is wrong there."""


def _decimal(value: object) -> Decimal:
    message = "write a number like 2 or 1.5"
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(message)  # noqa: TRY004 - pydantic tells only this one with its place
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(message) from error


def _operation(name: str) -> str:
    if name not in OPERATIONS:
        message = f"no such operation; known are {', '.join(OPERATIONS)}"
        raise ValueError(message)
    return name


def _flag(name: str) -> str:
    if name not in FLAGS:
        message = f"no such flag; known are {', '.join(FLAGS)}"
        raise ValueError(message)
    return name


def _code(code: str) -> str:
    if code in RESERVED:
        message = "this code is used by pricing itself; choose another"
        raise ValueError(message)
    return code


_Cents = Annotated[int, Field(ge=0, le=MOST_CENTS)]
_Count = Annotated[int, Field(ge=0, le=MOST)]
_Rate = Annotated[Decimal, BeforeValidator(_decimal), Field(decimal_places=PLACES)]
_Percent = Annotated[_Rate, Field(ge=0, le=100)]
_Times = Annotated[_Rate, Field(gt=0, le=100)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Effective(_Model):
    start: Annotated[date, Field(alias="from")]
    until: date | None = None


class _Price(_Model):
    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$"), AfterValidator(_code)]
    per: Annotated[str, AfterValidator(_operation)]
    cents: _Cents | None = None
    steps: list[Annotated[tuple[_Count, _Cents], Strict(strict=False)]] | None = None


class _Minimum(_Model):
    order_cents: _Cents
    month_cents: _Cents


class _Multiplier(_Model):
    flag: Annotated[str, AfterValidator(_flag)]
    times: _Times


class _Credits(_Model):
    automatic_under_cents: _Cents
    review_over_cents: _Cents


class _LateFee(_Model):
    after_days: _Count
    cents: _Cents
    yearly_pct: _Percent


class TariffText(_Model):
    """A tariff as it is written."""

    version: Annotated[str, Field(min_length=1, max_length=64)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    effective: _Effective
    prices: Annotated[list[_Price], Field(min_length=1)]
    minimum: _Minimum
    multipliers: list[_Multiplier] = []
    volume_discount: list[Annotated[tuple[_Count, _Percent], Strict(strict=False)]] = []
    credits: _Credits
    late_fee: _LateFee


def disagreements(text: TariffText) -> Iterator[Place]:
    """Where parts that are each well formed do not go together."""
    yield from _price_faults(text.prices)
    yield from _repeated("multipliers", "flag", [one.flag for one in text.multipliers])
    starts = [start for start, _ in text.volume_discount]
    yield from _descents(("volume_discount",), starts)
    if text.effective.until is not None and text.effective.until < text.effective.start:
        yield ("effective", "until"), "this is before `from`; write a later day or leave it out"
    if text.credits.review_over_cents < text.credits.automatic_under_cents:
        yield ("credits", "review_over_cents"), "write at least automatic_under_cents"


def _price_faults(prices: list[_Price]) -> Iterator[Place]:
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
        if operation not in {price.per for price in prices}:
            remedy = f"{{code: {operation}, per: {operation}, cents: 0}}"
            yield ("prices",), f"no price per {operation}; add one, or {remedy} where it is free"


def _repeated(name: str, key: str, values: list[str]) -> Iterator[Place]:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield (name, index, key), f"{value} is there twice; keep one"


def _descents(path: tuple[Step, ...], starts: list[int]) -> Iterator[Place]:
    for index, (before, after) in enumerate(pairwise(starts), start=1):
        if after <= before:
            yield (*path, index), f"steps rise; {after} comes after {before}"

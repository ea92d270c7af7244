"""How the `lines` and `tables` of a tariff are written: one shape for each kind of line.

Must not check what the shapes must agree on: line_faults.py does.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from policies.money.lines import STANDARD, Basis, By
from policies.money.parcels import Stock
from policies.money.written import (
    AnyPercent,
    Band,
    Cents,
    Code,
    CountStep,
    DayCents,
    DayPercent,
    Flag,
    Measure,
    Model,
    Name,
    PartCents,
    Per,
    Percent,
    Times,
    Word,
)

Some = Annotated[list[Word], Field(min_length=1)]


class WindowText(Model):
    """From one day to another, both inside."""

    start: Annotated[date | None, Field(alias="from")] = None
    until: date | None = None


class WhenText(Model):
    """For which orders and parcels a line is."""

    flags: Annotated[list[Flag], Field(min_length=1)] | None = None
    windows: Annotated[list[WindowText], Field(min_length=1)] | None = None
    residential: bool | None = None
    zip_prefix: Some | None = None
    service: Some | None = None


class _Line(Model):
    code: Code
    tax_class: Annotated[Name, Field(alias="class")] = STANDARD
    note: Word | None = None


class CountedText(_Line):
    """So much for each of something that is counted."""

    per: Per
    cents: PartCents | None = None
    first: PartCents | None = None
    additional: PartCents | None = None
    steps: list[CountStep] | None = None
    dated: list[DayCents] | None = None
    tiers: Literal["graduated", "all_units"] = "graduated"
    by: By = "order"
    minutes_up_to: Measure | None = None
    when: WhenText = WhenText()


class StoredText(_Line):
    """So much for what lies in store."""

    storage: Stock
    basis: Basis
    cents: PartCents | None = None
    steps: list[CountStep] | None = None
    tiers: Literal["graduated", "all_units"] = "graduated"
    missing: Literal["refuse", "carry"] = "refuse"


class FreightText(_Line):
    """Parcels by a rate table."""

    freight: Name
    markup_pct: Annotated[AnyPercent, Field(ge=-100)] = Field(default=0, validate_default=True)
    when: WhenText = WhenText()


class _OfLines(_Line):
    by: By = "order"
    when: WhenText = WhenText()


class ShareText(_OfLines):
    """So many percent of lines above."""

    pct_of: Some
    pct: AnyPercent | None = None
    dated: list[DayPercent] | None = None


class TimesText(_OfLines):
    """Lines above cost so many times as much; the line is the difference."""

    times: Times
    of: Some


class DiscountText(_OfLines):
    """So many percent off lines above."""

    discount_pct: Percent
    of: Some


class LeastText(_Line):
    """The least that lines above come to."""

    minimum: Cents
    counts: Some
    by: By = "month"
    prorated: bool = True


_KINDS = ("per", "storage", "freight", "pct_of", "times", "discount_pct", "minimum")


def _kind(value: Any) -> str | None:  # noqa: ANN401 - whatever stands in the text
    """The one key that says what kind of line it is; the brackets keep it out of told paths."""
    if isinstance(value, Mapping):
        found = [kind for kind in _KINDS if kind in value]
    else:
        found = [kind for kind in _KINDS if hasattr(value, kind)]
    return f"[{found[0]}]" if len(found) == 1 else None


LineText = Annotated[
    Annotated[CountedText, Tag("[per]")]
    | Annotated[StoredText, Tag("[storage]")]
    | Annotated[FreightText, Tag("[freight]")]
    | Annotated[ShareText, Tag("[pct_of]")]
    | Annotated[TimesText, Tag("[times]")]
    | Annotated[DiscountText, Tag("[discount_pct]")]
    | Annotated[LeastText, Tag("[minimum]")],
    Discriminator(
        _kind,
        custom_error_type="line_kind",
        custom_error_message=f"a line has exactly one of {', '.join(_KINDS)}; write one",
    ),
]
"""A line of a tariff, of one of seven kinds."""


class DimText(Model):
    """How size becomes weight."""

    divisor: Measure
    unit: Literal["in", "cm"]
    round_up_to: Measure = Field(default=1, validate_default=True)


class LaneText(Model):
    """The rates of one lane."""

    origin: Annotated[Word, Field(alias="from")]
    zone: Annotated[Word, Field(alias="to")]
    minimum: Cents = 0
    bands: list[Band]
    each_further: PartCents | None = None


class RateTableText(Model):
    """A carrier's rates."""

    unit: Literal["lb", "kg"]
    round_up_to: Measure = Field(default=1, validate_default=True)
    dim: DimText | None = None
    lanes: Annotated[list[LaneText], Field(min_length=1)]


class TablesText(Model):
    """Tables that lines look things up in."""

    freight: dict[Name, RateTableText] = Field(default_factory=dict)

"""How a carrier's contract is written: the shape of its YAML.

Must not check what the parts must agree on: read_contract.py does.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from policies.money.line_schema import DimText, LaneText, WindowText
from policies.money.written import (
    AnyPercent,
    Cents,
    DayCents,
    DayPercent,
    Measure,
    Model,
    Name,
    PartCents,
    Percent,
    Word,
)

Names = Annotated[list[Word], Field(min_length=1)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class EffectiveText(Model):
    """From one day to another, both inside."""

    start: Annotated[date, Field(alias="from")]
    until: date | None = None


class ContractTableText(Model):
    """Rates by lane and weight, here or in a CSV file beside the contract."""

    unit: Literal["lb", "kg"]
    round_up_to: Measure | None = None
    dim: DimText | None = None
    lanes: list[LaneText] = Field(default_factory=list)
    rates: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\.csv$")] | None = None


class ServiceText(Model):
    """A service, how bills call it, and its table or tables."""

    id: Name
    names: list[Word] = Field(default_factory=list)
    table: Name | None = None
    tables: list[Name] = Field(default_factory=list)
    discount_pct: Percent = Field(default=0, validate_default=True)


class ConditionText(Model):
    """When a charge is due."""

    residential: bool | None = None
    zip_prefix: Names | None = None
    windows: Annotated[list[WindowText], Field(min_length=1)] | None = None
    weekdays: Annotated[list[Weekday], Field(min_length=1)] | None = None
    event: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{1,63}$")] | None = None


class ChargeText(Model):
    """A charge beside the freight."""

    code: Name
    names: list[Word] = Field(default_factory=list)
    cents: PartCents | None = None
    dated: list[DayCents] | None = None
    pct_of: Annotated[list[Name], Field(min_length=1)] | None = None
    pct: AnyPercent | None = None
    dated_pct: list[DayPercent] | None = None
    when: ConditionText = ConditionText()


class GuaranteeText(Model):
    """When a late parcel is refunded."""

    services: Annotated[list[Name], Field(min_length=1)]
    start: Annotated[date, Field(alias="from")]
    until: date | None = None
    business_days: Annotated[int, Field(ge=0, le=60)]
    by: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | None = None
    refund_pct: Percent = Field(default=100, validate_default=True)
    claim_days: Annotated[int, Field(ge=1, le=400)]
    excluded: Annotated[list[Word], Field(alias="except")] = Field(default_factory=list)
    blackouts: list[WindowText] = Field(default_factory=list)


class VersionText(Model):
    """What holds for some time."""

    version: Word
    effective: EffectiveText
    services: Annotated[list[ServiceText], Field(min_length=1)]
    tables: Annotated[dict[Name, ContractTableText], Field(min_length=1)]
    charges: list[ChargeText] = Field(default_factory=list)
    guarantees: list[GuaranteeText] = Field(default_factory=list)


class OursText(Model):
    """Which lines are ours to pay."""

    accounts: list[Word] = Field(default_factory=list)
    payers: list[Word] = Field(default_factory=list)


class NotOursText(Model):
    """Which lines somebody else pays."""

    payers: list[Word] = Field(default_factory=list)
    services: list[Word] = Field(default_factory=list)


class ToleranceText(Model):
    """What is let go of: the greater of both."""

    cents: Cents = 0
    pct: Percent = Field(default=0, validate_default=True)


class DisputesText(Model):
    """How long a charge may be disputed."""

    days: Annotated[int, Field(ge=1, le=1000)]


class ContractText(Model):
    """A contract as it is written."""

    carrier: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
    names: list[Word] = Field(default_factory=list)
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    freight_names: list[Word] = Field(default_factory=list)
    ours: OursText = OursText()
    not_ours: NotOursText = NotOursText()
    tolerance: ToleranceText = ToleranceText()
    disputes: DisputesText | None = None
    unknown_shipments: Literal["dispute", "price"] = "dispute"
    versions: Annotated[list[VersionText], Field(min_length=1)]

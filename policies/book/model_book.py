"""The shape of a whole SLA policy: calendars, rules, targets. Must not give it meaning."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from policies.book.model import EventTypes, Model, Name, Number, Rule, Text, Texts


def _text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


class Closure(Model):
    """A span of local time in which nothing counts."""

    from_: Any = Field(alias="from")
    to: Any
    why: Text


class Calendar(Model):
    """Which minutes count at a site or for a carrier."""

    tz: str | None = None
    timezone: str | None = None
    shifts: dict[str, list[str]] | None = None
    days: str | None = None
    holidays: Texts = Field(default_factory=list)
    days_off: list[Any] = Field(default_factory=list)
    days_on: list[Any] = Field(default_factory=list)
    closures: list[Closure] = Field(default_factory=list)
    pickups: dict[str, Any] = Field(default_factory=dict)


class Multiplier(Model):
    """An own multiplier, or other numbers for a preset."""

    factor: Annotated[float, Field(gt=0, le=100)] | None = None
    on: Literal["weekend", "holiday", "season", "volume", "flag"] | None = None
    flag: str | None = None
    over: Annotated[int, Field(ge=0)] | None = None
    season: list[str] | None = None
    holidays: Texts = Field(default_factory=list)


class Effective(Model):
    """From when the policy is in force, opens exceptions, and costs credits."""

    from_: Any = Field(None, alias="from")
    until: Any = None
    enforce_from: Any = None
    ramp_days: Annotated[int, Field(ge=0, le=3650)] = 0


class TargetRemedy(Model):
    """Credits by what was reached: `tiered: [[99, 0], [98, 2], [0, 10]]`, percent of fees."""

    tiered: Annotated[list[tuple[Number, Number]], Field(min_length=1)]
    pct_of: Literal["pick_pack_fee", "fulfilment_fees"] = "fulfilment_fees"


class Target(Model):
    """What share of a rule's clocks must be kept over a window."""

    sla: str
    window: Annotated[str, Field(pattern=r"^(calendar_month|trailing_[1-9][0-9]{0,2}d)$")]
    at_least: Number
    allowance: Annotated[int, Field(ge=0)] = 0
    when: dict[str, Any] = Field(default_factory=dict)
    remedy: TargetRemedy | None = None
    budget_alert: list[Number] = Field(default_factory=list)


class Forecast(Model):
    """How many orders a day were agreed on."""

    orders_per_day: Annotated[int, Field(gt=0)]


class Book(Model):
    """A policy."""

    version: Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=40)]
    timezone: str = "UTC"
    effective: Effective = Effective()
    calendars: dict[Name, Calendar] = Field(default_factory=dict)
    facts: dict[str, EventTypes] = Field(default_factory=dict)
    presets: Texts = Field(default_factory=list)
    multipliers: dict[str, Multiplier] = Field(default_factory=dict)
    forecast: Forecast | None = None
    slas: Annotated[list[Rule], Field(min_length=1)]
    targets: list[Target] = Field(default_factory=list)

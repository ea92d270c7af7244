"""The shape of an SLA policy as it is written. Must not give it meaning: compile.py does.

Short forms are put into the long one before they are checked, so that every field has one shape.
"""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from policies.book import words
from policies.condition import Condition, read_condition
from policies.promise import DayTime, Part, Within
from policies.reasons import ClockKind, Fault, ReasonCode, Severity, Stage

_KINDS = {"underpinning": "carrier", "client": "sla", "internal": "ola"}
_REASONS = {
    "SHIP_LATE": "SHIP_DELAY",
    "PICK_LATE": "PICK_DELAY",
    "PACK_LATE": "PACK_DELAY",
    "DELIVERY_LATE": "DELIVERY_DELAY",
}


def _condition(value: object) -> Condition:
    return value if isinstance(value, Condition) else read_condition(str(value))


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _event_ref(value: object) -> object:
    """`picked`, `[a, b]` and `{event: picked}` are the same; a name alone must be known."""
    if isinstance(value, dict):
        return value
    alone = isinstance(value, str) and not value.startswith("$")
    return {"event": f"?{value}" if alone else value}


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _reason(value: object) -> object:
    return _REASONS.get(str(value).upper(), _upper(value))


def _kind(value: object) -> object:
    if str(value).lower() == ClockKind.PROBLEM:
        message = "a problem is no promise; write it into problems.yaml"
        raise ValueError(message)
    return _KINDS.get(str(value).lower(), value)


def _times(value: object) -> object:
    """`share` and `post` of the short form make a list of one."""
    if not isinstance(value, dict):
        return value
    known = dict(value)
    post = known.pop("post", False)
    return [{**(known or {"share": 0.75}), "post": post}]


EventType = Annotated[str, Field(pattern=r"^[$?]?[a-z][a-z0-9_.]{1,63}$")]
EventTypes = Annotated[list[EventType], BeforeValidator(_listed), Field(min_length=1)]
Text = Annotated[str, Field(min_length=1, max_length=120)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,63}$")]
Minutes = Annotated[int, BeforeValidator(words.some_minutes)]
MinutesOrNone = Annotated[int, BeforeValidator(words.minutes)]
Share = Annotated[float, BeforeValidator(words.share)]
If = Annotated[Condition, BeforeValidator(_condition)]
Texts = Annotated[list[str], BeforeValidator(_listed)]
Level = Annotated[Severity, BeforeValidator(_upper)]
Number = Annotated[Decimal, BeforeValidator(words.percent)]
Ahead = Annotated[DayTime, BeforeValidator(words.day_time)]


class Model(BaseModel):
    """Nothing unknown is overlooked: it may be a slip of the pen that costs money."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Event(Model):
    """When a clock starts or stops: one of these events, where the condition holds."""

    event: EventTypes
    if_: If | None = Field(None, alias="if")
    not_before: str | None = None


EventRef = Annotated[Event, BeforeValidator(_event_ref)]


class Pause(Model):
    """A hold or an event during which nothing counts."""

    hold: Texts = []
    event: EventTypes | None = None
    until: EventTypes | None = None
    fault: Fault = Fault.NONE
    if_: If | None = Field(None, alias="if")
    max: Minutes | None = None


class CutOff(Model):
    """Before `at` one deadline, from it on another."""

    at: Annotated[int, BeforeValidator(words.minute_of_day)]
    tz: str | None = None
    before: Ahead = DayTime(days=0, business=False, minute=words.WHOLE_DAY)
    after: Ahead = DayTime(days=1, business=True, minute=words.WHOLE_DAY)


class Deadline(Model):
    """One of within, cutoff, by, promise; and the calendar that counts."""

    within: Annotated[Within, BeforeValidator(words.within)] | None = None
    cutoff: CutOff | None = None
    by: Ahead | None = None
    promise: str | None = None
    end_of: Literal["local_day"] | None = None
    tz: str | None = None
    calendar: str = "always"
    boundary: Literal["inclusive", "exclusive"] = "inclusive"


class Evidence(Model):
    """How long to wait for events that are told late, and whether they still count then."""

    grace_for_ingest: MinutesOrNone = 0
    source_clock: Literal["occurred_at"] = "occurred_at"
    late_arrival: Literal["reopen", "keep"] = "reopen"


class Cure(Model):
    """What makes a breach good."""

    if_: If = Field(alias="if")
    outcome: Literal["cured"] = "cured"


class Warn(Model):
    """When an order comes to be at risk: one of these."""

    share: Share | None = None
    remaining: Annotated[Part, BeforeValidator(words.part_left)] | None = None
    risk: Annotated[float, BeforeValidator(words.risk)] | None = None
    post: bool = False


class Milestone(Model):
    """What ought to have happened by a part of the time."""

    event: EventTypes
    within: Annotated[Part, BeforeValidator(words.part_gone)]


class Escalate(Model):
    """Whom to tell after how long."""

    after: MinutesOrNone = 0
    to: Text


class OnBreach(Model):
    """What a breach opens."""

    exception: Annotated[ReasonCode, BeforeValidator(_reason)]
    severity: Level | None = None
    grows: Annotated[dict[int, Level], BeforeValidator(words.by_minutes)] = {}
    settle: Literal["auto", "person"] = "auto"
    escalate: list[Escalate] = []


class Amount(Model):
    """A percentage of fees: `{pct_of: pick_pack_fee, value: 100}`."""

    pct_of: Literal["pick_pack_fee", "fulfilment_fees", "order_value"]
    value: Number


class Credit(Model):
    """What one breach costs: cents, or a share of fees."""

    per: Literal["order", "unit"] = "order"
    cents: Annotated[int, Field(ge=0)] | None = None
    amount: Amount | None = None


class Cap(Model):
    """The most that is credited."""

    per: Literal["order", "month"] = "month"
    cents: Annotated[int, Field(ge=0)] | None = None
    pct_of_invoice: Number | None = None


class Remedy(Model):
    """What breaches cost us."""

    credit: Credit | None = None
    cap: Cap | None = None
    code: Text | None = None
    allowance: Annotated[int, Field(ge=0)] = 0


class Exclude(Model):
    """What is not our fault, or not our forecast."""

    fault: Fault | None = None
    volume_over_forecast_pct: Annotated[float, Field(ge=0)] | None = None


class Example(Model):
    """What must come out, told by the policy's author: lint runs it."""

    name: Text = "example"
    given: Any
    order: dict[str, Any] = {}
    now: Any = None
    expect: Any


class Rule(Model):
    """One promise."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
    kind: Annotated[ClockKind, BeforeValidator(_kind)] = ClockKind.SLA
    stage: Annotated[Stage, BeforeValidator(_upper)] | None = None
    promise: Annotated[str, Field(min_length=3, max_length=120)] | None = None
    subject: Literal["order", "shipment", "line", "asn", "return"] = "order"
    split: Literal["any", "all", "each"] = "any"
    when: dict[str, Any] = {}
    group: Name | None = None
    priority: int = 0
    start: EventRef | None = None
    stop: EventRef | None = None
    cancel: EventRef = Event(event=["called_off"])
    reset: EventRef | None = None
    repeat: Literal["each"] | None = None
    pause: list[Pause] = []
    deadline: Deadline
    multipliers: Texts | None = None
    evidence: Evidence = Evidence()
    cure: Cure | None = None
    warn: Annotated[list[Warn], BeforeValidator(_times)] = [Warn(share=0.75)]
    milestones: list[Milestone] = []
    fault: Fault | None = None
    on_breach: OnBreach | None = None
    remedy: Remedy | None = None
    exclude: list[Exclude] = []
    examples: list[Example] = []

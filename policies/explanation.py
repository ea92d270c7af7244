"""Decides what can be said about an exception, with an event behind every claim.

Must not word it: prompts/explanation.py has the sentences. Must not quote free text of payloads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from policies.clock import Clock
from policies.facts import OrderEvent, Timeline
from policies.promise import PromiseDate, SlaRule
from policies.queries import Peers
from policies.reasons import ClockState, ReasonCode

CAUSES = {
    "stock_short": "stock",
    "payment_failed": "payment",
    "address_invalid": "address",
    "package_damaged": "damage",
    "order_held": "hold",
    "delivery_attempted": "attempt",
    "exception_reported": "reported",
}
"""Recorded events that account for a delay, and the kind of cause they speak of."""

REPORTED = {
    "missed_pickup": "pickup",
    "warehouse_backlog": "backlog",
    "label_failure": "label",
    "trailer_full": "trailer",
    "cutoff_missed": "cut_off",
    "weather": "weather",
    "mechanical": "vehicle",
    "misrouted": "misroute",
}
"""Codes in the `reason` of a reported trouble that have a name of their own; others have none."""

RELIEVED_BY = {
    "order_held": ("order_released",),
    "stock_short": ("allocated",),
    "payment_failed": ("order_paid",),
    "address_invalid": ("address_corrected", "order_edited"),
}
"""Events after which a recorded cause no longer stands."""

STEPS = (
    *("pick_started", "pick_completed", "pack_started", "pack_completed", "staged", "manifested"),
    *("carrier_picked_up", "carrier_scan", "in_transit", "out_for_delivery", "delivered"),
)
"""What happens to an order, in this order; who has come further has done what is before it."""

MANY = 1000
"""Other orders are counted up to here; whether there are more changes nothing in what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """The longest stretch of a span without any event."""

    after: OrderEvent
    before: OrderEvent
    minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is known about one breached promise. Events are the receipts.

    `last` is the latest event of the span before its end, when there is one besides
    the start. `later` is an event that could not be without the one that is missing. `problem`
    tells that the start itself is what is wrong. `relief` is what ended the cause that is told,
    None while it stands. `others_late` and `others_waiting` leave this order out and are at most
    MANY, which then means: or more.
    """

    order_id: str
    reason_code: ReasonCode
    promise: str
    start: OrderEvent
    deadline_at: datetime
    stop: OrderEvent | None
    called_off: OrderEvent | None
    in_time_after_all: bool
    last: OrderEvent | None
    causes: tuple[OrderEvent, ...]
    told_cause: OrderEvent | None
    relief: OrderEvent | None
    later: OrderEvent | None
    problem: bool
    gap: Gap | None
    delay_minutes: float
    others_late: int
    others_waiting: int

    @property
    def cause(self) -> str | None:
        """The kind of the recorded cause; None where none stands and the order still waits."""
        if self.told_cause is None or (self.relief is not None and self.stop is None):
            return None
        return kind_of_cause(self.told_cause)

    @property
    def receipts(self) -> tuple[OrderEvent, ...]:
        """Every event that a sentence rests on, once, in time order."""
        named = [self.start, *self.causes, self.relief, self.last, self.later]
        named += [self.stop, self.called_off]
        if self.gap:
            named += [self.gap.after, self.gap.before]
        unique = {(e.source, e.event_id): e for e in named if e is not None}
        return tuple(sorted(unique.values(), key=lambda e: (e.occurred_at, e.event_id)))


def begins_wrong(rule: SlaRule) -> bool:
    """Whether its clock starts with what is wrong, so that every one of them is late at once."""
    return rule.problem and not isinstance(rule.deadline, PromiseDate)


def kind_of_cause(event: OrderEvent) -> str:
    """What a recorded cause speaks of: a value of CAUSES, or of REPORTED where a code says so."""
    kind = CAUSES[event.kind]
    code = event.payload.get("reason") if kind == "reported" else None
    return REPORTED.get(code, kind) if isinstance(code, str) else kind


def account_for(clock: Clock, timeline: Timeline, peers: Peers, now: datetime) -> Account:
    """Gathers what the timeline says about one clock's breach as of `now`."""
    stop, called_off = clock.stop_event, clock.cancel_event
    ended = stop or called_off
    end = ended.occurred_at if ended else now
    span = [
        event
        for event in timeline.events
        if clock.started_at <= event.occurred_at <= end and event is not ended
    ]
    between = [event for event in span if event is not clock.start_event]
    still_waits = stop is None and called_off is None
    causes = tuple(event for event in between if event.kind in CAUSES)
    problem = begins_wrong(clock.rule)
    begun = (clock.start_event,) if problem and clock.start_event.kind in CAUSES else ()
    told, relief = _told_cause((*begun, *causes), (*begun, *between))
    return Account(
        order_id=clock.order_id,
        reason_code=clock.rule.reason_code,
        promise=clock.rule.promise,
        start=clock.start_event,
        deadline_at=clock.deadline_at,
        stop=stop,
        called_off=None if stop else called_off,
        in_time_after_all=clock.state is not ClockState.BREACHED,
        last=between[-1] if between else None,
        causes=causes,
        told_cause=told,
        relief=relief,
        later=_later(clock, between) if still_waits else None,
        problem=problem,
        gap=_longest_gap(clock.start_event, between, stop),
        delay_minutes=clock.delay_minutes,
        others_late=min(MANY, max(0, peers.breached - int(still_waits))),
        others_waiting=min(MANY, peers.running),
    )


def _later(clock: Clock, between: Sequence[OrderEvent]) -> OrderEvent | None:
    """The latest event of a step behind the missing one; one shipment says nothing of another."""
    missing = [STEPS.index(kind) for kind in clock.rule.stop if kind in STEPS]
    if not missing or clock.subject or begins_wrong(clock.rule):
        return None
    behind = STEPS[max(missing) + 1 :]
    return next((event for event in reversed(between) if event.kind in behind), None)


def _told_cause(
    causes: Sequence[OrderEvent], between: Sequence[OrderEvent]
) -> tuple[OrderEvent | None, OrderEvent | None]:
    """The latest cause that stands; where none does, the latest one with what ended it."""
    ended = {id(cause): _relief(cause, between) for cause in causes}
    standing = [cause for cause in causes if ended[id(cause)] is None]
    told = next(reversed(standing or causes), None)
    return told, ended[id(told)] if told is not None else None


def _relief(cause: OrderEvent, between: Sequence[OrderEvent]) -> OrderEvent | None:
    kinds = RELIEVED_BY.get(cause.kind, ())
    later = between[between.index(cause) + 1 :] if kinds else ()
    return next((event for event in later if event.kind in kinds), None)


def _longest_gap(
    start: OrderEvent, between: list[OrderEvent], stop: OrderEvent | None
) -> Gap | None:
    """Where most of the time went, once the span is over and has a middle."""
    if stop is None or not between:
        return None
    chain = [start, *between, stop]
    gaps = [
        Gap(
            after=earlier,
            before=later,
            minutes=(later.occurred_at - earlier.occurred_at).total_seconds() / 60,
        )
        for earlier, later in pairwise(chain)
    ]
    longest = max(gaps, key=lambda gap: gap.minutes)
    whole = (stop.occurred_at - start.occurred_at).total_seconds() / 60
    return longest if longest.minutes > whole / 2 else None

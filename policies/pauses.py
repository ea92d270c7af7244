"""Finds the stretches in which a promise does not count: holds, and events outside our reach.

Must not compute deadlines. Overlapping holds are one stretch: no minute is left out twice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from policies.facts import OrderEvent
from policies.instants import MINUTE, us_of
from policies.order_facts import OrderFacts
from policies.promise import HOLD_KINDS, Pause, SlaRule
from policies.reasons import Fault

REASONS = {
    "high_risk_of_fraud": "fraud_review",
    "inventory_out_of_stock": "stockout",
    "awaiting_payment": "awaiting_payment",
    "incorrect_address": "incorrect_address",
}
"""Hold reasons of shops (Shopify's FulfillmentHoldReason), and the word for them here."""
_IMPLIED = {
    "stock_short": "stockout",
    "payment_failed": "awaiting_payment",
    "address_invalid": "incorrect_address",
}
_RELEASED_BY = {
    "stockout": "allocated",
    "awaiting_payment": "order_paid",
    "incorrect_address": "address_corrected",
}
_Test = Callable[[OrderEvent], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A stretch that does not count, on microseconds. `ends` is None while it lasts."""

    starts: int
    ends: int | None
    fault: Fault
    reason: str
    begun_by: OrderEvent
    ended_by: OrderEvent | None = None

    def covers(self, us: int) -> bool:
        """Whether it lasts at that instant."""
        return self.starts <= us and (self.ends is None or us < self.ends)

    def cut(self, at: int) -> "Hold":
        """The same, over at that instant at the latest."""
        if self.ends is not None and self.ends <= at:
            return self
        return replace(self, ends=at, ended_by=None)


def holds_in(rule: SlaRule, order: OrderFacts) -> tuple[Hold, ...]:
    """The rule's pauses in this order, in time order, without overlap.

    Where several last at once the earliest one says who is at fault.
    """
    found = [hold for pause in rule.pauses for hold in _of(pause, order)]
    found.sort(key=lambda hold: (hold.starts, hold.begun_by.source, hold.begun_by.event_id))
    return tuple(_merged(found))


def hold_reason(event: OrderEvent) -> str:
    """The reason that an event states or means for a hold, in our words."""
    stated = str(event.payload.get("hold", "")).lower()
    return REASONS.get(stated, stated) or _IMPLIED.get(event.kind, "")


def _of(pause: Pause, order: OrderFacts) -> Iterator[Hold]:
    for reason in pause.holds:
        yield from _lasting(pause, order, reason, _holds_for(reason), _releases(reason))
    if pause.events:
        begins, ends = _is_one_of(pause.events), _is_one_of(pause.until)
        yield from _lasting(pause, order, "", begins, ends)


def _lasting(
    pause: Pause, order: OrderFacts, reason: str, begins: _Test, ends: _Test
) -> Iterator[Hold]:
    """From what begins a pause to what ends it; a repetition while it lasts says nothing new."""
    hold: Hold | None = None
    for event in order.timeline.events:
        at = us_of(event.occurred_at)
        if hold is not None and not hold.covers(at):  # it has lasted as long as it may
            yield hold
            hold = None
        if hold is None:
            if begins(event) and _fits(pause, order, event):
                hold = _begun(pause, reason or event.kind, event, at)
        elif ends(event):
            yield replace(hold, ends=at, ended_by=event)
            hold = None
    if hold is not None:
        yield hold


def _begun(pause: Pause, reason: str, event: OrderEvent, at: int) -> Hold:
    longest = pause.max_minutes
    return Hold(
        starts=at,
        ends=None if longest is None else at + longest * MINUTE,
        fault=pause.fault,
        reason=reason,
        begun_by=event,
    )


def _fits(pause: Pause, order: OrderFacts, event: OrderEvent) -> bool:
    return pause.only_if is None or pause.only_if.holds(order.named(event))


def _holds_for(reason: str) -> _Test:
    return lambda event: event.kind in HOLD_KINDS and hold_reason(event) == reason


def _releases(reason: str) -> _Test:
    freed_by = _RELEASED_BY.get(reason)
    return lambda event: (
        event.kind == freed_by
        or (event.kind == "order_released" and hold_reason(event) in ("", reason))
    )


def _is_one_of(kinds: tuple[str, ...]) -> _Test:
    return lambda event: event.kind in kinds


def _merged(holds: list[Hold]) -> Iterator[Hold]:
    free_from: int | None = None
    for hold in holds:
        starts = hold.starts if free_from is None else max(hold.starts, free_from)
        if hold.ends is not None and hold.ends <= starts:
            continue
        yield hold if starts == hold.starts else replace(hold, starts=starts)
        if hold.ends is None:
            return
        free_from = hold.ends

"""Finds the stretches in which a promise does not count: holds, and events outside our reach.

Must not compute deadlines. Overlapping holds are one stretch: no minute is left out twice.
"""

from collections.abc import Iterator
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
    found = [
        _capped(hold, pause)
        for pause in rule.pauses
        for hold in (*_by_reason(pause, order), *_by_event(pause, order))
    ]
    found.sort(key=lambda hold: (hold.starts, hold.begun_by.source, hold.begun_by.event_id))
    return tuple(_merged(found))


def hold_reason(event: OrderEvent) -> str:
    """The reason that an event states or means for a hold, in our words."""
    stated = str(event.payload.get("hold", "")).lower()
    return REASONS.get(stated, stated) or _IMPLIED.get(event.kind, "")


def _by_reason(pause: Pause, order: OrderFacts) -> Iterator[Hold]:
    for reason in pause.holds:
        begun: OrderEvent | None = None
        for event in order.timeline.events:
            if begun is None:
                if event.kind in HOLD_KINDS and hold_reason(event) == reason:
                    begun = event if _fits(pause, order, event) else None
            elif _releases(event, reason):
                yield _hold(pause, reason, begun, event)
                begun = None
        if begun is not None:
            yield _hold(pause, reason, begun, None)


def _by_event(pause: Pause, order: OrderFacts) -> Iterator[Hold]:
    if not pause.events:
        return
    begun: OrderEvent | None = None
    for event in order.timeline.events:
        if begun is None:
            if event.kind in pause.events and _fits(pause, order, event):
                begun = event
        elif event.kind in pause.until:
            yield _hold(pause, begun.kind, begun, event)
            begun = None
    if begun is not None:
        yield _hold(pause, begun.kind, begun, None)


def _fits(pause: Pause, order: OrderFacts, event: OrderEvent) -> bool:
    return pause.only_if is None or pause.only_if.holds(order.named(event))


def _releases(event: OrderEvent, reason: str) -> bool:
    if event.kind == "order_released":
        return hold_reason(event) in ("", reason)
    return event.kind == _RELEASED_BY.get(reason)


def _hold(pause: Pause, reason: str, begun: OrderEvent, ended: OrderEvent | None) -> Hold:
    return Hold(
        starts=us_of(begun.occurred_at),
        ends=us_of(ended.occurred_at) if ended else None,
        fault=pause.fault,
        reason=reason,
        begun_by=begun,
        ended_by=ended,
    )


def _capped(hold: Hold, pause: Pause) -> Hold:
    """No longer than the pause may last."""
    if pause.max_minutes is None:
        return hold
    return hold.cut(hold.starts + pause.max_minutes * MINUTE)


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

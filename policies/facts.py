"""What is known of an order: dated facts, and the timeline they make.

Must not judge anything and must not know where facts are stored.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

ALIASES = {
    "ship_label_printed": "label_created",
    "label.created": "label_created",
    "picked_up": "carrier_picked_up",
    "shipment_dispatched": "carrier_picked_up",
    "carrier.scan": "carrier_scan",
    "order_delivered": "delivered",
    "order.created": "order_created",
    "order.received": "order_created",
    "order.paid": "order_paid",
    "order.edited": "order_edited",
    "order.cancelled": "order_cancelled",
    "order.held": "order_held",
    "order.released": "order_released",
    "pick.started": "pick_started",
    "pick.done": "pick_completed",
    "packed": "pack_completed",
}
"""Names that sources and policies use for the same fact (contract, "Canonical event")."""

KINDS = frozenset(
    {
        "order_created",
        "order_paid",
        "order_edited",
        "order_cancelled",
        "order_held",
        "order_released",
        "allocated",
        "pick_started",
        "pick_completed",
        "pack_started",
        "pack_completed",
        "label_created",
        "label_voided",
        "manifested",
        "staged",
        "carrier_picked_up",
        "carrier_scan",
        "in_transit",
        "out_for_delivery",
        "delivery_attempted",
        "delivered",
        "order_fulfilled",
        "stock_short",
        "payment_failed",
        "address_invalid",
        "address_corrected",
        "package_damaged",
        "exception_reported",
        "kitting_completed",
        "return_processed",
    }
)
"""Kinds of events that the packaged policies and texts know; others may come all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent:
    """One dated fact about one order, as its source told it.

    `received_at` is when we heard of it, None where that is not known: then it counts as heard
    when it happened.
    """

    source: str
    event_id: str
    event_type: str
    order_id: str
    occurred_at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)
    correlation_id: str | None = None
    received_at: datetime | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Refuses a naive time: it would be judged in the wrong zone."""
        if self.occurred_at.tzinfo is None:
            message = f"occurred_at of event {self.event_id} needs an offset"
            raise ValueError(message)

    @property
    def kind(self) -> str:
        """The event type with aliases resolved, as policies name it."""
        return ALIASES.get(self.event_type, self.event_type)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """An order's events in the order in which they happened.

    `firsts` has the place of the first event of each kind, because every rule asks for it.
    """

    order_id: str
    events: tuple[OrderEvent, ...]
    firsts: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Notes where each kind comes first."""
        firsts: dict[str, int] = {}
        for place, event in enumerate(self.events):
            firsts.setdefault(event.kind, place)
        object.__setattr__(self, "firsts", firsts)

    def first(self, kinds: Iterable[str]) -> OrderEvent | None:
        """The earliest event of any of these kinds."""
        earliest: int | None = None
        for kind in kinds:
            place = self.firsts.get(kind)
            if place is not None and (earliest is None or place < earliest):
                earliest = place
        return None if earliest is None else self.events[earliest]

    def until(self, moment: datetime) -> "Timeline":
        """The same timeline as if nothing after `moment` had been heard of."""
        if not self.events or self.events[-1].occurred_at <= moment:
            return self
        known = tuple(event for event in self.events if event.occurred_at <= moment)
        return Timeline(order_id=self.order_id, events=known)

    def facts(self) -> dict[str, Any]:
        """What the events' payloads state, the latest value of each key."""
        merged: dict[str, Any] = {}
        for event in self.events:
            stated = event.payload
            if None in stated.values():
                stated = {key: value for key, value in stated.items() if value is not None}
            merged.update(stated)
        return merged

    def first_stated(self, key: str) -> Any:  # noqa: ANN401 - payload values are JSON
        """The first value that any event's payload states for `key`, or None."""
        stated = (event.payload.get(key) for event in self.events if event.payload)
        return next((value for value in stated if value is not None), None)

    def known(self, key: str) -> Any:  # noqa: ANN401 - payload values are JSON
        """The latest value that any event's payload states for `key`, or None."""
        for event in reversed(self.events):
            value = event.payload.get(key)
            if value is not None:
                return value
        return None


def timeline_of(order_id: str, events: Iterable[OrderEvent]) -> Timeline:
    """Puts events in order of occurrence; repetitions count once, arrival does not matter.

    Of an event that was told several times the earliest counts, as heard the first time. Ties in
    time are broken by source and event id, so that every arrival order of the same events gives
    the same timeline.
    """
    unique: dict[tuple[str, str], OrderEvent] = {}
    for event in sorted(events, key=_position):
        key = (event.source, event.event_id)
        known = unique.setdefault(key, event)
        if known is not event:
            unique[key] = min(known, event, key=_rank)
    return Timeline(order_id=order_id, events=_each_once(tuple(unique.values())))


def _each_once(events: tuple[OrderEvent, ...]) -> tuple[OrderEvent, ...]:
    """A scan that was told under one name of the order, and again under another, counts once.

    A tracker makes its ids of the order that it knows; once that is noted, all is told again.
    """
    if len({event.order_id for event in events}) <= 1:
        return events
    told_of: dict[tuple[object, ...], str] = {}
    return tuple(
        event
        for event in events
        if (scan := _scan(event)) is None
        or told_of.setdefault(scan, event.order_id) == event.order_id
    )


def _scan(event: OrderEvent) -> tuple[object, ...] | None:
    """What makes a scan the same one; None of what is no scan."""
    number, status = (event.payload.get(key) for key in ("tracking_number", "carrier_status"))
    if not isinstance(number, str) or not isinstance(status, str):
        return None
    return (event.source, event.event_type, event.occurred_at, number, status)


def _position(event: OrderEvent) -> tuple[datetime, str, str, str]:
    return (event.occurred_at, event.source, event.event_id, event.event_type)


def _rank(event: OrderEvent) -> tuple[object, ...]:
    """Which of several tellings of one event counts: of equal ones that which was heard first."""
    content = json.dumps(event.payload, sort_keys=True, default=str)
    heard = event.received_at or event.occurred_at
    return (*_position(event), content, heard, event.correlation_id or "")

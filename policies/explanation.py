"""Decides what can be said about an exception, with an event behind every claim.

Must not word it: prompts/explanation.py has the sentences. Must not quote free text of payloads.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from policies.clock import Clock
from policies.facts import OrderEvent, Timeline
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
    the start. `others_late` and `others_waiting` leave this order out and are at most MANY,
    which then means: or more.
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
    gap: Gap | None
    delay_minutes: float
    others_late: int
    others_waiting: int

    @property
    def cause(self) -> str | None:
        """The kind of the latest recorded cause."""
        return CAUSES[self.causes[-1].kind] if self.causes else None

    @property
    def receipts(self) -> tuple[OrderEvent, ...]:
        """Every event that a sentence rests on, once, in time order."""
        named = [self.start, *self.causes, self.last, self.stop, self.called_off]
        if self.gap:
            named += [self.gap.after, self.gap.before]
        unique = {(e.source, e.event_id): e for e in named if e is not None}
        return tuple(sorted(unique.values(), key=lambda e: (e.occurred_at, e.event_id)))


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
        causes=tuple(event for event in between if event.kind in CAUSES),
        gap=_longest_gap(clock.start_event, between, stop),
        delay_minutes=clock.delay_minutes,
        others_late=min(MANY, max(0, peers.breached - int(still_waits))),
        others_waiting=min(MANY, peers.running),
    )


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

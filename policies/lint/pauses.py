"""Looks at pauses: whether they begin, and whether they end. Must not find holds in orders."""

from collections.abc import Iterator

from policies.lint.check import Check, RuleCheck, Spot
from policies.lint.draft import Draft, Written
from policies.lint.event_names import nearest
from policies.lint.finding import Level
from policies.pauses import REASONS
from policies.reasons import Fault

HOLDS = (
    *sorted(set(REASONS.values())),
    "client_request",
    "awaiting_return_items",
    "online_store_post_purchase_cross_sell",
    "unknown_delivery_date",
    "other",
)
"""Reasons that shops and warehouses are known to state for a hold, in our words."""


def without_end(_draft: Draft, written: Written) -> Iterator[Spot]:
    """A pause that begins with an event and that nothing ends."""
    for place, pause in enumerate(written.rule.pauses):
        if pause.events and not pause.until and pause.max_minutes is None:
            message = f"nothing ends the pause that {' or '.join(pause.events)} begins"
            remedy = "Add `until: [the event that ends it]`, or the longest it may last: `max: 48h`"
            yield Spot(message, remedy, ("pause", place))


def unknown_holds(_draft: Draft, written: Written) -> Iterator[Spot]:
    """Hold reasons that no event of ours states."""
    for place, pause in enumerate(written.rule.pauses):
        for reason in pause.holds:
            if reason not in HOLDS:
                yield Spot(
                    f"no event that we know states the hold {reason}",
                    _other_hold(reason),
                    ("pause", place, "hold"),
                )


def own_fault(_draft: Draft, written: Written) -> Iterator[Spot]:
    """A pause that stops a promise to others through a fault of ours."""
    for place, pause in enumerate(written.rule.pauses):
        if pause.fault is Fault.THREE_PL:
            message = "the clock stands still through a fault of your own warehouse"
            remedy = "Say whose fault it is (client, carrier, none), or remove the pause"
            yield Spot(message, remedy, ("pause", place, "fault"))


def _other_hold(reason: str) -> str:
    ours = REASONS.get(reason) or nearest(reason, HOLDS)
    proposal = f"Write {ours}. " if ours else ""
    return f"{proposal}Known are {', '.join(HOLDS[:5])}; keep another only if your system states it"


CHECKS: tuple[Check, ...] = (
    RuleCheck("pause-without-end", Level.ERROR, without_end),
    RuleCheck("unknown-hold", Level.WARNING, unknown_holds),
    RuleCheck("pause-by-own-fault", Level.NOTE, own_fault),
)

"""Looks at what starts, stops and calls off a clock. Must not run one."""

from collections.abc import Iterable, Iterator

from policies.lint.check import Check, RuleCheck, Spot
from policies.lint.draft import Draft, Written
from policies.lint.finding import Level

_USUAL = (
    ("order_created", "order_paid"),
    ("pick_started",),
    ("pick_completed",),
    ("pack_started",),
    ("pack_completed",),
    ("manifested", "staged"),
    ("carrier_picked_up",),
    ("carrier_scan", "in_transit"),
    ("out_for_delivery",),
    ("delivered",),
    ("return_processed",),
)
_PLACE = {kind: place for place, kinds in enumerate(_USUAL) for kind in kinds}
"""Where a kind of event usually comes in an order's life; others may come anywhere."""


def start_is_stop(_draft: Draft, written: Written) -> Iterator[Spot]:
    """A clock whose starting event stops it at once, also where facts or aliases hide that."""
    rule = written.rule
    same_if = rule.stop_if is None or rule.stop_if == rule.start_if
    if rule.start and not rule.repeat and same_if and set(rule.start) <= set(rule.stop):
        message = f"{_words(rule.start)} starts the clock and stops it in the same moment"
        remedy = "Name another stop event, or write `repeat: each` for a watchdog"
        yield Spot(message, remedy, ("stop",))


def start_cancels(_draft: Draft, written: Written) -> Iterator[Spot]:
    """A clock that its own start calls off."""
    rule = written.rule
    stops_first = set(rule.start) & set(rule.stop)
    if rule.start and not stops_first and not rule.repeat and set(rule.start) <= set(rule.cancel):
        message = f"{_words(rule.start)} starts the clock and calls it off in the same moment"
        remedy = "Write a `cancel` without it: unless you do, order_cancelled and delivered cancel"
        yield Spot(message, remedy, ("cancel",))


def stop_before_start(_draft: Draft, written: Written) -> Iterator[Spot]:
    """A stop that usually happens before the start: the two may have been swapped."""
    rule = written.rule
    starts, stops = _places(rule.start), _places(rule.stop)
    if starts and stops and max(stops) < min(starts):
        message = (
            f"{_words(rule.stop)} usually happens before {_words(rule.start)}, "
            "so the promise is kept before it begins"
        )
        yield Spot(message, "Swap start and stop if they were mixed up", ("stop",))


def called_off_before_stop(_draft: Draft, written: Written) -> Iterator[Spot]:
    """A clock that is usually called off before its stop can come."""
    rule = written.rule
    stops, calling_off = _places(rule.stop), [k for k in rule.cancel if k in _PLACE]
    earlier = [kind for kind in calling_off if stops and _PLACE[kind] < min(stops)]
    if earlier and not set(earlier) <= set(rule.start):
        message = f"{_words(earlier)} calls the clock off before {_words(rule.stop)} can come"
        remedy = "Write `cancel: [order_cancelled]`, so that nothing else ends it early"
        yield Spot(message, remedy, ("cancel",))


def stop_among_cancels(draft: Draft, written: Written) -> Iterator[Spot]:
    """A stop event that was listed under `cancel`, too, where it does nothing."""
    listed = draft.text(*written.steps, "cancel")
    both = [kind for kind in written.rule.stop if kind in listed]
    if both:
        message = f"{_words(both)} stops the clock, so listing it under `cancel` does nothing"
        yield Spot(message, f"Take {_words(both)} out of `cancel`", ("cancel",))


def endless_watchdog(_draft: Draft, written: Written) -> Iterator[Spot]:
    """A repeating clock that goes on after delivery."""
    rule = written.rule
    if rule.repeat and "delivered" not in (*rule.stop, *rule.cancel):
        message = "nothing ends this watchdog once the order is delivered: its last clock breaches"
        yield Spot(message, "Write `cancel: [order_cancelled, delivered]`", ("cancel",))


def _places(kinds: tuple[str, ...]) -> list[int]:
    """Their places in an order's life; none where one of them may come anywhere."""
    found = [_PLACE[kind] for kind in kinds if kind in _PLACE]
    return found if len(found) == len(kinds) else []


def _words(kinds: Iterable[str]) -> str:
    return " or ".join(kinds)


CHECKS: tuple[Check, ...] = (
    RuleCheck("start-is-stop", Level.ERROR, start_is_stop),
    RuleCheck("start-cancels", Level.ERROR, start_cancels),
    RuleCheck("stop-before-start", Level.WARNING, stop_before_start),
    RuleCheck("cancelled-before-stop", Level.WARNING, called_off_before_stop),
    RuleCheck("stop-among-cancels", Level.NOTE, stop_among_cancels),
    RuleCheck("endless-watchdog", Level.WARNING, endless_watchdog),
)

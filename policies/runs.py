"""Finds what of an order a rule times: the whole, each shipment, or from each start on.

Must not know deadlines.
"""

from collections.abc import Iterable, Iterator

from policies.clock import Run
from policies.condition import Condition
from policies.facts import OrderEvent
from policies.order_facts import OrderFacts, part_of
from policies.promise import SlaRule
from policies.shipments import shipments_in


def runs_of(rule: SlaRule, order: OrderFacts) -> Iterable[Run]:
    """The runs of a rule, in the order in which they are counted; none without a start."""
    if rule.problem:
        return _episodes(rule, order)
    if rule.repeat:
        return _repeated(rule, order)
    if rule.split == "each":
        return _each(rule, order)
    if rule.split == "all":
        return _all(rule, order)
    run = _run(rule, order)
    return () if run is None else (run,)


def _run(rule: SlaRule, order: OrderFacts, subject: str = "") -> Run | None:
    start = _start(rule, order)
    if start is None:
        return None
    stop = _first(order, rule.stop, rule.stop_if)
    return Run(start, stop, order.timeline.first(rule.cancel), order, subject)


def _start(rule: SlaRule, order: OrderFacts) -> OrderEvent | None:
    if rule.start:
        return _first(order, rule.start, rule.start_if)
    return order.timeline.events[0] if order.timeline.events else None


def _first(
    order: OrderFacts, kinds: tuple[str, ...], condition: Condition | None
) -> OrderEvent | None:
    if condition is None:
        return order.timeline.first(kinds)
    events = order.timeline.events
    return next((event for event in events if _is(event, order, kinds, condition)), None)


def _is(
    event: OrderEvent, order: OrderFacts, kinds: tuple[str, ...], condition: Condition | None
) -> bool:
    return event.kind in kinds and (condition is None or condition.holds(order.named(event)))


def _episodes(rule: SlaRule, order: OrderFacts) -> Iterator[Run]:
    """From the time a problem was said often enough until something mends it; then anew.

    The first is that of the whole order, the others are numbered.
    """
    said: list[OrderEvent] = []
    number = 1
    for event in order.timeline.events:
        if _is(event, order, rule.start, rule.start_if):
            said.append(event)
        elif len(said) >= rule.times and (
            event.kind in rule.cancel or _is(event, order, rule.stop, rule.stop_if)
        ):
            yield _episode(rule, order, said, event, number)
            said, number = [], number + 1
    if len(said) >= rule.times:
        yield _episode(rule, order, said, None, number)


def _episode(
    rule: SlaRule, order: OrderFacts, said: list[OrderEvent], end: OrderEvent | None, number: int
) -> Run:
    mended = end is not None and end.kind not in rule.cancel
    return Run(
        said[rule.times - 1],
        end if mended else None,
        None if mended else end,
        order,
        "" if number == 1 else str(number),
        len(said),
    )


def _repeated(rule: SlaRule, order: OrderFacts) -> Iterator[Run]:
    """Every start runs until the next event that starts or stops it."""
    events = order.timeline.events
    starts = [_is(event, order, rule.start, rule.start_if) for event in events]
    ends = [
        begins or _is(event, order, rule.stop, rule.stop_if)
        for begins, event in zip(starts, events, strict=True)
    ]
    for place, event in enumerate(events):
        if starts[place]:
            later = range(place + 1, len(events))
            stop = next((events[n] for n in later if ends[n]), None)
            cancel = next((events[n] for n in later if events[n].kind in rule.cancel), None)
            yield Run(event, stop, cancel, order, f"{event.source}:{event.event_id}")


def _each(rule: SlaRule, order: OrderFacts) -> Iterator[Run]:
    """A clock for each shipment, by what is known of that one."""
    for subject, timeline in shipments_in(order.timeline).items():
        run = _run(rule, part_of(order, timeline), subject)
        if run is not None:
            yield run


def _all(rule: SlaRule, order: OrderFacts) -> Iterator[Run]:
    """One clock that stops with the last shipment; it is called off when all of them are."""
    whole = _run(rule, order)
    if whole is None:
        return
    parts = [
        Run(
            whole.start,
            _first(part, rule.stop, rule.stop_if),
            part.timeline.first(rule.cancel),
            part,
        )
        for timeline in shipments_in(order.timeline).values()
        for part in [part_of(order, timeline)]
    ]
    going_on = any(part.end is None for part in parts)
    stops = [part.stop for part in parts if not part.called_off]
    yield whole._replace(
        stop=None if going_on else _last(stops),
        cancel=None if going_on or stops else _last([part.cancel for part in parts]),
    )


def _last(events: Iterable[OrderEvent | None]) -> OrderEvent | None:
    found = (event for event in events if event is not None)
    return max(found, key=lambda event: event.occurred_at, default=None)

"""Answers how an order stands to what was promised: judged by the engine, both sides cited.

Must not let a text decide: the verdict, the minutes and the credit come from the rules.
"""

from dataclasses import dataclass

from jobs.answer_records import Records
from jobs.asking import Asking
from jobs.cite import Cited
from jobs.show import show_order
from jobs.views import Answer, OrderView
from policies.clock import Clock
from policies.durations import duration
from policies.in_words import rule_in_words
from policies.money.at_risk import credit_for
from policies.money.cents import money
from policies.promise import SlaRule
from policies.questions.route import Route
from policies.questions.told import at_clock
from policies.reasons import ClockKind, ClockState

_MOST = 6
_WORST_FIRST = (
    ClockState.BREACHED,
    ClockState.PAUSED,
    ClockState.RUNNING,
    ClockState.MET,
    ClockState.CANCELLED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A clock with the order that it runs on."""

    clock: Clock
    view: OrderView


async def covered(records: Records, asking: Asking) -> Answer:
    """Which promises hold for the named orders, which are broken, and what that gives back."""
    views = [*records.orders]
    wanted: set[str] = set()
    for one in records.exceptions:
        ids = [one.record.tenant_id]
        found = await show_order(
            one.record.order_id,
            ids,
            storage=asking.storage,
            promises=asking.promises,
            now=asking.now,
        )
        views += found
        wanted.add(one.record.sla_id)
    cited = Cited()
    lines = [line for view in views for line in _of_order(view, wanted, asking, cited)]
    return Answer(
        text="\n".join(lines),
        citations=cited.all,
        route=Route.COVERED,
        refused=False,
        now=asking.now,
    )


def _of_order(view: OrderView, wanted: set[str], asking: Asking, cited: Cited) -> list[str]:
    """The verdict first, then a line for each promise."""
    clocks = [one for one in view.clocks if not wanted or one.rule.sla_id in wanted]
    clocks = [one for one in clocks if one.rule.kind is not ClockKind.PROBLEM] or clocks
    if not clocks:
        last = view.events[-1] if view.events else None
        mark = f" {cited.mark(f'event:{last.event_id}', last.event_id)}" if last else ""
        return [f"No promise has begun for {view.order_id} yet{mark}."]
    broken = [one for one in clocks if one.state is ClockState.BREACHED]
    ordered = sorted(clocks, key=lambda one: (_WORST_FIRST.index(one.state), one.deadline_at))
    head = (
        f"{view.order_id} broke {len(broken)} of {_promises(len(clocks))} that hold for it:"
        if broken
        else f"{view.order_id} broke none of {_promises(len(clocks))} that hold for it:"
    )
    lines = [_line(_Judged(clock=one, view=view), asking, cited) for one in ordered[:_MOST]]
    more = len(ordered) - _MOST
    return [head, *lines, *([f"and {more} more"] if more > 0 else [])]


def _promises(count: int) -> str:
    return "the 1 promise" if count == 1 else f"the {count} promises"


def _line(judged: _Judged, asking: Asking, cited: Cited) -> str:
    clock, rule = judged.clock, judged.clock.rule
    begun = clock.start_event
    marks = [_rule_mark(rule, cited), cited.mark(f"event:{begun.event_id}", _told(begun.event_id))]
    if clock.stop_event is not None:
        stop = clock.stop_event.event_id
        marks.append(cited.mark(f"event:{stop}", _told(stop)))
    records = [one for one in judged.view.records if one.sla_id == rule.sla_id]
    marks += [cited.exception(one) for one in records[:1]]
    credit = _credit(judged) if clock.state is ClockState.BREACHED else ""
    return f"{rule.promise}: {_verdict(clock, asking)}{credit} {''.join(marks)}"


def _told(event_id: str) -> str:
    return f"event {event_id}"


def _rule_mark(rule: SlaRule, cited: Cited) -> str:
    since = f", in force since {rule.valid_from:%Y-%m-%d}" if rule.valid_from else ""
    return cited.mark(
        f"rule:{rule.sla_id}", f"promise {rule.sla_id}, version {rule.version}{since}"
    )


def _verdict(clock: Clock, asking: Asking) -> str:
    due = f"due {at_clock(clock.deadline_at, asking.zone, '%a %d %b %H:%M')}"
    if clock.state is ClockState.BREACHED:
        still = "" if clock.stop_event else " and still open"
        return f"broken, {due}, {duration(clock.delay_minutes)} over{still}"
    if clock.state is ClockState.MET:
        return f"kept, {due}"
    if clock.state is ClockState.CANCELLED:
        return "called off"
    left = (clock.deadline_at - asking.now).total_seconds() / 60
    held = " (standing still)" if clock.state is ClockState.PAUSED else ""
    return f"running{held}, {due}, {duration(max(0.0, left))} left"


def _credit(judged: _Judged) -> str:
    """What the contract gives back for the breach, or why it gives nothing."""
    rule, clock = judged.clock.rule, judged.clock
    if clock.excluded:
        return "; no credit: the breach is excluded by the promise"
    if rule.remedy is None or rule.remedy.credit is None:
        return "; the promise names no credit"
    facts = _facts(judged)
    cents = credit_for(rule, facts)
    said = next((one for one in rule_in_words(rule) if one.startswith("Credit: ")), "")
    if cents is None:
        return f"; credit by the promise: {said.removeprefix('Credit: ')}"
    return f"; credit {money(cents)} ({said.removeprefix('Credit: ')})"


def _facts(judged: _Judged) -> dict[str, object]:
    """What the order's events state, the latest last; an exception's facts hold the same."""
    stated: dict[str, object] = {}
    for event in judged.view.events:
        stated |= event.payload
    return stated

"""Draws what another duration of a promise would have meant for stored orders. Must not judge."""

from handlers.blocks.elements import Block, context, message, section
from handlers.blocks.text import counted, data, joined, moment
from jobs.ports.slack import Message
from jobs.show_policy import TriedView
from policies.backtesting.report import Counts, Example, Report, RuleChange
from policies.clock import Clock
from policies.durations import duration
from policies.money.cents import money

_MOST_EXAMPLES = 5


def tried(view: TriedView, wanted: str) -> Message:
    """How the promise was kept and how it would have been, who is concerned, and the money."""
    report = view.report
    title = f"What if {data(view.sla_id, 64)} were {data(wanted, 12)}?"
    span = f"{data(view.tenant.name, 60)}, {_days(view.days)}, {counted(report.orders, 'order')}"
    change = next((rule for rule in report.rules if rule.sla_id == view.sla_id), None)
    if change is None or change.new is None or not change.new.clocks:
        return message(title, [section(f"*{title}*", span, "It ran on none of them.")])
    body = [
        section(f"*{title}*", span),
        section(_kept("as it is", change.old), _kept(wanted, change.new), _difference(change)),
        _examples(change),
        context(joined(_credits(report), _cut(report), "nothing was changed")),
    ]
    return message(title, [block for block in body if block])


def _days(days: int) -> str:
    return f"the last {days} days" if days > 1 else "the last day"


def _kept(label: str, counts: Counts | None) -> str | None:
    if counts is None:
        return None
    ended = counts.met + counts.breached
    share = f" ({100 * counts.met / ended:.1f} % in time)" if ended else ""
    running = counts.running + counts.paused
    still = f", {running} still running" if running else ""
    return f"`{data(label, 12)}` *{counts.breached} late* of {ended}{share}{still}"


def _difference(change: RuleChange) -> str:
    if not change.newly_breached and not change.saved:
        return "It makes no difference."
    return joined(
        f"*{change.newly_breached} newly late*" if change.newly_breached else None,
        f"*{change.saved} no longer late*" if change.saved else None,
    )


def _examples(change: RuleChange) -> Block | None:
    shown = [
        *((one, one.new) for one in change.newly_breached_examples),
        *((one, one.old) for one in change.saved_examples),
    ][:_MOST_EXAMPLES]
    lines = [_example(one, late) for one, late in shown if late is not None]
    return section("*For example*", *lines) if lines else None


def _example(one: Example, late: Clock) -> str:
    """Due as on the card: in the reader's own time."""
    was = "would be" if late is one.new else "was"
    due = moment(late.deadline_at)
    return f"{data(one.order_id, 60)} {was} {duration(late.delay_minutes)} late, due {due}"


def _credits(report: Report) -> str | None:
    found = report.money
    if found is None or found.new.due_cents == found.old.due_cents:
        return None
    new, old = (money(side.due_cents, found.currency) for side in (found.new, found.old))
    return f"credits {old} → {new}"


def _cut(report: Report) -> str | None:
    return None if report.complete else "only the first orders by number"

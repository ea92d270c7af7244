"""Draws how the operation stands: open work, what breaks next, what is stuck.

Must not judge: the figures come counted.
"""

from handlers.blocks.elements import Block, context, message, section
from handlers.blocks.enrichment import enrichment_block
from handlers.blocks.lists import line
from handlers.blocks.model_budget import budget_block
from handlers.blocks.risk import outlook_words
from handlers.blocks.silence import silences
from handlers.blocks.targets import targets_block
from handlers.blocks.text import counted, data, joined, moment
from handlers.blocks.wording import Names
from jobs.ports.slack import Message
from jobs.views import StatusView
from policies.durations import duration
from policies.queries import ClockRow

_MOST_AT_RISK = 10


def status(view: StatusView, names: Names = None) -> Message:
    """Open work by severity, targets, silent sources, at risk, dead letters."""
    clients = ", ".join(data(tenant.name, 40) for tenant in view.tenants[:10])
    total = sum(count for _, count in view.active_by_severity)
    title = f"{counted(total, 'exception')} open for {clients}"
    blocks = [
        section(f"*{title}*", tiles(view)),
        targets_block(view.targets),
        silences(view.silent, view.now),
        at_risk(view),
        _oldest(view, names),
        enrichment_block(view.enrichment),
        budget_block(view.budgets),
    ]
    shown = [block for block in blocks if block]
    return message(title, [*shown, context(f"as of {moment(view.now)}")])


def tiles(view: StatusView) -> str:
    """The counts in one line."""
    counts = [f"{count} {data(name)}" for name, count in view.active_by_severity if count]
    letters = counted(view.dead_letters, "dead letter") if view.dead_letters else None
    return joined(
        *(counts or ["nothing open"]),
        f"{view.unowned} without owner",
        f"{view.snoozed} snoozed" if view.snoozed else None,
        f"{view.held} held" if view.held else None,
        letters,
    )


def at_risk(view: StatusView) -> Block | None:
    """What breaks next, soonest first."""
    if not view.at_risk:
        return section("*At risk*", "No running promise is close to its deadline.")
    soonest = sorted(view.at_risk, key=lambda row: row.deadline_at)[:_MOST_AT_RISK]
    return section("*At risk, soonest first*", *(_running(row, view) for row in soonest))


def _running(row: ClockRow, view: StatusView) -> str:
    left = (row.deadline_at - view.now).total_seconds() / 60
    outlook = view.outlooks.get((row.tenant_id, row.order_id, row.sla_id, row.subject))
    return joined(
        data(row.order_id, 60),
        data(row.sla_id.replace("_", " "), 64),
        f"{duration(max(0.0, left))} left",
        outlook_words(outlook, view.now) if outlook else None,
    )


def _oldest(view: StatusView, names: Names) -> Block | None:
    if view.oldest is None:
        return None
    return section("*Oldest*", line(view.oldest, view.now, names=names))

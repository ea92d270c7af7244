"""Draws that a source has fallen silent, or speaks again: a few words, nothing to press.

Must not look anything up.
"""

from collections.abc import Sequence
from datetime import datetime

from handlers.blocks.elements import Block, message, section
from handlers.blocks.text import data, joined, moment
from jobs.ports.slack import Message
from jobs.views import SilenceView
from policies.durations import duration

_MOST = 8
_LOOKED_AT = "What came due meanwhile is looked at again now, and once more in 10 min."


def silence(view: SilenceView) -> Message:
    """The notice: how long, how long is usual, and what it means for promises."""
    name = f"{data(view.source, 40)} · {data(view.tenant.name, 60)}"
    if view.ended_at is not None:
        lasted = _minutes(view.since, view.ended_at)
        text = f"{name}: speaks again after {lasted}"
        return message(text, [section(f"*Source speaks again* · {text}", _LOOKED_AT)])
    text = f"{name}: silent for {_minutes(view.since, view.reported_at)}, {_usual(view)}"
    return message(text, [section(f"*Source silent* · {text}", _waiting(view))])


def silences(views: Sequence[SilenceView], now: datetime) -> Block | None:
    """A line for each source that is silent just now."""
    if not views:
        return None
    lines = [
        joined(
            f"{data(view.source, 40)} of {data(view.tenant.name, 60)}",
            f"{_minutes(view.since, now)}, {_usual(view)}, since {moment(view.since)}",
            _waiters(view),
        )
        for view in views[:_MOST]
    ]
    return section("*Silent sources*", *lines)


def _usual(view: SilenceView) -> str:
    return f"usual is every {duration(max(1.0, round(view.usual_minutes)))}"


def _waiting(view: SilenceView) -> str:
    if not view.waiting:
        return "No clock waits for it alone."
    return f"{_waiters(view)}. What comes due shows no data instead of late."


def _waiters(view: SilenceView) -> str | None:
    waits = "clock waits for it" if view.waiting == 1 else "clocks wait for it"
    return f"{view.waiting:,} {waits}" if view.waiting else None


def _minutes(since: datetime, until: datetime) -> str:
    return duration((until - since).total_seconds() / 60)

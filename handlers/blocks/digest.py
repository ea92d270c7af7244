"""Draws the daily digest: each client in a few lines, what waits longest by number.

Must not look anything up.
"""

from collections.abc import Sequence

from handlers.blocks.elements import Block, header, message, section
from handlers.blocks.targets import tile
from handlers.blocks.text import counted, data
from jobs.ports.slack import Message
from jobs.views import DigestView
from policies.durations import duration
from policies.records import ExceptionRecord

_MOST, _MOST_TARGETS = 40, 6


def digest(views: Sequence[DigestView]) -> Message:
    """The morning message of a channel; a quiet day is said to be one."""
    waiting = sum(count for view in views for _, count in view.active_by_severity)
    text = f"Good morning. {counted(waiting, 'exception')} open."
    blocks: list[Block] = [header("The last 24 hours")]
    blocks += [_client(view) for view in views[:_MOST]]
    return message(text, blocks)


def _client(view: DigestView) -> Block:
    name = f"*{data(view.tenant.name, 60)}*: {view.opened} opened, {view.settled} settled"
    targets = "; ".join(tile(one) for one in view.targets[:_MOST_TARGETS])
    kept = f"Targets: {targets}" if targets else None
    if not view.active_by_severity:
        return section(name, kept, "Nothing is open.")
    counts = ", ".join(f"{count} {severity}" for severity, count in view.active_by_severity)
    unowned = f", {view.unowned} without an owner" if view.unowned else ""
    held = f", {view.held} held in quiet hours" if view.held else ""
    oldest = "; ".join(_line(record, view) for record in view.oldest)
    return section(name, kept, f"Open: {counts}{unowned}{held}", f"Longest: {oldest}")


def _line(record: ExceptionRecord, view: DigestView) -> str:
    late = duration(record.delay_at(view.now))
    return f"#{record.id} {data(record.order_id, 60)}, {late} over"

"""Draws the card of an exception: how it stands now, small enough for a phone at night.

Must not tell the story: explanation and history are in thread.py.
"""

from handlers.blocks.elements import Block, actions, button, context, message, section
from handlers.blocks.ids import Target, Verb
from handlers.blocks.promised import promise_line, stake_line
from handlers.blocks.text import data, escape, joined
from handlers.blocks.waiting import snoozed
from handlers.blocks.wording import (
    AFTER_ALL,
    COLORS,
    QUIET,
    STATUS,
    Names,
    ending,
    happened,
    lateness,
    owner,
    rule_name,
)
from jobs.ports.slack import Message
from jobs.views import ExceptionView
from policies.durations import duration
from policies.judgement import MERGED
from policies.reasons import Status
from policies.records import ExceptionRecord

_NEXT = 160
_OWNED = (Verb.ASSIGN, Verb.RESOLVE, Verb.SNOOZE, Verb.REPLAY)
BUTTONS: dict[Status, tuple[Verb, ...]] = {
    Status.OPEN: (Verb.ACKNOWLEDGE, *_OWNED),
    Status.ACKNOWLEDGED: _OWNED,
    Status.IN_PROGRESS: _OWNED,
    Status.RESOLVED: (Verb.REOPEN,),
    Status.CLOSED: (Verb.REOPEN,),
}


def card(view: ExceptionView, names: Names = None) -> Message:
    """The parent message of an alert: the present state and what can be done about it.

    The text stands above the coloured bar, so that it is the first line and the notification.
    """
    color = COLORS[view.record.severity] if view.record.active else QUIET
    return message(headline(view), [*_below(view, names), _buttons(view.record)], color)


def answer_card(view: ExceptionView, names: Names = None) -> Message:
    """The same in an answer, where the text is only the notification."""
    buttons = _buttons(view.record, draft_button(view.record))
    return message(headline(view), [*state_blocks(view, names), buttons])


def headline(view: ExceptionView) -> str:
    """The card in one line."""
    record = view.record
    over = record.delay_at(view.now)
    told = f"{happened(record)}, {lateness(record, view.now)}"
    if not record.active and record.resolution in AFTER_ALL:
        told = happened(record)
    elif record.stopped_at is not None:
        told = happened(record) + (f" by {duration(over)}" if over else "")
    begin = record.severity.value if record.active else STATUS[record.status]
    return f"*{begin} · {data(record.order_id)} · {data(view.tenant.name, 60)}* · {told}"


def state_blocks(view: ExceptionView, names: Names = None) -> list[Block]:
    """The card without its buttons, for places where nothing can be pressed."""
    return [section(headline(view)), *_below(view, names)]


def _below(view: ExceptionView, names: Names) -> list[Block]:
    """Three lines or four while it is open; once it is over what was promised is small print."""
    record = view.record
    promise = promise_line(view.kind, view.promise or f"within {duration(record.target_minutes)}")
    stake = stake_line(
        record.deadline_at, record.fault, record.facts, view.credit_cents, at_once=record.at_once
    )
    who = _who(record, names)
    if not record.active:
        return [section(who), context(joined(promise, stake, _small_print(view)))]
    return [section(promise, stake, who, _next(record)), context(_small_print(view))]


def target_of(record: ExceptionRecord) -> Target:
    """What a button about this record carries."""
    return Target(id=record.id, version=record.version)


def draft_button(record: ExceptionRecord) -> Block:
    """Opens the form of a note to the client; it changes nothing, so no version matters."""
    return button(Verb.DRAFT, Target(id=record.id, version=1))


def _next(record: ExceptionRecord) -> str | None:
    """What to do, as long as something is to be done."""
    if not record.active or record.explanation is None or not record.explanation.next_step:
        return None
    return f"*Next* {data(record.explanation.next_step, _NEXT)}"


def _who(record: ExceptionRecord, names: Names) -> str:
    held = owner(record, names)
    why = ending(record)
    if why is not None:
        noted = record.resolution_note if record.resolution != MERGED else None
        note = f"“{data(noted, 200)}”" if noted else None
        return joined(why[:1].upper() + why[1:], note, f"owner {held}" if held else None)
    owned = f"Owner: {held}" if held else "Nobody owns it yet"
    state = STATUS[record.status] if record.status is not Status.OPEN else None
    return joined(state, owned, snoozed(record), _blocked(record))


def _blocked(record: ExceptionRecord) -> str | None:
    if not record.resolution_blocked:
        return None
    reason = record.resolution_block_reason
    return f"automatic resolution blocked{': ' + data(reason, 120) if reason else ''}"


def _small_print(view: ExceptionView) -> str:
    record = view.record
    rule = rule_name(record.sla_id, record.rule_version)
    return joined(f"#{record.id}", rule, _link(view))


def _link(view: ExceptionView) -> str | None:
    """An address is made of checked parts, so that it is alive."""
    if view.order_url is None:
        return None
    return f"<{escape(view.order_url)}|open {data(view.order_place, 30)}>"


def _buttons(record: ExceptionRecord, *more: Block) -> Block:
    target = target_of(record)
    first = Verb.ACKNOWLEDGE
    return actions(
        [
            button(verb, target, style="primary" if verb is first else None)
            for verb in BUTTONS[record.status]
        ]
        + list(more)
    )

"""Draws the card of an exception: how it stands now, small enough for a phone at night.

Must not tell the story: explanation and history are in thread.py.
"""

from handlers.blocks.elements import Block, actions, button, context, message, section
from handlers.blocks.ids import Target, Verb
from handlers.blocks.text import data, joined, moment, money
from handlers.blocks.wording import (
    AFTER_ALL,
    CLOCK,
    COLORS,
    KIND,
    QUIET,
    STATUS,
    Names,
    ending,
    happened,
    lateness,
    owner,
    rule_name,
)
from jobs.ports_slack import Message
from jobs.views import ExceptionView
from policies.durations import duration
from policies.reasons import Status
from policies.records import ExceptionRecord

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
    return message(headline(view), [*state_blocks(view, names), _buttons(view.record)])


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
    return [
        section(_promise(view), _money(view.record)),
        section(_who(view.record, names)),
        _small_print(view.record),
    ]


def target_of(record: ExceptionRecord) -> Target:
    """What a button about this record carries."""
    return Target(id=record.id, version=record.version)


def _promise(view: ExceptionView) -> str:
    record = view.record
    fault = f"clock: {CLOCK[record.fault]}" if record.fault else None
    promised = data(view.promise, 140) or f"within {duration(record.target_minutes)}"
    return joined(
        f"{KIND[view.kind]} promise: {promised}", f"due {moment(record.deadline_at)}", fault
    )


def _money(record: ExceptionRecord) -> str | None:
    cents = record.facts.get("order_value_cents")
    if not isinstance(cents, int) or isinstance(cents, bool) or cents <= 0:
        return None
    return f"Order value: {money(cents)}"


def _who(record: ExceptionRecord, names: Names) -> str:
    held = owner(record, names)
    why = ending(record)
    if why is not None:
        note = f"“{data(record.resolution_note, 200)}”" if record.resolution_note else None
        ended = f"*{STATUS[record.status]}*: {why}"
        return joined(ended, note, f"owner {held}" if held else None)
    owned = f"Owner: {held}" if held else "Nobody owns it yet"
    state = STATUS[record.status] if record.status is not Status.OPEN else None
    until = record.snoozed_until
    snoozed = f"snoozed until {moment(until)}" if until else None
    return joined(state, owned, snoozed, _blocked(record))


def _blocked(record: ExceptionRecord) -> str | None:
    if not record.resolution_blocked:
        return None
    reason = record.resolution_block_reason
    return f"automatic resolution blocked{': ' + data(reason, 120) if reason else ''}"


def _small_print(record: ExceptionRecord) -> Block:
    rule = rule_name(record.sla_id, record.rule_version)
    return context(joined(f"#{record.id}", rule, f"opened {moment(record.opened_at)}"))


def _buttons(record: ExceptionRecord) -> Block:
    target = target_of(record)
    first = Verb.ACKNOWLEDGE
    return actions(
        [
            button(verb, target, style="primary" if verb is first else None)
            for verb in BUTTONS[record.status]
        ]
    )

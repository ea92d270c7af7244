"""Draws the warning before a breach as it stands, and in a line what became of it.

Must not look anything up, and must not look like a breach: that has a card of its own.
"""

from collections.abc import Callable, Mapping

from handlers.blocks.elements import Block, actions, context, message, plain_button, section, words
from handlers.blocks.ids import Verb
from handlers.blocks.order_form import encode_order
from handlers.blocks.promised import promise_line, stake_line
from handlers.blocks.risk import DO, outlook_words
from handlers.blocks.text import clock_time, data, joined, moment
from handlers.blocks.wording import COLORS, QUIET, rule_name
from jobs.ports.slack import Message
from jobs.views.warnings import WarningView
from policies.durations import duration
from policies.storms import Thread
from policies.warnings import GOING_ON, Standing

CARD = "card"


def warning(view: WarningView) -> Message:
    """The present state in a few lines while something can be done, else in one."""
    text = _told(view)
    if view.standing in GOING_ON:
        blocks = [section(*_lines(view)), context(_small_print(view)), actions([_show(view)])]
        color = QUIET if view.standing is Standing.PAUSED else COLORS[view.severity]
        return message(text, blocks, color)
    return message(text, [context(_promise(view))], QUIET)


def _told(view: WarningView) -> str:
    begin, words_of = _SAYS[view.standing]
    named = joined(begin, data(view.order_id), data(view.tenant.name, 60))
    said = words_of(view)
    return f"*{named}* · {said}" if said else f"*{named}*"


def _lines(view: WarningView) -> list[str | None]:
    running = view.standing is Standing.RUNNING
    paused = view.standing is Standing.PAUSED
    due = None if paused else view.deadline_at  # it is set anew when it goes on
    stake = stake_line(due, view.fault, view.facts, view.credit_cents)
    return [
        promise_line(view.kind, view.promise),
        stake,
        "Nobody owns it yet",
        f"*Next* {_next(view)}" if running else None,
    ]


def _next(view: WarningView) -> str:
    """Until when what is to be done; by the pace of others where that is known."""
    usual = outlook_words(view.outlook, view.now) if view.outlook else None
    if usual:
        return usual
    return f"{DO.get(view.next_kind, 'go on')} by {clock_time(view.deadline_at)}"


def _small_print(view: WarningView) -> str:
    running = view.standing is Standing.RUNNING
    why = view.outlook.reasons if view.outlook and running else ()
    return joined(f"as of {clock_time(view.now)}", *why, rule_name(view.sla_id, view.rule_version))


def _promise(view: WarningView) -> str:
    return joined(promise_line(view.kind, view.promise), f"due {moment(view.deadline_at)}")


def _show(view: WarningView) -> Block:
    shown = plain_button(Verb.ORDER, encode_order(view.order_id))
    return {**shown, "text": words("Show order", 75)}


def _running(view: WarningView) -> str:
    left = (view.deadline_at - view.now).total_seconds() / 60
    return f"{duration(max(0.0, left))} left, then {view.severity.value}"


def _paused(view: WarningView) -> str:
    why = f": {data(view.hold.replace('_', ' '), 60)}" if view.hold else ""
    return f"stands still{why}, {duration(view.left_minutes)} left when it goes on"


def _no_data(_view: WarningView) -> str:
    return "past its deadline, and whoever would tell us is silent"


def _met(view: WarningView) -> str:
    return f"{duration(view.spare_minutes)} before" if view.spare_minutes else "at the last moment"


def _broken(view: WarningView) -> str:
    link = _link(view.thread)
    return f"<{link}|see its card>" if link else "nothing was opened about it"


def _link(thread: Thread | None) -> str | None:
    """Where its card stands, or that of its storm."""
    ts = thread.part(CARD).ts if thread else None
    if thread is None or ts is None or thread.channel_id is None:
        return None
    return f"https://slack.com/archives/{thread.channel_id}/p{ts.replace('.', '')}"


def _nothing(_view: WarningView) -> str:
    return ""


_SAYS: Mapping[Standing, tuple[str, Callable[[WarningView], str]]] = {
    Standing.RUNNING: ("At risk", _running),
    Standing.PAUSED: ("On hold", _paused),
    Standing.NO_DATA: ("No data", _no_data),
    Standing.MET: ("Made it", _met),
    Standing.CURED: ("Late, but made good", _nothing),
    Standing.LATE_EVIDENCE: ("Made it", lambda _view: "we heard of it late"),
    Standing.BROKEN: ("Broken", _broken),
    Standing.CALLED_OFF: ("Called off", _nothing),
}
"""How each begins and what follows; the first words are what a phone shows."""

"""Draws what an owner is told directly: why, the exception in two lines, its link and buttons.

Must not look anything up.
"""

from handlers.blocks.card import target_of
from handlers.blocks.elements import actions, button, context, message, section
from handlers.blocks.home_rows import when
from handlers.blocks.ids import Verb
from handlers.blocks.text import data, joined
from handlers.blocks.wording import happened, lateness
from jobs.ports.slack import Message
from jobs.tell_owner import AGAIN, ASSIGNED, WORSE
from jobs.views import ExceptionView, PersonalView
from policies.money.cents import money

_VERBS = (Verb.RESOLVE, Verb.SNOOZE, Verb.SHOW)


def personal(view: PersonalView) -> Message:
    """One line says what happened; below it stands how the exception is now."""
    record = view.exception.record
    order = data(record.order_id, 60)
    text = _WORDS[view.why].format(
        order=order, who=data(view.by, 60) if view.by else "Somebody", worst=record.severity.value
    )
    target = target_of(record)
    blocks = [
        section(f"*{text}*", *_state(view.exception)),
        actions([button(verb, target) for verb in _VERBS]),
        context(joined(_link(view.exception), "Change what you are told in Home, Settings")),
    ]
    return message(f"{text}: {happened(record)}", blocks)


_WORDS = {
    ASSIGNED: "{who} gave you {order}",
    AGAIN: "{order} is open again, and it is yours",
    WORSE: "{order} is {worst} now, and it is yours",
}


def _state(view: ExceptionView) -> tuple[str, str]:
    record = view.record
    credit = f"{money(view.credit_cents)} credit" if view.credit_cents else None
    return (
        joined(happened(record), f"*{lateness(record, view.now)}*"),
        joined(
            f"`#{record.id}` {record.severity.value}",
            data(view.tenant.name, 60),
            when(record, view.now),
            credit,
        ),
    )


def _link(view: ExceptionView) -> str | None:
    """Both parts are Slack's own ids, so that the address is alive."""
    thread = view.thread
    card = thread.part("card").ts if thread else None
    if thread is None or thread.channel_id is None or card is None:
        return None
    address = f"https://slack.com/archives/{thread.channel_id}/p{card.replace('.', '')}"
    return f"<{address}|Open its thread>"

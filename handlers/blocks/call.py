"""Draws a call for help where nobody answers: what waits since when, and who is asked to take it.

Must not look anything up. Only ids that the operator wrote become mentions; all else is dead text.
"""

from collections.abc import Iterable

from handlers.blocks.elements import Block, actions, button, message, section
from handlers.blocks.ids import Target, Verb
from handlers.blocks.storm import shared_words
from handlers.blocks.text import counted, data, mention
from handlers.blocks.wording import happened, lateness
from jobs.ports.slack import Message
from jobs.views.escalation import CallView, Where
from policies.callees import GROUP
from policies.durations import duration
from policies.escalation import Phase
from policies.reasons import Severity
from policies.records import ExceptionRecord

_TO_ANSWER = (Verb.ACKNOWLEDGE, Verb.ASSIGN)
_TO_BREAK_SILENCE = (Verb.ASSIGN, Verb.RESOLVE, Verb.SNOOZE)
_FOR_ALL = (Verb.STORM_LIST, Verb.STORM_ACKNOWLEDGE)


def call(view: CallView) -> Message:
    """`30 min without an answer: HIGH SO-1042, 35 min over. @nights please acknowledge ...`."""
    said = f"{_waited(view)}: {_storm(view) if view.storm else _one(view)}. {_asked(view)}"
    card = f" <{view.link}|Open the card>" if view.link else ""
    return message(said, [section(f"{said}{card}"), actions(_buttons(view))])


def called(people: Iterable[str], groups: Iterable[str]) -> str:
    """Live mentions of user groups and people; what is no id is left out."""
    named = [f"<!subteam^{one}>" for one in groups if GROUP.match(one)]
    named += [told for one in people if (told := mention(one))]
    return " ".join(named)


def _waited(view: CallView) -> str:
    waited = duration(view.waited_minutes)
    if view.phase is Phase.ANSWER:
        return f"{waited} without an answer"
    return f"{waited} without a word from {data(view.owner, 60) if view.owner else 'its owner'}"


def _one(view: CallView) -> str:
    record = view.record
    of = "" if view.where is Where.THREAD else f" of {data(view.tenant.name, 60)}"
    told = f"{happened(record)}, {lateness(record, view.now)}"
    return f"*{record.severity.value} {data(record.order_id)}*{of}, {told}"


def _storm(view: CallView) -> str:
    """How many of how many wait, and what they have in common."""
    storm, waiting = view.storm, view.unanswered
    if storm is None:
        return ""
    worst = max((one.severity for one in waiting), key=list(Severity).index)
    orders = len({(one.tenant_id, one.order_id) for one in waiting})
    of = f"{orders:,} of {counted(storm.orders, 'order')}"
    count = counted(orders, "order") if orders == storm.orders else of
    clients = counted(len({one.tenant_id for one in waiting}), "client")
    what = "held overnight" if storm.storm.overnight else shared_words(storm.storm)
    return f"*{worst.value}, {count} of {clients}*, {what}"


def _asked(view: CallView) -> str:
    them = "them" if view.storm else "it"
    wish = f"please acknowledge or take {them}"
    if view.phase is Phase.SILENCE:
        wish = f"please look after {them}"
    named = called(view.people, view.groups)
    return f"{named} {wish}." if named else f"{wish.capitalize()}."


def _buttons(view: CallView) -> list[Block]:
    if view.storm is not None:
        target = Target(id=view.storm.storm.id, version=view.storm.storm.version)
        return [button(verb, target) for verb in _FOR_ALL]
    return [button(verb, _target(view.record)) for verb in _verbs(view)]


def _verbs(view: CallView) -> tuple[Verb, ...]:
    return _TO_ANSWER if view.phase is Phase.ANSWER else _TO_BREAK_SILENCE


def _target(record: ExceptionRecord) -> Target:
    return Target(id=record.id, version=record.version)

"""Does one intent: who may, what they may see, one job, one reply. Every surface comes here.

Must not draw or parse; must not let a text widen what a channel sees.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from handlers.blocks import notices
from handlers.blocks.help import usage
from handlers.services import Services
from handlers.slack import (
    acts,
    approvals,
    dead_letters,
    drafting,
    exports,
    policy_reads,
    reads,
    roles,
    storms,
    undoing,
)
from handlers.slack.asker import Asker, Reply
from handlers.slack.desk import Desk, Nothing, desk_for
from handlers.slack.intents import (
    ActOn,
    ActOnAll,
    Ask,
    AskApproval,
    Decide,
    DiscardLetter,
    Draft,
    Drafted,
    ExportAudit,
    GiveRole,
    Help,
    Incomplete,
    Intent,
    Later,
    ListExceptions,
    Replay,
    ReplayLetters,
    ShowAudit,
    ShowDigest,
    ShowException,
    ShowLetters,
    ShowOrder,
    ShowRoles,
    ShowStatus,
    SplitFrom,
    Subscribe,
    Undo,
    Unknown,
)
from handlers.slack.policy_intents import LintPolicy, ShowPolicy, SimulatePolicy, TryDuration
from handlers.slack.voice import Voice
from policies.permissions import READ

Outcome = tuple[Reply, str]
"""The reply, and the result's name for metrics."""


async def converse(intent: Intent, asker: Asker, services: Services, voice: Voice) -> None:
    """Does the intent and answers where it was asked."""
    await voice.say(await run(intent, asker, services))


async def run(intent: Intent, asker: Asker, services: Services) -> Reply:
    """Does the intent; the reply always says something, a refusal its reason."""
    name = verb_of(intent)
    try:
        reply, result = await _run(intent, name, asker, services)
    except Exception:
        services.observe_slack.action(name, "error")
        raise
    services.observe_slack.action(name, result)
    return reply


def verb_of(intent: Intent) -> str:
    """The verb that permission is asked for; everything that only looks is `read`."""
    if isinstance(intent, ActOn | ActOnAll):
        return intent.verb
    return _VERBS.get(type(intent), READ)


_VERBS: dict[type[Any], str] = {
    Undo: "undo",
    Draft: "draft",
    Drafted: "draft",
    Replay: "replay",
    SplitFrom: "split",
    ReplayLetters: "replay",
    DiscardLetter: "discard",
    Ask: "ask",
    ExportAudit: "export",
    Subscribe: "subscribe",
    GiveRole: "grant",
}


async def _run(intent: Intent, verb: str, asker: Asker, services: Services) -> Outcome:
    words = _plain_words(intent)
    if words is not None:
        return words, "answered"
    desk = await desk_for(asker, services)
    if isinstance(desk, Nothing):
        return Reply(message=desk.notice, private=True), desk.result
    refused = await approvals.refused(intent, verb, desk)
    if refused is not None:
        return refused
    return await DOES[type(intent)](intent, desk.allowing(verb))


def _plain_words(intent: Intent) -> Reply | None:
    """What can be answered without looking at anything."""
    match intent:
        case Help():
            return Reply(message=usage())
        case Unknown():
            return Reply(message=notices.unknown(intent.word, intent.suggestion), private=True)
        case Incomplete():
            return Reply(message=notices.incomplete(intent.why), private=True)
        case Later():
            return Reply(message=notices.later(intent.word))
        case _:
            return None


DOES: dict[type[Any], Callable[[Any, Desk], Awaitable[Outcome]]] = {
    ShowException: reads.show_one,
    ShowAudit: reads.show_trail,
    ExportAudit: exports.export,
    ShowOrder: reads.show_the_order,
    ShowStatus: reads.show_how_things_stand,
    ShowDigest: reads.show_the_digest,
    Subscribe: acts.subscribe_channel,
    ListExceptions: reads.show_list,
    Ask: reads.answer_it,
    ShowPolicy: policy_reads.show_promises,
    LintPolicy: policy_reads.lint_promises,
    SimulatePolicy: policy_reads.simulate_promises,
    TryDuration: policy_reads.try_duration,
    ActOn: acts.act,
    Undo: undoing.undo,
    Draft: drafting.offer,
    Drafted: drafting.hand_out,
    ActOnAll: storms.act_on_all,
    SplitFrom: storms.split_one,
    Replay: acts.replay,
    ShowLetters: dead_letters.show_dead_letters,
    ReplayLetters: dead_letters.replay_dead_letters,
    DiscardLetter: dead_letters.discard_dead_letter,
    ShowRoles: roles.show_roles,
    GiveRole: roles.give_role,
    AskApproval: approvals.ask_them,
    Decide: approvals.decide,
}

"""Does one intent: who may, what they may see, one job, one reply. Every surface comes here.

Must not draw or parse; must not let a text widen what a channel sees.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from handlers.blocks import notices
from handlers.blocks.help import usage
from handlers.services import Services
from handlers.slack import acts, policy_reads, reads
from handlers.slack.asker import Asker, Reply
from handlers.slack.desk import Desk, Nothing, desk_for
from handlers.slack.intents import (
    ActOn,
    Ask,
    Help,
    Incomplete,
    Intent,
    Later,
    LintPolicy,
    ListExceptions,
    Replay,
    ShowAudit,
    ShowDigest,
    ShowException,
    ShowOrder,
    ShowPolicy,
    ShowStatus,
    SimulatePolicy,
    Subscribe,
    TryDuration,
    Unknown,
)
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
    if isinstance(intent, ActOn):
        return intent.verb
    return {Replay: "replay", Ask: "ask", Subscribe: "subscribe"}.get(type(intent), READ)


async def _run(intent: Intent, verb: str, asker: Asker, services: Services) -> Outcome:
    words = _plain_words(intent)
    if words is not None:
        return words, "answered"
    desk = await desk_for(asker, verb, services)
    if isinstance(desk, Nothing):
        return Reply(message=desk.notice, private=True), desk.result
    return await DOES[type(intent)](intent, desk)


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
    Replay: acts.replay,
}

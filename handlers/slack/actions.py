"""Hears buttons. Must not act: it acknowledges, reads what was pressed and makes one call."""

from functools import partial
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks.ids import Target, Verb, decode_letters
from handlers.blocks.storm_ids import decode_undo_all
from handlers.blocks.undo import decode_undo
from handlers.blocks.wishes import decode_approval, decode_wish
from handlers.services import Services
from handlers.slack import reading
from handlers.slack.asker import Asker
from handlers.slack.forms import Opening, opener
from handlers.slack.handing import hand_over, services_of
from handlers.slack.home import show_home
from handlers.slack.intents import (
    ME,
    ActOn,
    AskApproval,
    Decide,
    Incomplete,
    Intent,
    ShowException,
    Undo,
    UndoAll,
)
from handlers.slack.letter_intents import ReplayLetters
from handlers.slack.run import run
from handlers.slack.voice import Voice, answering

VERBS: dict[str, str] = {
    Verb.ACKNOWLEDGE: "acknowledge",
    Verb.ASSIGN: "assign",
    Verb.REOPEN: "reopen",
}
"""Buttons that act at once; the others open a form first."""
_OUTDATED = Incomplete(why="This button is of an older version; nothing was changed. Try /e2a.")


async def on_direct_button(
    ack: AsyncAck,
    body: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """Acknowledge, assign to me, reopen."""
    await ack()
    name, target = reading.pressed(body)
    me = ME if name == Verb.ASSIGN else None
    intent = _intent(VERBS[name], target, me) if target else _OUTDATED
    _do(intent, body, context, client)


async def on_form_button(
    ack: AsyncAck,
    body: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """Resolve, snooze, replay, draft, show."""
    await ack()
    name, target = reading.pressed(body)
    if target is None:
        _do(_OUTDATED, body, context, client)
        return
    asker = reading.asker_of_click(body, context)
    trigger = str(body.get("trigger_id"))
    opening = Opening(verb=Verb(name), target=target, trigger_id=trigger, asker=asker)
    work = opener(opening, services_of(context), client)
    hand_over(context, answering(client, asker, context.response_url), work)


async def on_explain_button(
    ack: AsyncAck,
    body: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """Shows the exception as it stands."""
    await ack()
    _, target = reading.pressed(body)
    intent = ShowException(exception_id=target.id) if target else _OUTDATED
    _do(intent, body, context, client)


async def on_letters_button(
    ack: AsyncAck,
    body: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """Tries the dead letters again that were shown."""
    await ack()
    letters = decode_letters(body["actions"][0].get("value"))
    _do(ReplayLetters(letters=letters) if letters else _OUTDATED, body, context, client)


async def on_ask_button(
    ack: AsyncAck,
    body: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """Asks those who may."""
    await ack()
    wish = decode_wish(body["actions"][0].get("value"))
    _do(AskApproval(wish=wish) if wish else _OUTDATED, body, context, client)


async def on_decision(
    ack: AsyncAck,
    body: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """Approves or declines what somebody asked for."""
    await ack()
    action = body["actions"][0]
    number = decode_approval(action.get("value"))
    approved = action.get("action_id") == Verb.APPROVE
    intent = Decide(approval_id=number, approved=approved) if number else _OUTDATED
    _do(intent, body, context, client)


async def on_undo_button(
    ack: AsyncAck,
    body: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """Takes back what the presser just did."""
    await ack()
    undoing = decode_undo(body["actions"][0].get("value"))
    _do(Undo(undoing=undoing) if undoing else _OUTDATED, body, context, client)


async def on_undo_all_button(
    ack: AsyncAck,
    body: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """Takes back what the presser just did with many of a storm."""
    await ack()
    undoing = decode_undo_all(body["actions"][0].get("value"))
    _do(UndoAll(undoing=undoing) if undoing else _OUTDATED, body, context, client)


async def on_other_action(ack: AsyncAck) -> None:
    """Anything else that can be pressed: links, choices within a form."""
    await ack()


def _intent(verb: str, target: Target, assignee: str | None) -> ActOn:
    return ActOn(verb=verb, exception_id=target.id, version=target.version, assignee=assignee)


def _do(
    intent: Intent,
    body: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    asker = reading.asker_of_click(body, context)
    voice = answering(client, asker, context.response_url)
    services = services_of(context)
    at_home = reading.is_home(body)
    work = partial(press, intent, asker, services, voice, client if at_home else None)
    hand_over(context, voice, work)


async def press(
    intent: Intent,
    asker: Asker,
    services: Services,
    voice: Voice,
    home: AsyncWebClient | None = None,
) -> None:
    """Does it; says something only where nothing that they see would tell."""
    reply = await run(intent, asker, services)
    if not reply.visible:
        await voice.say(reply)
    if home is not None:
        await show_home(asker, services, home)

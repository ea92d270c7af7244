"""Hears what is pressed below an answer, and the form behind a thumb down.

Must not act: each listener acknowledges, reads what was pressed and makes one call.
"""

from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import notices
from handlers.blocks.answer_ids import decode_answer, decode_answer_form
from handlers.blocks.answer_review import why_form
from handlers.blocks.ids import Field, Verb
from handlers.services import Services
from handlers.slack import reading
from handlers.slack.actions import press
from handlers.slack.answer_intents import JudgeAnswer, ShareAnswer
from handlers.slack.asker import Asker
from handlers.slack.handing import hand_over, services_of
from handlers.slack.run import run
from handlers.slack.views import chosen, typed
from handlers.slack.voice import Voice, answering, in_conversation, whispering
from policies.questions.given import Wrong

_OUTDATED = "This button is of an older version; ask again."
_SHARED, _KEPT = "Shared.", "Kept: it is in your direct messages with E2A."


async def on_answer_helped(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """A thumb up."""
    await ack()
    asker = reading.asker_of_click(body, context)
    voice = answering(client, asker, context.response_url)
    number = _pressed(body)
    if number is None:
        hand_over(context, voice, partial(voice.aside, notices.told(_OUTDATED)))
        return
    intent = JudgeAnswer(answer_id=number, helped=True)
    hand_over(context, voice, partial(press, intent, asker, services_of(context), voice))


async def on_answer_no_help(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """A thumb down opens the form that asks why."""
    await ack()
    asker = reading.asker_of_click(body, context)
    voice = answering(client, asker, context.response_url)
    number = _pressed(body)
    if number is None:
        hand_over(context, voice, partial(voice.aside, notices.told(_OUTDATED)))
        return
    form = why_form(number, asker.channel_id)
    hand_over(context, voice, partial(_open, str(body.get("trigger_id")), form, client))


async def on_answer_form(
    ack: AsyncAck,
    body: dict[str, Any],
    view: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """Why it was no help."""
    await ack()
    form = decode_answer_form(view.get("private_metadata"))
    if form is None:
        return
    number, channel = form
    asker = reading.asker_of_form(body, context, channel)
    reason = chosen(view, Field.REASON)
    why = Wrong(reason) if reason in tuple(Wrong) else None
    intent = JudgeAnswer(answer_id=number, helped=False, why=why, note=typed(view))
    voice = whispering(client, asker)
    hand_over(context, voice, partial(press, intent, asker, services_of(context), voice))


async def on_answer_again(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Share it in the channel, or keep it in one's direct messages."""
    await ack()
    asker = reading.asker_of_click(body, context)
    voice = answering(client, asker, context.response_url)
    number = _pressed(body)
    if number is None:
        hand_over(context, voice, partial(voice.aside, notices.told(_OUTDATED)))
        return
    keep = body["actions"][0].get("action_id") == Verb.ANSWER_KEEP
    intent = ShareAnswer(answer_id=number, keep=keep)
    place = in_conversation(
        client, replace(asker, channel_id=None, thread_ts=None) if keep else asker
    )
    hand_over(context, voice, partial(_again, intent, asker, services_of(context), place, voice))


async def _again(
    intent: ShareAnswer, asker: Asker, services: Services, place: Voice, voice: Voice
) -> None:
    """Says it there; what forbids that is told to the asker alone."""
    reply = await run(intent, asker, services)
    if reply.private:
        await voice.say(reply)
        return
    await place.answer(reply.message)
    await voice.aside(notices.told(_KEPT if intent.keep else _SHARED))


async def _open(trigger_id: str, form: dict[str, Any], client: AsyncWebClient) -> None:
    await client.views_open(trigger_id=trigger_id, view=form)


def _pressed(body: dict[str, Any]) -> int | None:
    return decode_answer(body["actions"][0].get("value"))

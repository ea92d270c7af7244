"""Hears the shortcut on a message. Must not act: it acknowledges and makes one call."""

from functools import partial
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.handing import hand_over, services_of
from handlers.slack.intents import ShowException
from handlers.slack.reading import asker_of_shortcut
from handlers.slack.run import converse
from handlers.slack.voice import answering


async def on_exception_actions(
    ack: AsyncAck, shortcut: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """The card of the message's thread with its buttons, for the asker alone."""
    await ack()
    asker = asker_of_shortcut(shortcut, context)
    voice = answering(client, asker, context.response_url)
    intent = ShowException(exception_id=None)
    hand_over(context, voice, partial(converse, intent, asker, services_of(context), voice))


async def on_other_shortcut(ack: AsyncAck) -> None:
    """A shortcut of a manifest that is older or newer than this code."""
    await ack()

"""Hears the shortcut on a message. Must not act: it acknowledges and makes one call."""

from functools import partial
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.context.respond.async_respond import AsyncRespond

from handlers.slack.handing import hand_over, services_of
from handlers.slack.intents import ShowException
from handlers.slack.reading import asker_of_shortcut
from handlers.slack.run import converse
from handlers.slack.voice import by_url


async def on_exception_actions(
    ack: AsyncAck, shortcut: dict[str, Any], context: AsyncBoltContext, respond: AsyncRespond
) -> None:
    """The card of the message's thread with its buttons, for the asker alone."""
    await ack()
    asker, voice = asker_of_shortcut(shortcut, context), by_url(respond)
    intent = ShowException(exception_id=None)
    hand_over(context, voice, partial(converse, intent, asker, services_of(context), voice))


async def on_other_shortcut(ack: AsyncAck) -> None:
    """A shortcut of a manifest that is older or newer than this code."""
    await ack()

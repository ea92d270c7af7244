"""Hears the slash command. Must not act: it acknowledges, parses and makes one call."""

from functools import partial
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.grammar import parse
from handlers.slack.handing import hand_over, services_of
from handlers.slack.reading import asker_of_command
from handlers.slack.run import converse
from handlers.slack.voice import answering


async def on_command(
    ack: AsyncAck, command: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """`/e2a ...`: the answer is for the asker alone."""
    await ack()
    asker = asker_of_command(command, context)
    voice = answering(client, asker, context.response_url)
    intent = parse(str(command.get("text") or ""), talk=False)
    hand_over(context, voice, partial(converse, intent, asker, services_of(context), voice))

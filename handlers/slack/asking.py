"""Hears the shortcut that asks E2A from anywhere, and what is typed into its form.

Must not act: each listener acknowledges and makes one call. The words are those of a direct
message: it is in no channel, so it sees what the person sees.
"""

from functools import partial
from typing import Any

import aiohttp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import ask_form
from handlers.blocks.ids import Field
from handlers.slack import reading
from handlers.slack.courier import Courier
from handlers.slack.grammar import parse
from handlers.slack.handing import hand_over, services_of
from handlers.slack.run import converse
from handlers.slack.views import typed
from handlers.slack.voice import UntoldError, Voice, in_conversation
from jobs.ports.slack import Message


async def on_ask_shortcut(
    ack: AsyncAck, shortcut: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Opens the form."""
    await ack()
    asker = reading.asker_of_form(shortcut, context, None)
    trigger = str(shortcut.get("trigger_id"))
    work = partial(_open, trigger, client)
    hand_over(context, in_conversation(client, asker), work)


async def on_ask_form(
    ack: AsyncAck,
    body: dict[str, Any],
    view: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """Answers in the form itself."""
    said = typed(view, Field.WORDS) or ""
    await ack(response_action="update", view=ask_form.working(said))
    asker = reading.asker_of_form(body, context, None)
    voice = _into(str(view.get("id")), said, Courier(client=client, user_id=asker.user_id))
    intent = parse(said, talk=True)
    hand_over(context, voice, partial(converse, intent, asker, services_of(context), voice))


async def _open(trigger_id: str, client: AsyncWebClient) -> None:
    await client.views_open(trigger_id=trigger_id, view=ask_form.ask_form())


def _into(view_id: str, said: str, courier: Courier) -> Voice:
    """Into the form, as long as nobody closed it; files go to the direct messages."""

    async def show(message: Message) -> None:
        try:
            await courier.client.views_update(
                view_id=view_id, view=ask_form.answered(said, message)
            )
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            raise UntoldError(str(error)) from error

    return Voice(answer=show, aside=show, courier=courier, alone=True)

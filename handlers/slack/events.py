"""Hears mentions, direct messages and visits to Home.

Must not act: it parses and makes one call.
"""

from functools import partial
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack import reading
from handlers.slack.asker import Asker
from handlers.slack.grammar import parse
from handlers.slack.handing import hand_over, services_of
from handlers.slack.home import show_home
from handlers.slack.run import converse
from handlers.slack.voice import in_conversation


async def on_mention(
    event: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Somebody named E2A in a channel; in direct messages on_message hears it."""
    if reading.is_spoken(event) and not reading.is_direct(event):
        thread = bool(event.get("thread_ts"))
        _answer(reading.asker_of_mention(event, context), event, context, client, thread=thread)


async def on_message(
    event: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Somebody wrote to E2A alone; other messages are none of its business."""
    if reading.is_spoken(event) and reading.is_direct(event):
        asker = reading.asker_of_message(event, context)
        _answer(asker, event, context, client, thread=asker.thread_ts is not None)


async def on_home_opened(
    event: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Somebody looks at Home; the other tabs draw nothing."""
    if event.get("tab") == "home":
        asker = reading.asker_of_home(event, context)
        work = partial(show_home, asker, services_of(context), client)
        hand_over(context, in_conversation(client, asker), work)


async def on_other_event() -> None:
    """Anything else that Slack tells: heard, so that it is not sent again."""


def _answer(
    asker: Asker,
    event: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
    *,
    thread: bool,
) -> None:
    voice = in_conversation(client, asker)
    intent = parse(str(event.get("text") or ""), talk=True, thread=thread)
    hand_over(context, voice, partial(converse, intent, asker, services_of(context), voice))

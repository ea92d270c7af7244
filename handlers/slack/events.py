"""Hears mentions, direct messages and visits to Home.

Must not act: it parses and makes one call.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import structlog
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack import reading
from handlers.slack.asker import Asker
from handlers.slack.errors import told_kindly
from handlers.slack.files import files_of, parse_with_files
from handlers.slack.grammar import parse
from handlers.slack.handing import CORRELATION, background_of, hand_over, services_of
from handlers.slack.home import show_home
from handlers.slack.patience import Busy
from handlers.slack.run import converse
from handlers.slack.suggesting import suggest
from handlers.slack.voice import in_conversation
from jobs.ports.slack import Message

log = structlog.stdlib.get_logger(__name__)


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
    """Somebody looks at Home, or at the conversation with E2A."""
    if event.get("tab") == "messages":
        _suggest(event, context, client)
    if event.get("tab") == "home":
        asker = reading.asker_of_home(event, context)
        work = partial(show_home, asker, services_of(context), client)
        hand_over(context, in_conversation(client, asker), work)


async def on_context_changed(
    event: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Somebody looks at something else next to the conversation with E2A."""
    if event.get("user") and event.get("channel"):  # without them nobody can be told anything
        _suggest(event, context, client)


async def on_uninstalled(context: AsyncBoltContext, body: dict[str, Any]) -> None:
    """Somebody took E2A out of their workspace."""
    if (workspace := _workspace(context)) and (installer := services_of(context).installer):
        _alone(context, partial(installer.removed, workspace, "app_uninstalled", _told_at(body)))
    else:
        log.warning("slack_uninstalled")  # SLACK_BOT_TOKEN's workspace: the operator's to mend


async def on_tokens_revoked(event: dict[str, Any], context: AsyncBoltContext) -> None:
    """Tokens open nothing any more: maybe ours, maybe one that was replaced; people's are not."""
    workspace, installer = _workspace(context), services_of(context).installer
    if (event.get("tokens") or {}).get("bot") and workspace and installer:
        _alone(context, partial(installer.check, workspace, "tokens_revoked"))


async def on_other_event() -> None:
    """Anything else that Slack tells: heard, so that it is not sent again."""


def _suggest(event: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient) -> None:
    """What they may want to ask now; where that cannot be said, nobody misses it."""
    asker = reading.asker_of_view(event, context)
    _alone(context, partial(suggest, asker, services_of(context), client))


def _alone(context: AsyncBoltContext, work: Callable[[], Awaitable[None]]) -> None:
    """In the background, with nobody to be told of a fault: it is in the log."""

    async def nobody(_message: Message) -> None:
        pass

    kind = told_kindly(work, tell=nobody, correlation_id=context[CORRELATION])
    background_of(context).start(kind)


def _workspace(context: AsyncBoltContext) -> str | None:
    """The workspace or the whole organisation that an installation is in."""
    return context.enterprise_id if context.is_enterprise_install else context.team_id


def _told_at(body: dict[str, Any]) -> datetime:
    """When it happened; Slack says so in whole seconds, of which the end counts."""
    return datetime.fromtimestamp(float(body.get("event_time") or 0), UTC) + timedelta(seconds=1)


def _answer(
    asker: Asker,
    event: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
    *,
    thread: bool,
) -> None:
    voice = in_conversation(client, asker)
    text = str(event.get("text") or "")
    files = files_of(event)
    about_files = parse_with_files(text, files) if files else None
    intent = about_files or parse(text, talk=True, thread=thread)
    services = services_of(context)
    busy = Busy(client=client, asker=asker, services=services)
    hand_over(context, voice, partial(converse, intent, asker, services, voice, busy))

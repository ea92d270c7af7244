"""Hears links to our own board that somebody pasted. Must not act: it looks, as they may look.

Slack tells only of domains that the manifest names. What the channel does not see stays a bare
link, and nobody is told why: the reader did not ask.
"""

import re
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks.unfurl import MOST_LINKS, unfurled
from handlers.services import Services
from handlers.slack import reading
from handlers.slack.asker import Asker
from handlers.slack.courier import Courier
from handlers.slack.handing import hand_over, services_of
from handlers.slack.intents import Intent, ShowException, ShowOrder
from handlers.slack.run import run
from handlers.slack.voice import Voice
from jobs.ports.slack import Message

log = structlog.stdlib.get_logger(__name__)
_OURS = re.compile(r"^/e2a/(exceptions|orders)/([^/]{1,200})/?$")
_NUMBER = re.compile(r"^[0-9]{1,18}$")


async def on_link_shared(
    event: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Shows what the links are about, where the message is in a place of ours."""
    links = meant(event)
    if links and event.get("user") and reading.is_place(event):
        asker = reading.asker_of_link(event, context)
        ts = str(event["message_ts"])
        silent = Voice(
            answer=_unheard,
            aside=_unheard,
            courier=Courier(client=client, user_id=asker.user_id),
        )
        hand_over(context, silent, partial(show, links, ts, asker, services_of(context), client))


def meant(event: dict[str, Any]) -> dict[str, Intent]:
    """What each link is about, as far as it is ours; the first few."""
    urls = dict.fromkeys(str(link.get("url")) for link in event.get("links") or ())
    found = ((url, intent) for url in urls if (intent := read_link(url)))
    return dict(list(found)[:MOST_LINKS])


def read_link(url: str) -> Intent | None:
    """`.../e2a/exceptions/7` and `.../e2a/orders/SO-1042`; None for any other page."""
    try:
        match = _OURS.match(urlsplit(url).path)
    except ValueError:
        return None
    if match is None:
        return None
    name = unquote(match[2]).strip()
    if match[1] == "exceptions":
        return ShowException(exception_id=int(name)) if _NUMBER.match(name) else None
    return ShowOrder(order_id=name[:128]) if name else None


async def show(
    links: dict[str, Intent], ts: str, asker: Asker, services: Services, client: AsyncWebClient
) -> None:
    """Puts below each link what it is about; an answer for the asker alone is for nobody here."""
    replies = {url: await run(intent, asker, services) for url, intent in links.items()}
    drawn = {url: unfurled(one.message) for url, one in replies.items() if not one.private}
    if not drawn:
        return
    try:
        await client.chat_unfurl(channel=asker.channel_id, ts=ts, unfurls=drawn)
    except SlackApiError as error:  # the message may be gone
        log.warning("slack_link_not_unfurled", reason=error.response.get("error"))


async def _unheard(_message: Message) -> None:
    """Nobody asked, so nobody is told of a fault; it is in the log."""

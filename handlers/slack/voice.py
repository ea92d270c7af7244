"""Answers people in Slack where they asked: in a thread, to them alone, through a response URL.

Must not decide what is said, nor retry: an answer that fails is logged by errors.told_kindly.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from handlers.blocks.flow import Flow
from handlers.blocks.notices import not_brought
from handlers.blocks.sheets import Sheet
from handlers.slack.asker import Asker, Reply
from handlers.slack.courier import Courier, NotBroughtError
from handlers.slack.streaming import write
from jobs.ports.slack import Message

log = structlog.stdlib.get_logger(__name__)
Tell = Callable[[Message], Awaitable[None]]
_UNREACHED = (SlackClientError, aiohttp.ClientError, TimeoutError)
_BLOCKS_REFUSED = ("invalid_blocks", "msg_blocks_too_long")
_AS_IT_IS = {"unfurl_links": False, "unfurl_media": False}
_HTTP_OK = 200


class UntoldError(Exception):
    """What was to be told did not reach Slack; what was to be done is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Two ways to answer: where everybody of the place sees it, and to the asker alone.

    `alone` where the first is for the asker's eyes too. `write` writes a long answer before their
    eyes, where that can be.
    """

    answer: Tell
    aside: Tell
    courier: Courier
    alone: bool = False
    write: Callable[[Flow], Awaitable[None]] | None = None

    async def say(self, reply: Reply) -> None:
        """Answers the way the reply asks for."""
        unseen = reply.private or self.alone
        message = reply.aside if unseen and reply.aside else reply.message
        if reply.flow is not None and self.write is not None and not reply.private:
            await self.write(reply.flow)
        else:
            await (self.aside if reply.private else self.answer)(message)
        if reply.sheet is not None:
            await self._bring(reply.sheet, unseen=unseen)

    async def _bring(self, sheet: Sheet, *, unseen: bool) -> None:
        try:
            await self.courier.bring(sheet, unseen=unseen)
        except NotBroughtError as error:
            log.warning("slack_file_not_brought", reason=str(error))
            await self.aside(not_brought(str(error)))


def in_conversation(client: AsyncWebClient, asker: Asker) -> Voice:
    """In the thread or conversation; asides are ephemeral, but not in a direct message."""

    async def answer(message: Message) -> None:
        await _send(client.chat_postMessage, message, {**_place(asker), **_AS_IT_IS})

    async def aside(message: Message) -> None:
        place = {**_place(asker), "user": asker.user_id}
        await _send(client.chat_postEphemeral, message, place)

    return Voice(
        answer=answer,
        aside=answer if asker.alone else aside,
        courier=_courier(client, asker),
        alone=asker.alone,
        write=partial(write, asker=asker, client=client, tell=answer),
    )


def whispering(client: AsyncWebClient, asker: Asker) -> Voice:
    """To the asker alone, where nobody else has to do with it."""
    usual = in_conversation(client, asker)
    return replace(usual, answer=usual.aside, alone=True, write=None)


def by_url(client: AsyncWebClient, asker: Asker, response_url: str) -> Voice:
    """To the asker alone, through the response URL of a command or a click."""
    hook = AsyncWebhookClient(response_url, session=client.session, timeout=client.timeout)

    async def answer(message: Message) -> None:
        try:
            response = await hook.send_dict(
                {**_told(message), "response_type": "ephemeral", "replace_original": False}
            )
        except _UNREACHED as error:
            raise UntoldError(str(error)) from error
        if response.status_code != _HTTP_OK and (message.draws_itself or message.plain):
            await answer(message.simpler())
        elif response.status_code != _HTTP_OK:
            reason = f"response URL answered {response.status_code}"
            raise UntoldError(reason)

    courier = Courier(client=client, user_id=asker.user_id)
    return Voice(answer=answer, aside=answer, courier=courier, alone=True)


def answering(client: AsyncWebClient, asker: Asker, response_url: str | None) -> Voice:
    """By the response URL where there is one; Home and forms bring none."""
    return by_url(client, asker, response_url) if response_url else in_conversation(client, asker)


def _courier(client: AsyncWebClient, asker: Asker) -> Courier:
    place = _place(asker) if asker.channel_id else None
    private = place if asker.alone else None
    return Courier(client=client, user_id=asker.user_id, public=place, private=private)


def _told(message: Message) -> dict[str, Any]:
    return {"text": message.text, "blocks": [dict(block) for block in message.blocks]}


def _place(asker: Asker) -> dict[str, Any]:
    """A person's id opens the direct message with them."""
    place = {"channel": asker.channel_id or asker.user_id}
    return {**place, "thread_ts": asker.thread_ts} if asker.thread_ts else place


async def _send(
    call: Callable[..., Awaitable[Any]], message: Message, place: dict[str, Any]
) -> None:
    """What Slack refuses is told more simply: a chart or a table in words, at last the text."""
    told = _told(message) if message.blocks else {"text": message.text}
    try:
        await call(**told, **place)
    except SlackApiError as error:
        if not message.blocks or error.response.get("error") not in _BLOCKS_REFUSED:
            raise UntoldError(str(error)) from error
        await _send(call, message.simpler(), place)
    except _UNREACHED as error:
        raise UntoldError(str(error)) from error

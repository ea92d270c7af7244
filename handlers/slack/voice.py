"""Answers people in Slack where they asked: in a thread, to them alone, through a response URL.

Must not decide what is said, nor retry: an answer that fails is logged by errors.told_kindly.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from handlers.slack.asker import Asker, Reply
from jobs.ports_slack import Message

Tell = Callable[[Message], Awaitable[None]]
_UNREACHED = (SlackClientError, aiohttp.ClientError, TimeoutError)
_BLOCKS_REFUSED = ("invalid_blocks", "msg_blocks_too_long")
_HTTP_OK = 200


class UntoldError(Exception):
    """What was to be told did not reach Slack; what was to be done is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Two ways to answer: where everybody of the place sees it, and to the asker alone."""

    answer: Tell
    aside: Tell

    async def say(self, reply: Reply) -> None:
        """Answers the way the reply asks for."""
        await (self.aside if reply.private else self.answer)(reply.message)


def in_conversation(client: AsyncWebClient, asker: Asker) -> Voice:
    """In the thread or conversation; asides are ephemeral, but not in a direct message."""

    async def answer(message: Message) -> None:
        await _send(client.chat_postMessage, _told(message), _place(asker))

    async def aside(message: Message) -> None:
        place = {**_place(asker), "user": asker.user_id}
        await _send(client.chat_postEphemeral, _told(message), place)

    return Voice(answer=answer, aside=answer if asker.alone else aside)


def by_url(client: AsyncWebClient, response_url: str) -> Voice:
    """To the asker alone, through the response URL of a command or a click."""
    hook = AsyncWebhookClient(response_url, session=client.session, timeout=client.timeout)

    async def answer(message: Message) -> None:
        try:
            response = await hook.send_dict(
                {**_told(message), "response_type": "ephemeral", "replace_original": False}
            )
        except _UNREACHED as error:
            raise UntoldError(str(error)) from error
        if response.status_code != _HTTP_OK:
            reason = f"response URL answered {response.status_code}"
            raise UntoldError(reason)

    return Voice(answer=answer, aside=answer)


def answering(client: AsyncWebClient, asker: Asker, response_url: str | None) -> Voice:
    """By the response URL where there is one; Home and forms bring none."""
    return by_url(client, response_url) if response_url else in_conversation(client, asker)


def _told(message: Message) -> dict[str, Any]:
    return {"text": message.text, "blocks": [dict(block) for block in message.blocks]}


def _place(asker: Asker) -> dict[str, Any]:
    """A person's id opens the direct message with them."""
    place = {"channel": asker.channel_id or asker.user_id}
    return {**place, "thread_ts": asker.thread_ts} if asker.thread_ts else place


async def _send(
    call: Callable[..., Awaitable[Any]], told: dict[str, Any], place: dict[str, Any]
) -> None:
    """Blocks that Slack refuses are left away: the text says the same."""
    try:
        await call(**told, **place)
    except SlackApiError as error:
        if "blocks" not in told or error.response.get("error") not in _BLOCKS_REFUSED:
            raise UntoldError(str(error)) from error
        await _send(call, {"text": told["text"]}, place)
    except _UNREACHED as error:
        raise UntoldError(str(error)) from error

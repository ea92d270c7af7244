"""Writes a long answer before one's eyes, and says it whole where Slack does not let that end well.

Must not decide what is long. Whatever Slack refuses, the asker gets the whole answer once.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_chat_stream import AsyncChatStream
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks.flow import Flow
from handlers.slack.asker import Asker
from jobs.ports.slack import Message

log = structlog.stdlib.get_logger(__name__)
Tell = Callable[[Message], Awaitable[None]]
_REFUSED = (SlackClientError, aiohttp.ClientError, TimeoutError)


@dataclass(slots=True, kw_only=True)
class _Writing:
    """A stream under way; `broken` once Slack refused something."""

    stream: AsyncChatStream
    broken: str | None = None
    pieces: int = field(default=0)

    async def add(self, piece: str) -> None:
        """Writes a piece; one that is refused ends the writing, not the answer."""
        if self.broken is None:
            try:
                await self.stream.append(markdown_text=piece)
            except _REFUSED as error:
                self.broken = _reason(error)
        self.pieces += 1

    async def end(self, rest: Message) -> None:
        """Puts the rest below the text."""
        if self.broken is None:
            try:
                await self.stream.stop(blocks=[dict(block) for block in rest.blocks])
            except _REFUSED as error:
                self.broken = _reason(error)


async def write(flow: Flow, asker: Asker, client: AsyncWebClient, tell: Tell) -> None:
    """Writes it as a reply to the asker's message.

    Args:
        flow: what is said; its pieces are taken to the end also where they cannot be written.
        asker: where, and for whom: Slack wants that named in channels.
        client: speaks for us.
        tell: says a whole message where the asker is.
    """
    root = asker.thread_ts or asker.asked_ts
    if asker.channel_id is None or root is None:
        await _drain(flow)
        await tell(flow.whole())
        return
    stream = await client.chat_stream(
        channel=asker.channel_id,
        thread_ts=root,
        recipient_user_id=asker.user_id,
        recipient_team_id=asker.team_id,
    )
    writing = _Writing(stream=stream)
    async for piece in flow.pieces():
        await writing.add(piece)
    await writing.end(flow.rest)
    if writing.broken is not None:
        log.warning("slack_stream_broken", reason=writing.broken, pieces=writing.pieces)
        await _instead(flow.whole(), stream.ts, asker.channel_id, client, tell)


async def _instead(
    whole: Message, ts: str | None, channel_id: str, client: AsyncWebClient, tell: Tell
) -> None:
    """In the place of what was begun; as a message of its own where that cannot be changed."""
    if ts is None or not await _replaced(whole, ts, channel_id, client):
        await tell(whole)


async def _replaced(whole: Message, ts: str, channel_id: str, client: AsyncWebClient) -> bool:
    try:
        await client.chat_stopStream(channel=channel_id, ts=ts)
    except _REFUSED as error:
        log.debug("slack_stream_over", reason=_reason(error))  # it died: that is why we are here
    blocks = [dict(block) for block in whole.blocks]
    try:
        await client.chat_update(channel=channel_id, ts=ts, text=whole.text, blocks=blocks)
    except _REFUSED as error:
        log.warning("slack_stream_not_replaced", reason=_reason(error))
        return False
    return True


async def _drain(flow: Flow) -> None:
    async for _ in flow.pieces():
        pass


def _reason(error: Exception) -> str:
    if isinstance(error, SlackApiError):
        return str(error.response.get("error"))
    return type(error).__name__

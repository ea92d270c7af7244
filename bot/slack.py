"""Slack's outgoing side: paced calls, errors told apart, and the way back from uncertainty.

Must not decide what is said or when it is tried again: the outbox does.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.pictures import bring_picture
from bot.rates import Pace
from bot.telemetry import Metrics
from jobs.errors import MessageGoneError, PacedError, SlackRefusedError, SlackRetryError
from jobs.ports.slack import Document, Message, Posted

_TRY_AGAIN: Final = frozenset(  # by itself, or once an operator has mended token or scopes
    {
        "ratelimited",
        "rate_limited",
        "message_limit_exceeded",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "accesslimited",
        "invalid_auth",
        "not_authed",
        "token_revoked",
        "token_expired",
        "account_inactive",
    }
)
_GONE: Final = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
_BLOCKS_REFUSED: Final = frozenset({"invalid_blocks", "invalid_blocks_format"})
_LOOK_BACK = 200
_UNTIL_SHOWN = 10.0
"""Seconds until a file that was uploaded shows in its channel; looking sooner may miss it."""


class SlackMessenger:
    """Posts, edits and finds our messages; at most one post a second and channel.

    Args:
        client: carries token, base URL and the one shared session; its time-out counts.
        metrics: where calls are counted.
        pace: how fast posts to one channel may follow each other.
    """

    def __init__(self, client: AsyncWebClient, metrics: Metrics, pace: Pace) -> None:
        self._client = client
        self._metrics = metrics
        self._pace = pace
        self._ids: dict[str, str] = {}

    async def post(
        self,
        channel: str,
        message: Message,
        *,
        metadata: Mapping[str, Any],
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Posted:
        """Posts a message.

        Raises:
            PacedError: the channel's turn has not come.
            SlackRetryError: it may be tried again; `uncertain` when it may have arrived.
            SlackRefusedError: Slack will never take it.
        """
        if wait := await self._pace.take(self._ids.get(channel, channel)):
            raise PacedError(wait)
        arguments = {
            "channel": channel,
            "metadata": metadata,
            "thread_ts": thread_ts,
            "reply_broadcast": broadcast or None,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        answer, native = await self._posted(arguments, message)
        sent: dict[str, Any] = answer.get("message") or {}
        posted = Posted(
            channel_id=str(answer["channel"]),
            ts=str(answer["ts"]),
            thread_ts=sent.get("thread_ts"),
        )
        self._ids[channel] = posted.channel_id
        if message.chart is not None and not native:
            await bring_picture(self._client, message.chart, posted)
        return posted

    async def _posted(
        self, arguments: Mapping[str, Any], message: Message
    ) -> tuple[AsyncSlackResponse, bool]:
        """The answer, and whether Slack draws the chart; what it refused was not posted."""
        try:
            answer = await self._call("chat.postMessage", {**arguments, **_body(message)})
        except SlackRefusedError as error:
            if not message.draws_itself or str(error) not in _BLOCKS_REFUSED:
                raise
            told = {**arguments, **_body(message.in_words())}
            return await self._call("chat.postMessage", told), False
        return answer, message.draws_itself

    async def update(
        self, channel_id: str, ts: str, message: Message, *, metadata: Mapping[str, Any]
    ) -> None:
        """Replaces a message. Repeating it is harmless, so no outcome is uncertain."""
        await self._call(
            "chat.update",
            {"channel": channel_id, "ts": ts, "metadata": metadata, **_body(message)},
        )

    async def find(
        self, channel: str, *, metadata: Mapping[str, Any], thread_ts: str | None = None
    ) -> Posted | None:
        """Our message with this metadata among the latest of the channel or thread."""
        channel_id = await self._id_of(channel)
        answer = await self._latest(channel_id, thread_ts)
        for sent in answer.get("messages") or []:
            if sent.get("metadata") == metadata:
                return Posted(
                    channel_id=channel_id, ts=str(sent["ts"]), thread_ts=sent.get("thread_ts")
                )
        return None

    async def bring(
        self, channel: str, document: Document, *, thread_ts: str | None = None
    ) -> None:
        """Uploads a file; raises as `post`. A lost answer is uncertain, and rests before a look."""
        channel_id = await self._id_of(channel)
        if wait := await self._pace.take(channel_id):
            raise PacedError(wait)
        try:
            async with self._counted("files.completeUploadExternal"):
                await self._client.files_upload_v2(
                    content=document.text,
                    filename=document.name,
                    title=document.name,
                    initial_comment=document.words,
                    channel=channel_id,
                    thread_ts=thread_ts,
                )
        except SlackRetryError as error:
            after = error.after or (_UNTIL_SHOWN if error.uncertain else None)
            raise SlackRetryError(str(error), after=after, uncertain=error.uncertain) from error

    async def has_file(self, channel: str, name: str, *, thread_ts: str | None = None) -> bool:
        """Whether a file of that name is among the latest messages of the channel or thread."""
        answer = await self._latest(await self._id_of(channel), thread_ts)
        files = [file for sent in answer.get("messages") or [] for file in sent.get("files") or []]
        return any(file.get("name") == name for file in files)

    async def link(self, channel_id: str, ts: str) -> str:
        """Where a message can be opened in a browser."""
        arguments = {"channel": channel_id, "message_ts": ts}
        return str((await self._call("chat.getPermalink", arguments))["permalink"])

    async def _latest(self, channel_id: str, thread_ts: str | None) -> AsyncSlackResponse:
        arguments: dict[str, Any] = {
            "channel": channel_id,
            "limit": _LOOK_BACK,
            "include_all_metadata": True,
        }
        method = "conversations.history"
        if thread_ts is not None:
            method, arguments["ts"] = "conversations.replies", thread_ts
        return await self._call(method, arguments)

    async def _id_of(self, channel: str) -> str:
        """Slack posts to `#name`, but reads histories by id only."""
        if not channel.startswith("#"):
            return channel
        cursor: str | None = None
        while channel not in self._ids:
            wanted = {"types": "public_channel,private_channel", "limit": _LOOK_BACK}
            page = await self._call("conversations.list", {**wanted, "cursor": cursor})
            self._ids.update((f"#{c['name']}", str(c["id"])) for c in page["channels"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor and channel not in self._ids:
                reason = "channel_not_found"
                raise SlackRefusedError(reason)
        return self._ids[channel]

    async def _call(self, method: str, arguments: Mapping[str, Any]) -> AsyncSlackResponse:
        given = {key: value for key, value in arguments.items() if value is not None}
        reads = method.startswith(("conversations.", "chat.getPermalink"))
        async with self._counted(method):
            return await (
                self._client.api_call(method, http_verb="GET", params=given)
                if reads
                else self._client.api_call(method, json=given)
            )

    @asynccontextmanager
    async def _counted(self, method: str) -> AsyncIterator[None]:
        """Counts how a call ends, and tells its errors apart."""
        status = "lost"
        try:
            yield
        except SlackApiError as error:
            status = str(_field(error, "error") or _status(error))
            raise _translated(error) from error
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            certain = isinstance(error, aiohttp.ClientConnectorError)
            reason = f"{method}: {type(error).__name__}"
            raise SlackRetryError(reason, uncertain=not certain) from error
        except SlackClientError as error:
            reason = f"{method}: unreadable answer"
            raise SlackRetryError(reason, uncertain=True) from error
        else:
            status = "ok"
        finally:
            self._metrics.slack_calls.labels(method, status).inc()


def _body(message: Message) -> dict[str, Any]:
    """A coloured message puts its blocks behind a bar, with the text above as its first line."""
    blocks = [dict(block) for block in message.blocks]
    if message.color is None:
        return {"text": message.text, "blocks": blocks}
    bar = {"color": message.color, "fallback": message.text, "blocks": blocks}
    return {"text": message.text, "attachments": [bar]}


def _translated(error: SlackApiError) -> SlackRetryError | SlackRefusedError:
    status = _status(error)
    code = str(_field(error, "error") or "")
    if status == HTTPStatus.TOO_MANY_REQUESTS or code in _TRY_AGAIN:
        return SlackRetryError(code or "ratelimited", after=_retry_after(error))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or not code:
        return SlackRetryError(f"status {status}", uncertain=True)  # says nothing of the effect
    if code in _GONE:
        return MessageGoneError(code)
    return SlackRefusedError(code)


def _status(error: SlackApiError) -> int:
    """The HTTP status; the client puts two kinds of response into its errors."""
    response = error.response
    status: int = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    return status


def _field(error: SlackApiError, name: str) -> object:
    data = getattr(error.response, "data", None)
    return data.get(name) if isinstance(data, dict) else None


def _retry_after(error: SlackApiError) -> float | None:
    headers = {key.lower(): value for key, value in (error.response.headers or {}).items()}
    try:
        return float(headers["retry-after"])
    except (KeyError, ValueError):
        return None

"""One signed HTTP request to the bot, timed and logged.

It must not decide what is sent or retried.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp

from demo.workspace.signing import Tamper, TamperSwitch, signed_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from demo.workspace.config import WorkspaceConfig
    from demo.workspace.shapes import Json
    from demo.workspace.sockets import Sockets
    from demo.workspace.traffic import Traffic

_OK = range(200, 300)
_SHOWN_CHARACTERS = 4000


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """Something for the bot: what it is, for people and for the wire."""

    kind: str
    summary: str
    body: bytes
    content_type: str
    shown: Json
    headers: Mapping[str, str] = field(default_factory=dict)
    event_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back; `failure` is http_timeout, connection_failed, http_error or None."""

    status: int | None
    body: str
    headers: Mapping[str, str]
    failure: str | None
    ms: float

    def json(self) -> Json | None:
        """Return the body as a JSON object, or None where it is none."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return None
        return value if isinstance(value, dict) else None


class Wire:
    """The way to the bot: its one URL, or the sockets that it opened."""

    def __init__(self, config: WorkspaceConfig, traffic: Traffic, sockets: Sockets) -> None:
        """Keep where to send and what to sign with; `open` must come before the first request."""
        self._config = config
        self._traffic = traffic
        self._sockets = sockets
        self._session: aiohttp.ClientSession | None = None
        self.tamper = TamperSwitch()

    async def open(self) -> None:
        """Create the HTTP session."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(force_close=True, limit=0)
        )

    async def close(self) -> None:
        """Close the HTTP session."""
        if self._session:
            await self._session.close()

    async def send(self, parcel: Parcel, *, quiet: bool = False) -> Reply:
        """Deliver once within the acknowledgement window; `quiet` logs only what was answered."""
        if self._sockets.enabled:
            return await self._send_over_socket(parcel)
        spoilt = self.tamper.take()
        now = self._config.clock.now()
        headers = {
            "User-Agent": "Slackbot 1.0 (local workspace)",
            "Content-Type": parcel.content_type,
            **signed_headers(self._config.signing_secret, parcel.body, now, spoilt),
            **parcel.headers,
        }
        reply = await self._post(parcel.body, headers)
        if not quiet or reply.failure != "connection_failed":
            self._log(parcel, reply, now, spoilt)
        if spoilt == "duplicate":
            again = await self._post(parcel.body, headers)
            self._log(parcel, again, now, spoilt)
        return reply

    async def _send_over_socket(self, parcel: Parcel) -> Reply:
        started, now = self._config.clock.ticks(), self._config.clock.now()
        retry = (
            int(parcel.headers.get("X-Slack-Retry-Num", 0)),
            parcel.headers.get("X-Slack-Retry-Reason", ""),
        )
        said = await self._sockets.deliver(parcel.kind, parcel.shown, retry)
        reply = Reply(
            status=None if said.failure else 200,
            body="" if said.payload is None else json.dumps(said.payload),
            headers={},
            failure=said.failure,
            ms=round((self._config.clock.ticks() - started) * 1000, 1),
        )
        self._log(parcel, reply, now, None)
        return reply

    async def _post(self, body: bytes, headers: Mapping[str, str]) -> Reply:
        started = self._config.clock.ticks()
        status, text, answered, failure = None, "", dict[str, str](), None
        try:
            status, text, answered = await asyncio.wait_for(
                self._exchange(body, headers), self._config.ack_seconds
            )
            failure = None if status in _OK else "http_error"
        except TimeoutError:
            failure = "http_timeout"
        except (aiohttp.ClientError, OSError):
            failure = "connection_failed"
        ms = round((self._config.clock.ticks() - started) * 1000, 1)
        return Reply(status=status, body=text, headers=answered, failure=failure, ms=ms)

    async def _exchange(
        self, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, str, dict[str, str]]:
        if self._session is None or self._config.bot_url is None:
            raise aiohttp.ClientConnectionError
        async with self._session.post(self._config.bot_url, data=body, headers=headers) as response:
            return response.status, await response.text(errors="replace"), dict(response.headers)

    def _log(self, parcel: Parcel, reply: Reply, at: float, spoilt: Tamper | None) -> None:
        self._traffic.delivery(
            {
                "at": at,
                "kind": parcel.kind,
                "summary": parcel.summary,
                "body": parcel.shown,
                "status": reply.status,
                "answer": reply.body[:_SHOWN_CHARACTERS],
                "failure": reply.failure,
                "ms": reply.ms,
                "event_id": parcel.event_id,
                "retry_num": int(parcel.headers.get("X-Slack-Retry-Num", 0)),
                "retry_reason": parcel.headers.get("X-Slack-Retry-Reason"),
                "tamper": spoilt,
            }
        )

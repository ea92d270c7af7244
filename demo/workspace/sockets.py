"""Socket Mode: WebSockets that the bot opens, and the envelopes that go over them.

It must not decide what is sent or retried.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from demo.workspace.people import APP_ID

if TYPE_CHECKING:
    from demo.workspace.config import WorkspaceConfig
    from demo.workspace.ids import Ids
    from demo.workspace.shapes import Json

_ENVELOPE = {"event": "events_api", "command": "slash_commands"}
_ANSWERABLE = frozenset({"command", "view_submission", "block_suggestion"})
_MOST_SOCKETS = 10


@dataclass(frozen=True, kw_only=True)
class Acknowledged:
    """What the bot said to an envelope; `failure` is http_timeout, connection_failed or None."""

    payload: Json | None = None
    failure: str | None = None


class Sockets:
    """The open connections; envelopes go to the one that was opened last."""

    def __init__(self, config: WorkspaceConfig, ids: Ids) -> None:
        """Start without connections."""
        self._config = config
        self._ids = ids
        self._tickets: set[str] = set()
        self._open: list[tuple[web.WebSocketResponse, web.Request]] = []
        self._awaited: dict[str, asyncio.Future[Json | None]] = {}
        self.refuse_tickets = False
        """Whether addresses that were given out open nothing, as when they have run out."""

    @property
    def enabled(self) -> bool:
        """Whether the app speaks over sockets instead of HTTP."""
        return self._config.app_token is not None

    @property
    def count(self) -> int:
        """How many connections are open."""
        return len(self._open)

    def ticket(self) -> str:
        """Return the word of an address that opens one connection."""
        word = self._ids.word("ticket", 24)
        self._tickets.add(word)
        return word

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Hold one connection until somebody ends it; an address is good once."""
        ticket = request.match_info["ticket"]
        if ticket not in self._tickets or len(self._open) >= _MOST_SOCKETS or self.refuse_tickets:
            self._tickets.discard(ticket)
            raise web.HTTPNotFound
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._open.append((socket, request))
        try:
            await socket.send_json(self._hello())
            async for message in socket:
                self._heard(json.loads(message.data))
        finally:
            self._open.remove((socket, request))
        return socket

    async def deliver(self, kind: str, payload: Json, retry: tuple[int, str]) -> Acknowledged:
        """Send one envelope and wait for its acknowledgement within the window."""
        if not self._open:
            return Acknowledged(failure="connection_failed")
        envelope_id = str(uuid.uuid4())
        envelope: Json = {
            "envelope_id": envelope_id,
            "payload": payload,
            "type": _ENVELOPE.get(kind, "interactive"),
            "accepts_response_payload": kind in _ANSWERABLE,
        }
        if kind == "event":
            envelope |= {"retry_attempt": retry[0], "retry_reason": retry[1]}
        self._awaited[envelope_id] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._config.ack_seconds):
                await self._open[-1][0].send_json(envelope)
                answer = await self._awaited[envelope_id]
        except TimeoutError:
            return Acknowledged(failure="http_timeout")
        except ConnectionError:
            return Acknowledged(failure="connection_failed")
        finally:
            del self._awaited[envelope_id]
        return Acknowledged(payload=answer if kind in _ANSWERABLE else None)

    async def announce(self, reason: str) -> None:
        """Ask every connection to be replaced; Slack does so about every hour."""
        for socket, _ in list(self._open):
            await socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}}
            )

    def cut(self) -> None:
        """Break every connection without a word."""
        for _, request in list(self._open):
            if request.transport:
                request.transport.abort()

    async def close(self) -> None:
        """Say goodbye to every connection."""
        for socket, _ in list(self._open):
            await socket.close()

    def _heard(self, said: Json) -> None:
        waiting = self._awaited.get(str(said.get("envelope_id")))
        if waiting is not None and not waiting.done():
            waiting.set_result(said.get("payload"))

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._open),
            "connection_info": {"app_id": APP_ID},
            "debug_info": {"host": "local", "approximate_connection_time": 18060},
        }

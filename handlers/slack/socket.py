"""Hears Slack over a WebSocket that E2A opens (Socket Mode): no public address is needed.

Must not handle anything itself: what comes goes to the same Bolt app as through the receiver.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from handlers.services import Services
from handlers.slack.handing import CORRELATION, new_correlation_id
from handlers.slack.middleware import ENVELOPE
from handlers.slack.shape import MalformedError, check_shape, kind_of

log = structlog.stdlib.get_logger(__name__)
_LOOK_SECONDS = 5.0
"""How often a connection proves that it is alive, and a lost one is sought again."""
_ADDRESS = re.compile(r"(wss?://[^/\s]+/)[^\s']+")
_FINISH_SECONDS = 3.0
"""Slack waits no longer for what is under way when we stop."""


def _in_one_line(record: logging.LogRecord) -> bool:
    """What Bolt's client says of a failed attempt, without its own lines and the secret address."""
    record.exc_info = None
    record.msg = _ADDRESS.sub(r"\1...", str(record.msg))
    return True


_CLIENT_LOG = logging.getLogger("slack_bolt.socket")
_CLIENT_LOG.addFilter(_in_one_line)


class SocketListener(AsyncSocketModeHandler):
    """The door for Slack that opens outwards; `listening` holds it open.

    Args:
        app: the Bolt app with every listener.
        app_token: opens the connection (`xapp-...`).
        client: whose address and session the opening shares.
        services: for the time and the metrics.
        look_seconds: how often the connection is looked after.
    """

    def __init__(
        self,
        *,
        app: AsyncApp,
        app_token: str,
        client: AsyncWebClient,
        services: Services,
        look_seconds: float = _LOOK_SECONDS,
    ) -> None:
        super().__init__(
            app, app_token, logger=_CLIENT_LOG, web_client=client, ping_interval=look_seconds
        )
        self._services = services
        self._look_seconds = look_seconds
        self._under_way: set[asyncio.Task[object]] = set()
        self._stopping = False

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Connects, and connects again, until the block ends; what came in is finished then."""
        staying = asyncio.create_task(self._stay_connected())
        try:
            yield
        finally:
            self._stopping = True
            staying.cancel()
            if self._under_way:
                await asyncio.wait(set(self._under_way), timeout=_FINISH_SECONDS)
            await self._close(staying)

    async def connected(self) -> bool:
        """Whether Slack is heard."""
        return bool(await self.client.is_connected())

    async def handle(self, client: AsyncBaseSocketModeClient, req: SocketModeRequest) -> None:
        """Passes one envelope on and acknowledges it; unacknowledged ones Slack sends again."""
        if self._stopping:
            return  # another connection hears it, or we do after the start
        task = asyncio.current_task()
        if task is not None:
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        correlation_id = new_correlation_id()
        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            await self._pass_on(client, req, correlation_id)

    async def _pass_on(
        self, client: AsyncBaseSocketModeClient, req: SocketModeRequest, correlation_id: str
    ) -> None:
        began = self._services.wall_now()
        try:
            body = check_shape(req.payload)
        except MalformedError:
            log.warning("slack_envelope_not_understood", kind=req.type)
            await client.send_socket_mode_response(SocketModeResponse(req.envelope_id))
            return
        headers = {**(build_headers(req) or {}), ENVELOPE: req.envelope_id}
        request = AsyncBoltRequest(mode="socket_mode", body=body, headers=headers)
        request.context[CORRELATION] = correlation_id
        answer = await self.app.async_dispatch(request)
        await send_async_response(client, req, answer, began.timestamp())
        seconds = (self._services.wall_now() - began).total_seconds()
        self._services.observe_slack.acknowledged(kind_of(body), seconds)

    async def _stay_connected(self) -> None:
        """Bolt's client connects again by itself, but for ever to an address that is good once."""
        connecting = asyncio.create_task(self.client.connect())  # type: ignore[no-untyped-call]
        try:
            while True:
                await asyncio.sleep(self._look_seconds)
                if not await self.connected():
                    log.warning("slack_socket_lost")
                    self.client.wss_uri = None  # the next attempt asks for another one
        finally:
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)

    async def _close(self, staying: asyncio.Task[None]) -> None:
        client = self.client
        await client.close()  # type: ignore[no-untyped-call]
        rest = (client.message_processor, client.current_session_monitor, client.message_receiver)
        ended = [staying, *(task for task in rest if task is not None)]
        await asyncio.gather(*ended, return_exceptions=True)

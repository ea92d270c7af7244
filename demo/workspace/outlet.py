"""Sends events, commands and clicks to the bot with Slack's retries.

It must not decide who may cause them.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from demo.workspace.people import APP_ID, BOT_USER, TEAM_ID
from demo.workspace.shapes import Json, compact
from demo.workspace.wire import Parcel, Reply, Wire

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from demo.workspace.config import WorkspaceConfig
    from demo.workspace.ids import Ids
    from demo.workspace.sockets import Sockets
    from demo.workspace.traffic import Traffic

LEGACY_TOKEN = "legacy-verification-token"  # noqa: S105  (Slack still sends it; it protects nothing)
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"


class Outlet:
    """Everything that leaves the workspace towards the bot."""

    def __init__(
        self, config: WorkspaceConfig, ids: Ids, traffic: Traffic, sockets: Sockets
    ) -> None:
        """Keep the parts; `start` must come before the first delivery."""
        self._config = config
        self._ids = ids
        self._wire = Wire(config, traffic, sockets)
        self._tasks: set[asyncio.Task[None]] = set()
        self.tamper = self._wire.tamper
        self.verified: bool | None = None

    async def start(self) -> None:
        """Open the connection and begin to verify the bot's URL."""
        await self._wire.open()
        if self._config.verify_url and self._config.bot_url and not self._config.app_token:
            self._spawn(self._verify_until_reachable())

    async def close(self) -> None:
        """Stop every delivery that is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._wire.close()

    def event(self, event: Json, *, private: bool = False, team: str = TEAM_ID) -> str:
        """Deliver an event in the background, with retries; return its event_id."""
        event_id = self._ids.next("Ev")
        body = {
            "token": LEGACY_TOKEN,
            "team_id": team,
            "context_team_id": team,
            "context_enterprise_id": None,
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(self._config.clock.now()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": team,
                    "user_id": BOT_USER,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{event_id}-{'private' if private else 'public'}",
        }
        self._spawn(self._deliver_event(body))
        return event_id

    async def command(self, form: Mapping[str, str]) -> Reply:
        """Deliver a slash command once and wait for the acknowledgement."""
        summary = f"{form['command']} {form['text']}".strip()
        return await self._wire.send(_parcel("command", summary, dict(form), urlencode(form)))

    async def interact(self, payload: Json) -> Reply:
        """Deliver a click, a view or a shortcut once and wait for the acknowledgement."""
        body = urlencode({"payload": compact(payload)})
        return await self._wire.send(_parcel(payload["type"], _told(payload), payload, body))

    async def _deliver_event(self, body: Json) -> None:
        reply = await self._wire.send(_event_parcel(body, {}))
        for number, delay in enumerate(self._config.event_retry_seconds, start=1):
            if reply.failure is None or reply.headers.get("X-Slack-No-Retry") == "1":
                return
            await self._config.clock.wait(delay)
            headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reply.failure}
            reply = await self._wire.send(_event_parcel(body, headers))

    async def _verify_until_reachable(self) -> None:
        challenge = self._ids.word("challenge", 40)
        body = {"token": LEGACY_TOKEN, "challenge": challenge, "type": "url_verification"}
        parcel = Parcel(
            kind="url_verification",
            summary="the bot's URL is checked",
            body=compact(body).encode(),
            content_type=_JSON,
            shown=body,
        )
        reply = await self._wire.send(parcel)
        while reply.failure == "connection_failed":
            await self._config.clock.wait(self._config.verify_every_seconds)
            reply = await self._wire.send(parcel, quiet=True)
        self.verified = reply.failure is None and challenge in reply.body

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _parcel(kind: str, summary: str, shown: Json, body: str) -> Parcel:
    return Parcel(kind=kind, summary=summary, shown=shown, body=body.encode(), content_type=_FORM)


def _event_parcel(body: Json, headers: Mapping[str, str]) -> Parcel:
    event = body["event"]
    what = f"event {event['type']}" + (f" ({event['subtype']})" if event.get("subtype") else "")
    return Parcel(
        kind="event",
        summary=what,
        shown=body,
        body=compact(body).encode(),
        content_type=_JSON,
        headers=headers,
        event_id=body["event_id"],
    )


def _told(payload: Json) -> str:
    actions = payload.get("actions") or [{}]
    view = payload.get("view") or {}
    what = (
        actions[0].get("action_id") or payload.get("callback_id") or view.get("callback_id") or ""
    )
    return f"{payload['type']} {what} by {payload['user']['name']}".replace("  ", " ")

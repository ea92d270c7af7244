"""Trigger ids and response URLs: what a click lets the app do for a while.

It must not open or post anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from demo.workspace.shapes import ApiError

if TYPE_CHECKING:
    from demo.workspace.config import WorkspaceConfig
    from demo.workspace.ids import Ids


@dataclass(kw_only=True)
class Trigger:
    """The right to open one view for one person."""

    user_id: str
    expires_at: float
    view_id: str | None = None
    used: bool = False


@dataclass(kw_only=True)
class ResponseUrl:
    """The right to post a few times where something was clicked or typed."""

    user_id: str
    channel_id: str
    expires_at: float
    uses_left: int
    message_ts: str | None = None
    thread_ts: str | None = None
    is_ephemeral: bool = False


class Grants:
    """The triggers and response URLs that were handed out."""

    def __init__(self, config: WorkspaceConfig, ids: Ids) -> None:
        """Start with none."""
        self._config = config
        self._ids = ids
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def trigger(self, user_id: str, view_id: str | None = None) -> str:
        """Hand out a trigger id; `view_id` is the modal in which the click happened."""
        name = f"{self._ids.next('1')}.{self._ids.word('trigger', 32).lower()}"
        expires_at = self._config.clock.ticks() + self._config.trigger_seconds
        self._triggers[name] = Trigger(user_id=user_id, expires_at=expires_at, view_id=view_id)
        return name

    def spend(self, name: str) -> Trigger:
        """Use a trigger id up, or raise Slack's error for an unknown, old or used one."""
        trigger = self._triggers.get(name)
        if trigger is None:
            raise ApiError(code="invalid_trigger_id")
        if trigger.used:
            raise ApiError(code="exchanged_trigger_id")
        if self._config.clock.ticks() > trigger.expires_at:
            raise ApiError(code="expired_trigger_id")
        trigger.used = True
        return trigger

    def respond(
        self, *, user_id: str, channel_id: str, message_ts: str | None = None, **where: object
    ) -> str:
        """Hand out the path of a response URL; `where` may give thread_ts and is_ephemeral."""
        thread_ts = where.get("thread_ts")
        name = self._ids.word("response", 24)
        self._urls[name] = ResponseUrl(
            user_id=user_id,
            channel_id=channel_id,
            message_ts=message_ts,
            thread_ts=None if thread_ts is None else str(thread_ts),
            is_ephemeral=bool(where.get("is_ephemeral")),
            expires_at=self._config.clock.ticks() + self._config.response_url_seconds,
            uses_left=self._config.response_url_uses,
        )
        return f"/hooks/{name}"

    def use_url(self, name: str) -> ResponseUrl:
        """Count one use of a response URL, or raise `expired_url` or `used_url`."""
        url = self._urls.get(name)
        if url is None or self._config.clock.ticks() > url.expires_at:
            raise ApiError(code="expired_url")
        if url.uses_left < 1:
            raise ApiError(code="used_url")
        url.uses_left -= 1
        return url

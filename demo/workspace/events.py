"""Builds the events that the app is subscribed to and hands them to the outlet.

It must not change state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.workspace.people import BOT_USER, TEAM_ID

if TYPE_CHECKING:
    from demo.workspace.channels import Channel, Message
    from demo.workspace.clock import Clock
    from demo.workspace.manifest import AppManifest
    from demo.workspace.outlet import Outlet
    from demo.workspace.shapes import Json

_SCOPES = {
    "app_mention": ("app_mentions:read",),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "link_shared": ("links:read",),
    "file_shared": ("files:read",),
}
_CHANNEL_TYPE = {"channels": "channel", "groups": "group", "im": "im"}
_CHANNEL_LETTER = {"channels": "C", "groups": "G", "im": "D"}


class Events:
    """What happened, as the app hears of it: only where subscribed, granted and a member."""

    def __init__(self, manifest: AppManifest, outlet: Outlet, clock: Clock) -> None:
        """Keep the subscriptions and the way out."""
        self._manifest = manifest
        self._outlet = outlet
        self._clock = clock

    def posted(
        self,
        channel: Channel,
        message: Message,
        mentioned: tuple[str, ...] = (),
        seen: str | None = None,
    ) -> None:
        """Tell of a new message, and of a mention of the app in a channel.

        `seen` is the channel at which its author looks, which the app's conversation is told.
        """
        body = channel.shown(message)
        body.pop("reactions", None)
        if seen and channel.kind == "im" and self._manifest.agent_view:
            body["app_context"] = _context(seen)
        self._tell(f"message.{channel.kind}", self._message(channel, body), channel)
        if BOT_USER in mentioned and channel.kind != "im" and not message.body.get("bot_id"):
            self._tell("app_mention", self._mention(channel, body), channel)

    def changed(self, channel: Channel, before: Json, after: Json) -> None:
        """Tell of an edited message."""
        event = {
            "subtype": "message_changed",
            "message": after,
            "previous_message": before,
            "hidden": True,
        }
        self._tell(
            f"message.{channel.kind}",
            self._message(channel, {**event, "ts": self._stamp()}),
            channel,
        )

    def deleted(self, channel: Channel, before: Json) -> None:
        """Tell of a deleted message."""
        event = {
            "subtype": "message_deleted",
            "previous_message": before,
            "deleted_ts": before["ts"],
            "hidden": True,
        }
        self._tell(
            f"message.{channel.kind}",
            self._message(channel, {**event, "ts": self._stamp()}),
            channel,
        )

    def reacted(
        self, channel: Channel, message: Message, user_id: str, name: str, *, added: bool
    ) -> None:
        """Tell of an emoji put under a message or taken away."""
        kind = "reaction_added" if added else "reaction_removed"
        event = {
            "type": kind,
            "user": user_id,
            "reaction": name,
            "item": {"type": "message", "channel": channel.id, "ts": message.ts},
            "item_user": message.body.get("user"),
            "event_ts": self._stamp(),
        }
        self._tell(kind, event, channel)

    def joined(self, channel: Channel, user_id: str, inviter: str | None) -> None:
        """Tell that somebody, or the app itself, joined a channel."""
        event: Json = {
            "type": "member_joined_channel",
            "user": user_id,
            "channel": channel.id,
            "channel_type": _CHANNEL_LETTER[channel.kind],
            "team": "T0E2A",
            "event_ts": self._stamp(),
        }
        if inviter:
            event["inviter"] = inviter
        self._tell("member_joined_channel", event, channel)

    def home_opened(
        self, user_id: str, channel_id: str, tab: str, view: Json | None, seen: str | None = None
    ) -> None:
        """Tell that somebody opened the app's Home or its conversation, coming from `seen`."""
        event: Json = {
            "type": "app_home_opened",
            "user": user_id,
            "channel": channel_id,
            "tab": tab,
            "event_ts": self._stamp(),
        }
        if view:
            event["view"] = view
        if self._manifest.agent_view and seen:
            event["context"] = _context(seen)
        self._tell("app_home_opened", event, None)

    def context_changed(self, user_id: str, channel_id: str, seen: str | None) -> None:
        """Tell what somebody looks at beside the app's conversation; nothing, where it is none."""
        event: Json = {
            "type": "app_context_changed",
            "user": user_id,
            "channel": channel_id,
            "context": _context(seen) if seen else {},
            "event_ts": self._stamp(),
        }
        if self._manifest.agent_view:
            self._tell("app_context_changed", event, None)

    def shared_links(self, channel: Channel, message: Message, links: list[Json]) -> None:
        """Tell of links whose domain the app registered."""
        event = {
            "type": "link_shared",
            "user": message.body.get("user"),
            "channel": channel.id,
            "message_ts": message.ts,
            "thread_ts": message.thread_ts,
            "links": links,
            "is_bot_user_member": BOT_USER in channel.members,
            "source": "conversations_history",
            "unfurl_id": f"{channel.id}.{message.ts}",
            "event_ts": self._stamp(),
        }
        self._tell("link_shared", event, channel)

    def shared_file(self, channel: Channel, file_id: str, user_id: str) -> None:
        """Tell of a file that somebody shared; what it is has to be asked for."""
        event = {
            "type": "file_shared",
            "channel_id": channel.id,
            "file_id": file_id,
            "file": {"id": file_id},
            "user_id": user_id,
            "event_ts": self._stamp(),
        }
        self._tell("file_shared", event, channel)

    def uninstalled(self, team: str) -> None:
        """Tell that the app was taken out of a workspace: two events, in no certain order."""
        told: tuple[Json, ...] = (
            {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}},
            {"type": "app_uninstalled"},
        )
        for event in told:
            if event["type"] in self._manifest.events:
                self._outlet.event({**event, "event_ts": self._stamp()}, team=team)

    def _message(self, channel: Channel, body: Json) -> Json:
        return {
            "type": "message",
            **body,
            "channel": channel.id,
            "channel_type": _CHANNEL_TYPE[channel.kind],
            "event_ts": body["ts"],
        }

    def _mention(self, channel: Channel, body: Json) -> Json:
        kept = {name: value for name, value in body.items() if name != "subtype"}
        return {**kept, "type": "app_mention", "channel": channel.id, "event_ts": body["ts"]}

    def _tell(self, kind: str, event: Json, channel: Channel | None) -> None:
        if kind not in self._manifest.events:
            return
        if kind in _SCOPES and not self._manifest.scopes.intersection(_SCOPES[kind]):
            return
        if channel is None or BOT_USER in channel.members:
            self._outlet.event(event, private=channel is not None and channel.kind != "channels")

    def _stamp(self) -> str:
        return f"{self._clock.now():.6f}"


def _context(seen: str) -> Json:
    """Return what somebody looks at, as Slack words it."""
    entity = {"type": "slack#/types/channel_id", "value": seen, "team_id": TEAM_ID}
    return {"entities": [entity]}

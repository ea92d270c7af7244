"""Channels with their messages and threads in memory.

It must not check who may do what.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from demo.workspace.people import TEAM_ID, ChannelSeed
from demo.workspace.shapes import Json, without_nothing

if TYPE_CHECKING:
    from collections.abc import Iterable

_MICROS = 1_000_000
CREATED = 1_700_000_000


@dataclass(kw_only=True)
class Message:
    """A message as it stands now; `body` is Slack's JSON without thread counters and metadata."""

    channel_id: str
    ts: str
    body: Json
    thread_ts: str | None = None
    broadcast: bool = False
    metadata: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        """Return whether it stands in a thread below another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(kw_only=True)
class Channel:
    """A channel or, where `im_user` is set, that person's conversation with the app."""

    id: str
    name: str
    members: list[str]
    is_private: bool = False
    is_archived: bool = False
    topic: str = ""
    im_user: str | None = None
    messages: dict[str, Message] = field(default_factory=dict)
    threads: dict[str, list[str]] = field(default_factory=dict)
    _last_micros: int = 0

    @classmethod
    def from_seed(cls, seed: ChannelSeed) -> Channel:
        """Return the channel that a seed describes."""
        return cls(
            id=seed.id,
            name=seed.name,
            members=list(seed.members),
            is_private=seed.is_private,
            is_archived=seed.is_archived,
            topic=seed.topic,
        )

    @property
    def kind(self) -> str:
        """Return the word that scopes and events use: channels, groups or im."""
        if self.im_user:
            return "im"
        return "groups" if self.is_private else "channels"

    def next_ts(self, now: float) -> str:
        """Return a timestamp later than every one given out before in this channel."""
        self._last_micros = max(self._last_micros + 1, int(now * _MICROS))
        seconds, micros = divmod(self._last_micros, _MICROS)
        return f"{seconds}.{micros:06d}"

    def add(self, message: Message) -> None:
        """Append a message, and to its thread where it is a reply."""
        self.messages[message.ts] = message
        if message.is_reply and message.thread_ts:
            self.threads.setdefault(message.thread_ts, []).append(message.ts)

    def remove(self, ts: str) -> None:
        """Forget a message."""
        message = self.messages.pop(ts)
        if message.is_reply and message.thread_ts in self.threads:
            self.threads[message.thread_ts].remove(ts)

    def root_of(self, thread_ts: str) -> str | None:
        """Return the parent's ts for any message of a thread, None for an unknown one."""
        message = self.messages.get(thread_ts)
        if message is None:
            return None
        return message.thread_ts if message.is_reply else message.ts

    def top_level(self) -> list[Message]:
        """Return what the channel shows outside threads, oldest first."""
        return [
            message
            for message in self.messages.values()
            if not message.is_reply or message.broadcast
        ]

    def thread(self, ts: str) -> list[Message]:
        """Return the parent and its replies, oldest first."""
        parent = [self.messages[ts]] if ts in self.messages else []
        return [*parent, *(self.messages[reply] for reply in self.threads.get(ts, []))]

    def shown(self, message: Message, *, with_metadata: bool = False) -> Json:
        """Return the message as `conversations.history` would."""
        shape: Json = {**message.body, "ts": message.ts}
        replies = [self.messages[ts] for ts in self.threads.get(message.ts, [])]
        if replies:
            shape |= _thread_fields(message, replies)
        elif message.is_reply:
            shape["thread_ts"] = message.thread_ts
            parent = self.messages.get(message.thread_ts or "")
            if parent:
                shape["parent_user_id"] = parent.body.get("user")
        if message.reactions:
            shape["reactions"] = reaction_list(message)
        if with_metadata and message.metadata:
            shape["metadata"] = message.metadata
        return shape

    def to_json(self, viewer: str) -> Json:
        """Return the `channel` object as `viewer` sees it."""
        if self.im_user:
            return self._im_json()
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.is_private,
            "is_archived": self.is_archived,
            "is_general": False,
            "is_member": viewer in self.members,
            "created": CREATED,
            "context_team_id": TEAM_ID,
            "topic": {"value": self.topic, "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "num_members": len(self.members),
        }

    def _im_json(self) -> Json:
        return {
            "id": self.id,
            "created": CREATED,
            "is_im": True,
            "is_org_shared": False,
            "user": self.im_user,
            "is_user_deleted": False,
            "is_archived": self.is_archived,
            "context_team_id": TEAM_ID,
        }


def reaction_list(message: Message) -> list[Json]:
    """Return the `reactions` list of a message."""
    return [
        {"name": name, "users": [*users], "count": len(users)}
        for name, users in message.reactions.items()
        if users
    ]


def _thread_fields(parent: Message, replies: list[Message]) -> Json:
    people = _in_order(reply.body.get("user") for reply in replies)
    return without_nothing(
        thread_ts=parent.ts,
        reply_count=len(replies),
        reply_users_count=len(people),
        latest_reply=replies[-1].ts,
        reply_users=people,
        is_locked=False,
        subscribed=parent.body.get("bot_id") is not None,
    )


def _in_order(users: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(user for user in users if user))

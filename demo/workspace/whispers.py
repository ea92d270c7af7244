"""Messages that only one person sees.

It must never put them into a channel's history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.workspace.people import TEAM_ID
from demo.workspace.posting import bot_body
from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from demo.workspace.channels import Channel
    from demo.workspace.content import Content
    from demo.workspace.world import World

NOTICE_AUTHOR = "USLACKBOT"


def whisper(
    world: World, channel: Channel, user_id: str, content: Content, *, thread_ts: str | None = None
) -> Json:
    """Show the app's message to one person in a channel; return it."""
    body = bot_body(
        world, text=content.text or "", blocks=content.blocks, attachments=content.attachments
    )
    return _keep(world, channel, user_id, body, thread_ts)


def notice(world: World, channel: Channel, user_id: str, text: str, error: str) -> Json:
    """Show what Slack itself says when something failed, such as `operation_timeout`."""
    body: Json = {"user": NOTICE_AUTHOR, "team": TEAM_ID, "text": text, "error": error}
    return _keep(world, channel, user_id, body, None)


def rewrite(world: World, user_id: str, ts: str, content: Content) -> None:
    """Replace a message that only this person sees."""
    old = find(world, user_id, ts)
    body = bot_body(
        world, text=content.text or "", blocks=content.blocks, attachments=content.attachments
    )
    kept = {
        name: old[name]
        for name in ("type", "ts", "channel", "is_ephemeral", "thread_ts")
        if name in old
    }
    notes = world.ephemerals[user_id]
    notes[notes.index(old)] = body | kept
    world.hub.tell("ephemeral", user=user_id, message=body | kept)


def remove(world: World, user_id: str, ts: str) -> None:
    """Take a message away that only this person sees."""
    old = find(world, user_id, ts)
    world.ephemerals[user_id].remove(old)
    world.hub.tell("ephemeral_deleted", user=user_id, ts=ts, channel=old["channel"])


def find(world: World, user_id: str, ts: str) -> Json:
    """Return a message that only this person sees, or raise `message_not_found`."""
    for note in world.ephemerals.get(user_id, []):
        if note["ts"] == ts:
            return note
    raise ApiError(code="message_not_found")


def _keep(world: World, channel: Channel, user_id: str, body: Json, thread_ts: str | None) -> Json:
    note = {
        "type": "message",
        **body,
        "ts": channel.next_ts(world.clock.now()),
        "channel": channel.id,
        "is_ephemeral": True,
    }
    root = channel.root_of(thread_ts) if thread_ts else None
    if root:
        note["thread_ts"] = root
    return world.whisper(user_id, note)

"""chat.*: what the app says, edits and takes back.

It must not check blocks itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.workspace.content import Content, read_content
from demo.workspace.methods.method import Method
from demo.workspace.people import BOT_ID, BOT_USER
from demo.workspace.posting import bot_body, change, delete, post
from demo.workspace.shapes import ApiError, Json
from demo.workspace.whispers import whisper

if TYPE_CHECKING:
    from demo.workspace.arguments import Arguments
    from demo.workspace.channels import Channel, Message
    from demo.workspace.world import World

_WRITE = ("chat:write",)
_MOST_EDITED_TEXT = 4000


async def post_message(world: World, args: Arguments) -> Json:
    """Post a message, or a reply where thread_ts names an existing message."""
    channel = writable(world, args.required("channel"))
    world.limits.check_post(channel.id)
    content = read_content(args)
    if content.is_empty:
        raise ApiError(code="no_text")
    message = post(
        world,
        channel,
        bot_body(
            world, text=content.text or "", blocks=content.blocks, attachments=content.attachments
        ),
        thread_ts=args.text("thread_ts") or None,
        broadcast=args.flag("reply_broadcast"),
        metadata=content.metadata,
    )
    world.statuses.forget(channel.id, message.thread_ts)
    shown = channel.shown(message, with_metadata=True)
    return {"ok": True, "channel": channel.id, "ts": message.ts, "message": shown}


async def update(world: World, args: Arguments) -> Json:
    """Replace a message of the app; text without blocks removes the blocks."""
    channel, message = _own(world, args, "cant_update_message")
    if world.flows.is_open(channel.id, message.ts):
        raise ApiError(code="streaming_state_conflict")
    content = read_content(args)
    if content.is_empty and content.blocks is None and content.attachments is None:
        raise ApiError(code="no_text")
    if len(content.text or "") > _MOST_EDITED_TEXT:
        raise ApiError(code="msg_too_long")
    if content.metadata:
        message.metadata = content.metadata
    change(world, channel, message, _edited(world, message, content))
    shown = channel.shown(message)
    return {
        "ok": True,
        "channel": channel.id,
        "ts": message.ts,
        "text": shown.get("text", ""),
        "message": shown,
    }


async def delete_message(world: World, args: Arguments) -> Json:
    """Take a message of the app away."""
    channel, message = _own(world, args, "cant_delete_message")
    delete(world, channel, message)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


async def post_ephemeral(world: World, args: Arguments) -> Json:
    """Show a message to one member of a channel only."""
    channel = writable(world, args.required("channel"))
    user_id = args.required("user")
    if user_id not in world.people or user_id not in channel.members:
        raise ApiError(code="user_not_in_channel")
    content = read_content(args)
    if content.is_empty:
        raise ApiError(code="no_text")
    thread_ts = args.text("thread_ts") or None
    note = whisper(world, channel, user_id, content, thread_ts=thread_ts)
    return {"ok": True, "message_ts": note["ts"]}


async def get_permalink(world: World, args: Arguments) -> Json:
    """Return a link to a message."""
    channel = world.channel_for_bot(args.required("channel"))
    message = channel.messages.get(args.required("message_ts"))
    if message is None:
        raise ApiError(code="message_not_found")
    link = f"{world.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"ok": True, "channel": channel.id, "permalink": link}


def writable(world: World, reference: str) -> Channel:
    """Return a channel in which the app may write; a person's id is their conversation with it."""
    if reference in world.people:
        return world.direct_with(reference)
    channel = world.channel_for_bot(reference, by_name=True)
    if channel.is_archived:
        raise ApiError(code="is_archived")
    if BOT_USER not in channel.members and "chat:write.public" not in world.config.manifest.scopes:
        raise ApiError(code="not_in_channel")
    return channel


def _own(world: World, args: Arguments, refusal: str) -> tuple[Channel, Message]:
    channel = world.channel_for_bot(args.required("channel"))
    message = channel.messages.get(args.required("ts"))
    if message is None:
        raise ApiError(code="message_not_found")
    if message.body.get("bot_id") != BOT_ID:
        raise ApiError(code=refusal)
    return channel, message


def _edited(world: World, message: Message, content: Content) -> Json:
    old = message.body
    kept = old.get("blocks") if content.text is None else None
    blocks = content.blocks if content.blocks is not None else kept
    attachments = content.attachments if content.attachments is not None else old.get("attachments")
    text = old["text"] if content.text is None else content.text
    body = {"type": "message", **bot_body(world, text=text, blocks=blocks, attachments=attachments)}
    kept_fields = {name: old[name] for name in ("subtype", "files") if name in old}
    edited = {"user": BOT_USER, "ts": f"{world.clock.now():.6f}"}
    return body | kept_fields | {"edited": edited}


METHODS = {
    "chat.postMessage": Method(post_message, 0, _WRITE),
    "chat.update": Method(update, 3, _WRITE),
    "chat.delete": Method(delete_message, 3, _WRITE),
    "chat.postEphemeral": Method(post_ephemeral, 4, _WRITE),
    "chat.getPermalink": Method(get_permalink, 0),
}

"""chat.startStream, appendStream and stopStream: a reply that is written before one's eyes.

It must not keep what is open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.workspace.blockkit import MESSAGE_CHARACTERS, faults, text_length
from demo.workspace.content import read_content, refuse
from demo.workspace.flows import MOST_CHARACTERS, markdown_block
from demo.workspace.methods.chat import writable
from demo.workspace.methods.method import Method
from demo.workspace.people import BOT_ID
from demo.workspace.posting import bot_body, change, post
from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from demo.workspace.arguments import Arguments
    from demo.workspace.channels import Channel, Message
    from demo.workspace.world import World

_WRITE = ("chat:write",)
_TEXT, _OTHER_CHUNKS = "markdown_text", {"task_update", "plan_update", "blocks"}


async def start_stream(world: World, args: Arguments) -> Json:
    """Begin a reply; in channels it has to say for whom."""
    channel = writable(world, args.required("channel"))
    thread_ts = args.required("thread_ts")
    if channel.root_of(thread_ts) is None:
        raise ApiError(code="invalid_thread_ts")
    if channel.kind != "im":
        for name in ("recipient_team_id", "recipient_user_id"):
            if not args.text(name):
                raise ApiError(code=f"missing_{name}")
    world.limits.check_post(channel.id)
    text = _said(args)
    body = bot_body(world, text=text, blocks=markdown_block(text) or None, attachments=None)
    message = post(world, channel, {**body, "streaming_state": "in_progress"}, thread_ts=thread_ts)
    world.flows.begin(channel.id, message.ts, text)
    world.statuses.forget(channel.id, message.thread_ts)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


async def append_stream(world: World, args: Arguments) -> Json:
    """Add to what is being written."""
    channel, message = _open(world, args)
    text = _said(args)
    if not text:
        raise ApiError(code="no_text")
    said = world.flows.add(channel.id, message.ts, text)
    _write(world, channel, message, said, None, "in_progress")
    return {"ok": True, "channel": channel.id, "ts": message.ts}


async def stop_stream(world: World, args: Arguments) -> Json:
    """Add the rest and end it; blocks stand below the text."""
    channel, message = _open(world, args)
    content = read_content(args)
    said = world.flows.add(channel.id, message.ts, _said(args))
    below = content.blocks or []
    refuse(faults([*markdown_block(said), *below], "message"))
    if len(said) + text_length(below) > MESSAGE_CHARACTERS:
        raise ApiError(code="msg_blocks_too_long")
    world.flows.end(channel.id, message.ts)
    if content.metadata:
        message.metadata = content.metadata
    _write(world, channel, message, said, below, "completed")
    shown = channel.shown(message)
    return {"ok": True, "channel": channel.id, "ts": message.ts, "message": shown}


def _open(world: World, args: Arguments) -> tuple[Channel, Message]:
    channel = world.channel_for_bot(args.required("channel"))
    message = channel.messages.get(args.required("ts"))
    if message is None:
        raise ApiError(code="message_not_found")
    if message.body.get("bot_id") != BOT_ID:
        raise ApiError(code="message_not_owned_by_app")
    if not world.flows.is_open(channel.id, message.ts):
        raise ApiError(code="message_not_in_streaming_state")
    return channel, message


def _said(args: Arguments) -> str:
    """Return the text of `markdown_text` or of the chunks; both together are refused."""
    plain, chunks = args.text(_TEXT), args.parsed("chunks")
    if plain and chunks:
        raise ApiError(code="invalid_arguments")
    text = plain or "".join(_chunk(item) for item in _list(chunks))
    if len(text) > MOST_CHARACTERS:
        raise ApiError(code="msg_too_long")
    return text


def _list(chunks: object) -> list[object]:
    if chunks is None:
        return []
    if not isinstance(chunks, list):
        raise ApiError(code="invalid_chunks")
    return chunks


def _chunk(item: object) -> str:
    kind = item.get("type") if isinstance(item, dict) else None
    if not isinstance(item, dict) or kind not in {_TEXT, *_OTHER_CHUNKS}:
        raise ApiError(code="invalid_chunks")
    return str(item.get("text", "")) if kind == _TEXT else ""


def _write(
    world: World,
    channel: Channel,
    message: Message,
    said: str,
    below: list[Json] | None,
    state: str,
) -> None:
    blocks = [*markdown_block(said), *(below or [])]
    body = bot_body(world, text=said, blocks=blocks or None, attachments=None)
    change(world, channel, message, {"type": "message", **body, "streaming_state": state})


METHODS = {
    "chat.startStream": Method(start_stream, 2, _WRITE),
    "chat.appendStream": Method(append_stream, 4, _WRITE),
    "chat.stopStream": Method(stop_stream, 2, _WRITE),
}

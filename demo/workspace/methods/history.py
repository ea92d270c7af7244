"""conversations.history and conversations.replies.

It must not show what only one person may see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.workspace.methods.method import Method, page
from demo.workspace.people import BOT_USER
from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demo.workspace.arguments import Arguments
    from demo.workspace.channels import Channel, Message
    from demo.workspace.world import World


async def conversations_history(world: World, args: Arguments) -> Json:
    """Return a channel's messages without replies, newest first."""
    channel = _member(world, args)
    messages = _between(channel.top_level(), args)
    shown = [
        channel.shown(item, with_metadata=args.flag("include_all_metadata"))
        for item in reversed(messages)
    ]
    answer = page(shown, args, "messages")
    has_more = bool(answer["response_metadata"]["next_cursor"])
    return answer | {"has_more": has_more, "pin_count": 0}


async def conversations_replies(world: World, args: Arguments) -> Json:
    """Return a thread, its parent first."""
    channel = _member(world, args)
    root = channel.root_of(args.required("ts"))
    if root is None or root not in channel.messages:
        raise ApiError(code="thread_not_found")
    parent, *replies = channel.thread(root)
    messages = [parent, *_between(replies, args)]
    shown = [
        channel.shown(item, with_metadata=args.flag("include_all_metadata")) for item in messages
    ]
    answer = page(shown, args, "messages", default=1000)
    return answer | {"has_more": bool(answer["response_metadata"]["next_cursor"])}


def _member(world: World, args: Arguments) -> Channel:
    channel = world.channel_for_bot(args.required("channel"))
    world.require(f"{channel.kind}:history")
    if BOT_USER not in channel.members:
        raise ApiError(code="not_in_channel")
    return channel


def _between(messages: Sequence[Message], args: Arguments) -> list[Message]:
    oldest, latest = _stamp(args, "oldest", 0.0), _stamp(args, "latest", float("inf"))
    inclusive = args.flag("inclusive")
    return [
        message
        for message in messages
        if oldest < float(message.ts) < latest
        or (inclusive and float(message.ts) in {oldest, latest})
    ]


def _stamp(args: Arguments, name: str, default: float) -> float:
    try:
        return float(args.text(name) or default)
    except ValueError as error:
        raise ApiError(code=f"invalid_ts_{name}") from error


METHODS = {
    "conversations.history": Method(conversations_history, 3),
    "conversations.replies": Method(conversations_replies, 3),
}

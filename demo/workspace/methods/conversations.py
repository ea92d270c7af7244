"""conversations.list, info, members, open and join.

It must not read messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.workspace.methods.method import Method, page
from demo.workspace.people import BOT_USER
from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from demo.workspace.arguments import Arguments
    from demo.workspace.channels import Channel
    from demo.workspace.world import World

_READ_ANY = ("channels:read", "groups:read", "im:read", "mpim:read")
_SCOPE_OF_TYPE = {
    "public_channel": "channels:read",
    "private_channel": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}
_TYPE_OF_KIND = {"channels": "public_channel", "groups": "private_channel", "im": "im"}


async def conversations_list(world: World, args: Arguments) -> Json:
    """Return the channels of the asked types that the bot may know of."""
    types = args.words("types") or ["public_channel"]
    for name in types:
        if name not in _SCOPE_OF_TYPE:
            raise ApiError(code="invalid_types")
        world.require(_SCOPE_OF_TYPE[name])
    found = [
        channel.to_json(BOT_USER)
        for channel in world.channels.values()
        if _TYPE_OF_KIND[channel.kind] in types
        and (channel.kind == "channels" or BOT_USER in channel.members)
        and not (args.flag("exclude_archived") and channel.is_archived)
    ]
    return page(found, args, "channels")


async def conversations_info(world: World, args: Arguments) -> Json:
    """Return one channel."""
    channel = _readable(world, args)
    shape = channel.to_json(BOT_USER)
    if not args.flag("include_num_members"):
        shape.pop("num_members", None)
    return {"ok": True, "channel": shape}


async def conversations_members(world: World, args: Arguments) -> Json:
    """Return who is in a channel."""
    channel = _readable(world, args)
    return page(channel.members, args, "members")


async def conversations_open(world: World, args: Arguments) -> Json:
    """Open the conversation with one person."""
    world.require("im:write")
    users = args.words("users")
    if args.text("channel"):
        channel = world.channel_for_bot(args.text("channel"))
    elif len(users) == 1:
        channel = world.direct_with(users[0])
    elif users:
        raise ApiError(
            code="not_implemented_in_local_workspace", reason="conversations of several people"
        )
    else:
        raise ApiError(code="users_list_not_supplied")
    shape = channel.to_json(BOT_USER) if args.flag("return_im") else {"id": channel.id}
    return {"ok": True, "channel": shape}


async def conversations_join(world: World, args: Arguments) -> Json:
    """Let the bot join a public channel."""
    channel = world.channel_for_bot(args.required("channel"))
    if channel.kind != "channels":
        raise ApiError(code="method_not_supported_for_channel_type")
    if channel.is_archived:
        raise ApiError(code="is_archived")
    if BOT_USER in channel.members:
        return {"ok": True, "channel": channel.to_json(BOT_USER), "warning": "already_in_channel"}
    join(world, channel, BOT_USER, None)
    return {"ok": True, "channel": channel.to_json(BOT_USER)}


def join(world: World, channel: Channel, user_id: str, inviter: str | None) -> None:
    """Make somebody a member and tell everybody."""
    channel.members.append(user_id)
    world.hub.tell("channel", channel=channel.to_json(BOT_USER))
    world.events.joined(channel, user_id, inviter)


def _readable(world: World, args: Arguments) -> Channel:
    channel = world.channel_for_bot(args.required("channel"))
    world.require(f"{channel.kind}:read")
    return channel


METHODS = {
    "conversations.list": Method(conversations_list, 2),
    "conversations.info": Method(conversations_info, 3, _READ_ANY),
    "conversations.members": Method(conversations_members, 4, _READ_ANY),
    "conversations.open": Method(conversations_open, 3),
    "conversations.join": Method(conversations_join, 3, ("channels:join",)),
}

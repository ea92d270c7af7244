"""reactions.add and reactions.get.

It must not know which emoji exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.workspace.channels import reaction_list
from demo.workspace.methods.method import Method
from demo.workspace.people import BOT_USER
from demo.workspace.posting import show
from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from demo.workspace.arguments import Arguments
    from demo.workspace.channels import Channel, Message
    from demo.workspace.world import World


async def add(world: World, args: Arguments) -> Json:
    """Put the app's emoji under a message."""
    channel, message = _target(world, args)
    if BOT_USER not in channel.members:
        raise ApiError(code="not_in_channel")
    react(world, channel, message, BOT_USER, args.required("name"))
    return {"ok": True}


async def get(world: World, args: Arguments) -> Json:
    """Return a message with its emoji."""
    channel, message = _target(world, args)
    shown = channel.shown(message) | {"reactions": reaction_list(message)}
    return {"ok": True, "type": "message", "channel": channel.id, "message": shown}


def react(world: World, channel: Channel, message: Message, user_id: str, name: str) -> None:
    """Put somebody's emoji under a message and tell everybody; raise `already_reacted`."""
    users = message.reactions.setdefault(name.strip(":"), [])
    if user_id in users:
        raise ApiError(code="already_reacted")
    users.append(user_id)
    show(world, channel, message)
    world.events.reacted(channel, message, user_id, name.strip(":"), added=True)


def unreact(world: World, channel: Channel, message: Message, user_id: str, name: str) -> None:
    """Take somebody's emoji away and tell everybody; raise `no_reaction`."""
    users = message.reactions.get(name.strip(":"), [])
    if user_id not in users:
        raise ApiError(code="no_reaction")
    users.remove(user_id)
    show(world, channel, message)
    world.events.reacted(channel, message, user_id, name.strip(":"), added=False)


def _target(world: World, args: Arguments) -> tuple[Channel, Message]:
    channel = world.channel_for_bot(args.required("channel"))
    message = channel.messages.get(args.required("timestamp"))
    if message is None:
        raise ApiError(code="message_not_found")
    return channel, message


METHODS = {
    "reactions.add": Method(add, 3, ("reactions:write",)),
    "reactions.get": Method(get, 3, ("reactions:read",)),
}

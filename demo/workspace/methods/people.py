"""auth.*, users.*, usergroups.*, team.info, bots.info and api.test.

It must not change anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.workspace.methods.method import Method, page
from demo.workspace.people import (
    APP_ID,
    BOT_ID,
    BOT_NAME,
    BOT_USER,
    TEAM_DOMAIN,
    TEAM_ID,
    TEAM_NAME,
)
from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from demo.workspace.arguments import Arguments
    from demo.workspace.people import Person
    from demo.workspace.world import World

_READ_ANY = ("channels:read", "groups:read", "im:read", "mpim:read")


async def api_test(_world: World, args: Arguments) -> Json:
    """Echo the arguments; an `error` argument becomes the answer's error."""
    if args.text("error"):
        raise ApiError(code=args.text("error"), args=args.values)
    return {"ok": True, "args": args.values}


async def auth_test(world: World, args: Arguments) -> Json:
    """Say whose token it is."""
    known = world.installs.of(args.token)
    return {
        "ok": True,
        "url": f"{world.base_url}/",
        "team": known.name,
        "user": BOT_NAME,
        "team_id": known.place,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": known.everywhere,
    }


async def users_info(world: World, args: Arguments) -> Json:
    """Return one person."""
    return {"ok": True, "user": _shown(world, world.person(args.required("user")))}


async def users_list(world: World, args: Arguments) -> Json:
    """Return everybody, also those who left."""
    return page([_shown(world, person) for person in world.people.values()], args, "members")


async def users_conversations(world: World, args: Arguments) -> Json:
    """Return the channels that a person (or the bot) is in and that the bot may know of."""
    user_id = args.text("user", BOT_USER)
    world.person(user_id)
    kinds = set(args.words("types")) or {"public_channel"}
    shown = []
    for channel in world.channels.values():
        kind = {"im": "im", "groups": "private_channel", "channels": "public_channel"}[channel.kind]
        visible = channel.kind == "channels" or BOT_USER in channel.members
        hidden = args.flag("exclude_archived") and channel.is_archived
        if kind in kinds and visible and not hidden and user_id in channel.members:
            shown.append(
                {
                    name: value
                    for name, value in channel.to_json(BOT_USER).items()
                    if name != "is_member"
                }
            )
    return page(shown, args, "channels")


async def usergroups_list(world: World, args: Arguments) -> Json:
    """Return the user groups, with their members where asked."""
    groups = []
    for group in world.config.groups:
        members = {"users": list(group.members)} if args.flag("include_users") else {}
        groups.append(group.to_json() | members)
    return {"ok": True, "usergroups": groups}


async def usergroups_users_list(world: World, args: Arguments) -> Json:
    """Return a user group's members."""
    wanted = args.required("usergroup")
    for group in world.config.groups:
        if group.id == wanted:
            return {"ok": True, "users": list(group.members)}
    raise ApiError(code="no_such_subteam")


async def team_info(_world: World, _args: Arguments) -> Json:
    """Return the workspace."""
    team = {"id": TEAM_ID, "name": TEAM_NAME, "domain": TEAM_DOMAIN, "email_domain": "", "icon": {}}
    return {"ok": True, "team": team}


async def bots_info(_world: World, args: Arguments) -> Json:
    """Return the app's bot."""
    if args.text("bot", BOT_ID) != BOT_ID:
        raise ApiError(code="bot_not_found")
    bot = {
        "id": BOT_ID,
        "deleted": False,
        "name": BOT_NAME,
        "app_id": APP_ID,
        "user_id": BOT_USER,
        "icons": {},
    }
    return {"ok": True, "bot": bot}


def _shown(world: World, person: Person) -> Json:
    return person.to_json(with_email="users:read.email" in world.config.manifest.scopes)


METHODS = {
    "api.test": Method(api_test, 4, needs_token=False),
    "auth.test": Method(auth_test, 0),
    "users.info": Method(users_info, 4, ("users:read",)),
    "users.list": Method(users_list, 2, ("users:read",)),
    "users.conversations": Method(users_conversations, 3, _READ_ANY),
    "usergroups.list": Method(usergroups_list, 2, ("usergroups:read",)),
    "usergroups.users.list": Method(usergroups_users_list, 2, ("usergroups:read",)),
    "team.info": Method(team_info, 3, ("team:read",)),
    "bots.info": Method(bots_info, 3, ("users:read",)),
}

"""What the page and the tests may look at.

It must not change anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.workspace.people import APP_ID, BOT_USER, TEAM_ID, TEAM_NAME
from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from demo.workspace.world import World

_MOST = 500


def state(world: World, _query: Mapping[str, str]) -> Json:
    """Return who and what there is."""
    manifest = world.config.manifest
    return {
        "ok": True,
        "team": {"id": TEAM_ID, "name": TEAM_NAME},
        "app": {
            "id": APP_ID,
            "bot_user": BOT_USER,
            "verified": world.outlet.verified,
            "url": world.config.bot_url,
            "sockets": world.sockets.count,
        },
        "people": [person.to_json(with_email=False) for person in world.people.values()],
        "channels": [
            {
                **channel.to_json(BOT_USER),
                "members": channel.members,
                "total": len(channel.top_level()),
            }
            for channel in world.channels.values()
        ],
        "commands": [vars(command) for command in manifest.commands],
        "shortcuts": [vars(shortcut) for shortcut in manifest.shortcuts],
        "prompts": world.statuses.prompts,
        "statuses": world.statuses.active(),
        "totals": world.traffic.totals(),
    }


def messages(world: World, query: Mapping[str, str]) -> Json:
    """Return a channel's messages, oldest first, with metadata; `limit` (500) keeps the newest."""
    channel = world.channels.get(query.get("channel", "")) or world.channel_named(
        query.get("channel", "")
    )
    if channel is None:
        raise ApiError(code="channel_not_found")
    newest = channel.top_level()[-_limit(query) :]
    return {"ok": True, "messages": [channel.shown(item, with_metadata=True) for item in newest]}


def thread(world: World, query: Mapping[str, str]) -> Json:
    """Return a thread, its parent first."""
    channel = world.channels.get(query.get("channel", "")) or world.channel_named(
        query.get("channel", "")
    )
    if channel is None:
        raise ApiError(code="channel_not_found")
    found = channel.thread(query.get("ts", ""))
    return {"ok": True, "messages": [channel.shown(item, with_metadata=True) for item in found]}


def ephemerals(world: World, query: Mapping[str, str]) -> Json:
    """Return what only this person sees, oldest first."""
    return {"ok": True, "messages": world.ephemerals.get(query.get("user", ""), [])}


def views(world: World, query: Mapping[str, str]) -> Json:
    """Return a person's open modals, the visible one last."""
    return {
        "ok": True,
        "views": [view.to_json() for view in world.views.stack(query.get("user", ""))],
    }


def home(world: World, query: Mapping[str, str]) -> Json:
    """Return a person's Home, null before the first publish."""
    view = world.views.home(query.get("user", ""))
    return {"ok": True, "view": view.to_json() if view else None}


def calls(world: World, query: Mapping[str, str]) -> Json:
    """Return logged Web API calls, oldest first, by `method`, `since` (an `n`) and `limit`."""
    method, since = query.get("method"), int(query.get("since", 0))
    found = world.traffic.calls(lambda call: call["n"] > since and method in {None, call["method"]})
    return {"ok": True, "calls": found[-_limit(query) :]}


def deliveries(world: World, query: Mapping[str, str]) -> Json:
    """Return logged deliveries to the bot, oldest first; `kind`, `since` and `limit` narrow it."""
    kind, since = query.get("kind"), int(query.get("since", 0))
    found = world.traffic.deliveries(
        lambda item: item["n"] > since and kind in {None, item["kind"]}
    )
    return {"ok": True, "deliveries": found[-_limit(query) :]}


def totals(world: World, _query: Mapping[str, str]) -> Json:
    """Return the counts since the start, the waiting faults and whether the URL was verified."""
    faults = [fault.to_json() for fault in world.faults.active()]
    return {
        "ok": True,
        **world.traffic.totals(),
        "faults": faults,
        "verified": world.outlet.verified,
    }


def _limit(query: Mapping[str, str]) -> int:
    return max(1, int(query.get("limit", _MOST)))


VIEWS: dict[str, Callable[[World, Mapping[str, str]], Json]] = {
    "state": state,
    "messages": messages,
    "thread": thread,
    "ephemerals": ephemerals,
    "views": views,
    "home": home,
    "calls": calls,
    "deliveries": deliveries,
    "totals": totals,
}

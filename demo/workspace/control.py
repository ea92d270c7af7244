"""The API of the page, the tests and the demo runner under /workspace/api.

It must never be given to the bot.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web

from demo.workspace import acting, looking, modals, speaking
from demo.workspace.methods.conversations import join
from demo.workspace.methods.reactions import react, unreact
from demo.workspace.people import BOT_USER, TEAM_ID
from demo.workspace.shapes import ApiError, Json
from demo.workspace.worlds import WORLD

if TYPE_CHECKING:
    from demo.workspace.channels import Message
    from demo.workspace.world import World

Door = Callable[["World", Json], Awaitable[Json]]
_HOME_TABS = {"home", "messages"}


async def open_home(world: World, request: Json) -> Json:
    """Open the app's Home or its conversation; the app hears of it."""
    person = world.acting(request.get("user"))
    tab = str(request.get("tab", "home"))
    if tab not in _HOME_TABS:
        raise ApiError(code="unknown_tab")
    channel = world.direct_with(person.id)
    view = world.views.home(person.id) if tab == "home" else None
    seen = world.looking.get(person.id)
    world.events.home_opened(person.id, channel.id, tab, view.to_json() if view else None, seen)
    return {"ok": True, "channel": channel.id, "view": view.to_json() if view else None}


async def look_at(world: World, request: Json) -> Json:
    """Look at a channel; an app whose conversation is open beside it hears of that."""
    person = world.acting(request.get("user"))
    channel = world.channel_for_person(str(request.get("channel")), person.id)
    before = world.looking.get(person.id)
    world.looking[person.id] = channel.id
    beside = next((one for one in world.channels.values() if one.im_user == person.id), None)
    if beside and before != channel.id:
        world.events.context_changed(person.id, beside.id, channel.id)
    return {"ok": True}


async def add_reaction(world: World, request: Json) -> Json:
    """Put an emoji under a message, or take it away where `remove` is true."""
    person = world.acting(request.get("user"))
    channel = world.channel_for_person(str(request.get("channel")), person.id)
    message: Message | None = channel.messages.get(str(request.get("ts")))
    if message is None:
        raise ApiError(code="message_not_found")
    change = unreact if request.get("remove") else react
    change(world, channel, message, person.id, str(request.get("name")))
    return {"ok": True}


async def invite(world: World, request: Json) -> Json:
    """Bring somebody (the app, where nobody is named) into a channel."""
    person = world.acting(request.get("user"))
    channel = world.channel_for_person(str(request.get("channel")), person.id)
    guest = str(request.get("who", BOT_USER))
    world.person(guest)
    if guest in channel.members:
        raise ApiError(code="already_in_channel")
    join(world, channel, guest, person.id)
    return {"ok": True}


async def plan_fault(world: World, request: Json) -> Json:
    """Switch a fault of the Web API on."""
    return {"ok": True, "fault": world.faults.plan(request).to_json()}


async def clear_faults(world: World, _request: Json) -> Json:
    """Switch every fault and every spoilt delivery off."""
    world.faults.clear()
    world.outlet.tamper.clear()
    return {"ok": True}


async def spoil(world: World, request: Json) -> Json:
    """Spoil the next deliveries: bad_signature, stale, bad_timestamp, unsigned or duplicate."""
    world.outlet.tamper.plan(request.get("mode"), int(request.get("count", 1)))
    return {"ok": True}


async def end_sockets(world: World, request: Json) -> Json:
    """End the app's WebSockets: `announced` as Slack does it every hour, else without a word."""
    world.sockets.refuse_tickets = bool(request.get("refuse_tickets"))
    if request.get("announced"):
        await world.sockets.announce("refresh_requested")
    else:
        world.sockets.cut()
    return {"ok": True}


async def uninstall(world: World, request: Json) -> Json:
    """Take the app out of a workspace; it hears of that, in Slack's two events."""
    team = str(request.get("team", TEAM_ID))
    world.installs.revoke(team)
    world.events.uninstalled(team)
    return {"ok": True}


ACTIONS: dict[str, Door] = {
    "post": speaking.say,
    "command": speaking.command,
    "click": acting.click,
    "options": acting.suggest,
    "shortcut": acting.shortcut,
    "submit": modals.submit,
    "close": modals.close,
    "home": open_home,
    "look": look_at,
    "react": add_reaction,
    "invite": invite,
    "faults": plan_fault,
    "faults/clear": clear_faults,
    "tamper": spoil,
    "sockets/end": end_sockets,
    "uninstall": uninstall,
}


async def act(request: web.Request) -> web.Response:
    """Do what a person does: `POST /workspace/api/<action>` with a JSON object."""
    door = ACTIONS.get(request.match_info["action"])
    if door is None:
        return _refused(ApiError(code="unknown_action", known=sorted(ACTIONS)))
    if request.content_type != "application/json":  # a foreign page cannot send this unasked
        return _refused(ApiError(code="json_expected"))
    try:
        body = json.loads(await request.text() or "{}")
        return web.json_response(await door(request.app[WORLD], dict(body)))
    except ApiError as error:
        return _refused(error)
    except (ValueError, KeyError, TypeError) as error:
        return _refused(ApiError(code="bad_request", reason=str(error)))


async def look(request: web.Request) -> web.Response:
    """Show something: `GET /workspace/api/<what>` with query arguments."""
    view = looking.VIEWS.get(request.match_info["what"])
    if view is None:
        return _refused(ApiError(code="unknown_view", known=sorted(looking.VIEWS)))
    try:
        return web.json_response(view(request.app[WORLD], request.query))
    except ApiError as error:
        return _refused(error)
    except ValueError as error:
        return _refused(ApiError(code="bad_request", reason=str(error)))


def _refused(error: ApiError) -> web.Response:
    return web.json_response(error.answer(), status=400)

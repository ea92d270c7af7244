"""People press, choose and use shortcuts: the payloads of that.

It must not change messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from demo.workspace import whispers
from demo.workspace.blockkit import interactive_elements
from demo.workspace.forms import chosen, state_of
from demo.workspace.outlet import LEGACY_TOKEN
from demo.workspace.people import APP_ID, TEAM_DOMAIN, TEAM_ID
from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from demo.workspace.people import Person
    from demo.workspace.wire import Reply
    from demo.workspace.world import World

_FAILURES = {"http_timeout": "operation_timeout", "connection_failed": "dispatch_failed"}


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where something interactive stands: its blocks and the payload fields that name the place."""

    blocks: list[Json]
    fields: Json
    view_id: str | None = None


def envelope(world: World, kind: str, person: Person, view_id: str | None = None) -> Json:
    """Return the fields that every interaction carries, with a fresh trigger."""
    return {
        "type": kind,
        "token": LEGACY_TOKEN,
        "api_app_id": APP_ID,
        "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": TEAM_ID},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": world.grants.trigger(person.id, view_id),
    }


def outcome(reply: Reply) -> Json:
    """Return what a person learns of the bot's answer."""
    error = _FAILURES.get(reply.failure or "", "http_service_error") if reply.failure else None
    return {
        "ok": error is None,
        "error": error,
        "status": reply.status,
        "answer": reply.body,
        "ms": reply.ms,
    }


async def click(world: World, request: Json) -> Json:
    """Press a button or choose in a menu, in a message or in a view.

    Args:
        world: the workspace.
        request: user, action_id, and channel with ts or view_id; optionally block_id and value
            to tell equal action ids apart, selection for menus, values for the other fields.
    """
    person = world.acting(request.get("user"))
    target = _target(world, person, request)
    block, element = _element(target.blocks, request)
    action = _action(world, block, element, request)
    values: Mapping[str, object] = request.get("values") or {}
    if "selection" in request:
        values = {**values, element["action_id"]: request["selection"]}
    fields = target.fields
    if target.view_id:
        state = state_of(target.blocks, values)
        fields = {**fields, "view": {**fields["view"], "state": {"values": state}}}
    else:
        fields = {**fields, "state": {"values": state_of(target.blocks, values)}}
    payload = {
        **envelope(world, "block_actions", person, target.view_id),
        **fields,
        "actions": [action],
    }
    return outcome(await world.outlet.interact(payload))


async def suggest(world: World, request: Json) -> Json:
    """Ask the bot for the options of an external select."""
    person = world.acting(request.get("user"))
    target = _target(world, person, request)
    block, element = _element(target.blocks, request)
    payload = {
        **envelope(world, "block_suggestion", person, target.view_id),
        **{name: value for name, value in target.fields.items() if name != "response_url"},
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "value": str(request.get("query", "")),
    }
    payload.pop("trigger_id")
    reply = await world.outlet.interact(payload)
    return outcome(reply) | {"options": (reply.json() or {}).get("options", [])}


async def shortcut(world: World, request: Json) -> Json:
    """Use a shortcut of the app, on a message where channel and ts are given."""
    person = world.acting(request.get("user"))
    declared = world.config.manifest.shortcut(str(request.get("callback_id")))
    if declared is None:
        raise ApiError(code="unknown_shortcut")
    stamp = {"callback_id": declared.callback_id, "action_ts": f"{world.clock.now():.6f}"}
    if declared.kind != "message":
        payload = {**envelope(world, "shortcut", person), **stamp}
        return outcome(await world.outlet.interact(payload))
    channel = world.channel_for_person(str(request.get("channel")), person.id)
    message = channel.messages.get(str(request.get("ts")))
    if message is None:
        raise ApiError(code="message_not_found")
    url = world.grants.respond(
        user_id=person.id, channel_id=channel.id, thread_ts=message.thread_ts
    )
    payload = {
        **envelope(world, "message_action", person),
        **stamp,
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": channel.name or "directmessage"},
        "message": channel.shown(message),
        "response_url": world.base_url + url,
    }
    return outcome(await world.outlet.interact(payload))


def _target(world: World, person: Person, request: Json) -> Target:
    if request.get("view_id"):
        view = world.views.find(str(request["view_id"]))
        if view.user_id != person.id:
            raise ApiError(code="not_found")
        fields = {"container": {"type": "view", "view_id": view.id}, "view": view.to_json()}
        return Target(blocks=view.content["blocks"], fields=fields, view_id=view.id)
    return _message_target(world, person, request)


def _message_target(world: World, person: Person, request: Json) -> Target:
    channel = world.channel_for_person(str(request.get("channel")), person.id)
    ts = str(request.get("ts"))
    public = channel.messages.get(ts)
    shown = channel.shown(public) if public else whispers.find(world, person.id, ts)
    path = world.grants.respond(
        user_id=person.id,
        channel_id=channel.id,
        message_ts=ts,
        thread_ts=shown.get("thread_ts"),
        is_ephemeral=public is None,
    )
    cards = [item for item in shown.get("attachments", []) if "blocks" in item]
    fields: Json = {
        "container": _container(channel.id, shown, cards, is_ephemeral=public is None),
        "channel": {"id": channel.id, "name": channel.name or "directmessage"},
        "response_url": world.base_url + path,
    }
    if public:
        fields["message"] = shown
    blocks = [*shown.get("blocks", []), *(block for item in cards for block in item["blocks"])]
    return Target(blocks=blocks, fields=fields)


def _container(channel_id: str, shown: Json, cards: list[Json], *, is_ephemeral: bool) -> Json:
    container: Json = {
        "type": "message",
        "message_ts": shown["ts"],
        "channel_id": channel_id,
        "is_ephemeral": is_ephemeral,
    }
    if shown.get("thread_ts"):
        container["thread_ts"] = shown["thread_ts"]
    if cards and not shown.get("blocks"):
        number = {"attachment_id": cards[0]["id"], "is_app_unfurl": False}
        container |= {"type": "message_attachment", **number}
    return container


def _element(blocks: list[Json], request: Json) -> tuple[Json, Json]:
    for block in blocks:
        if request.get("block_id") not in {None, block["block_id"]}:
            continue
        for element in interactive_elements(block):
            if element["action_id"] != request.get("action_id"):
                continue
            if request.get("value") in {None, element.get("value")}:
                return block, element
    found = [element["action_id"] for block in blocks for element in interactive_elements(block)]
    raise ApiError(code="no_such_action", offered=found)


def _action(world: World, block: Json, element: Json, request: Json) -> Json:
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": f"{world.clock.now():.6f}",
    }
    if element["type"] == "button":
        kept = ("text", "value", "style", "url")
        return {**action, **{name: element[name] for name in kept if name in element}}
    if element["type"] == "feedback_buttons":
        return {**action, "value": str(request.get("selection"))}
    if element["type"] == "icon_button":
        return {**action, "value": element.get("value", "")}
    return {**action, **chosen(element, request.get("selection"))}

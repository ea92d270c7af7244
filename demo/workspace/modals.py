"""People submit and close modals, and the app's answer decides what happens.

It must not open first modals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.workspace.acting import envelope, outcome
from demo.workspace.forms import input_faults, response_fields, state_of
from demo.workspace.methods.views import read_view, tell_stack
from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from demo.workspace.people import Person
    from demo.workspace.views import View
    from demo.workspace.world import World

TROUBLE = "We had some trouble connecting. Try again?"


async def submit(world: World, request: Json) -> Json:
    """Submit the visible modal with `values` and do what the app answers."""
    person = world.acting(request.get("user"))
    view = _visible(world, person, request)
    blocks = view.content["blocks"]
    state = state_of(blocks, request.get("values") or {})
    missing = input_faults(blocks, state)
    if missing:
        return {"ok": False, "error": "invalid_input", "errors": missing}
    payload = _submission(world, person, view, state)
    reply = await world.outlet.interact(payload)
    result = outcome(reply)
    if result["error"]:
        return {**result, "message": TROUBLE}
    try:
        result |= _obey(world, view, reply.json() or {})
    except ApiError as error:
        result |= {"ok": False, "error": error.code, "message": TROUBLE, **error.details}
    tell_stack(world, person.id)
    return result


async def close(world: World, request: Json) -> Json:
    """Close the visible modal, or with `clear` all; the app hears of it where it asked to."""
    person = world.acting(request.get("user"))
    view = _visible(world, person, request)
    clearing = bool(request.get("clear")) or bool(view.content.get("clear_on_close"))
    gone = list(world.views.stack(person.id)) if clearing else [view]
    if clearing:
        world.views.clear(person.id)
    else:
        world.views.close(view)
    tell_stack(world, person.id)
    for closed in reversed(gone):
        if closed.content.get("notify_on_close"):
            state = state_of(closed.content["blocks"], request.get("values") or {})
            payload = {
                **envelope(world, "view_closed", person, closed.id),
                "view": closed.to_json(state),
                "is_cleared": clearing,
            }
            payload.pop("trigger_id")
            await world.outlet.interact(payload)
    return {"ok": True}


def _submission(world: World, person: Person, view: View, state: Json) -> Json:
    urls = []
    for block_id, action_id, channel_id in response_fields(view.content["blocks"], state):
        path = world.grants.respond(user_id=person.id, channel_id=channel_id)
        place = {"block_id": block_id, "action_id": action_id, "channel_id": channel_id}
        urls.append({**place, "response_url": world.base_url + path})
    shown = view.to_json(state)
    envelope_fields = envelope(world, "view_submission", person, view.id)
    return {**envelope_fields, "view": shown, "response_urls": urls}


def _visible(world: World, person: Person, request: Json) -> View:
    view = world.views.find(str(request.get("view_id")))
    stack = world.views.stack(person.id)
    if not stack or stack[-1] is not view:
        raise ApiError(code="view_not_visible")
    return view


def _obey(world: World, view: View, answer: Json) -> Json:
    action = answer.get("response_action")
    if action is None:
        world.views.close(view)
    elif action == "clear":
        world.views.clear(view.user_id)
    elif action == "errors":
        return {
            "ok": False,
            "error": "response_action_errors",
            "errors": _known_errors(view, answer),
        }
    elif action == "update":
        world.views.update(view, read_view(world, answer.get("view"), "modal"))
    elif action == "push":
        world.views.push(view.user_id, read_view(world, answer.get("view"), "modal"))
    else:
        raise ApiError(code="unknown_response_action")
    return {"response_action": action}


def _known_errors(view: View, answer: Json) -> dict[str, str]:
    errors = answer.get("errors")
    inputs = {block["block_id"] for block in view.content["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise ApiError(code="invalid_errors", known=sorted(inputs))
    return errors

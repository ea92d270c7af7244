"""People type: messages, mentions and slash commands, and what commands answer.

It must not press buttons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.workspace import whispers
from demo.workspace.acting import outcome
from demo.workspace.arguments import Arguments
from demo.workspace.content import read_content
from demo.workspace.outlet import LEGACY_TOKEN
from demo.workspace.people import APP_ID, TEAM_DOMAIN, TEAM_ID
from demo.workspace.posting import bot_body, post, post_typed
from demo.workspace.shapes import ApiError, Json
from demo.workspace.typed_text import understand

if TYPE_CHECKING:
    from demo.workspace.channels import Channel
    from demo.workspace.manifest import Command
    from demo.workspace.people import Person
    from demo.workspace.wire import Reply
    from demo.workspace.world import World


async def say(world: World, request: Json) -> Json:
    """Post what a person typed; without channel it goes to the conversation with the app."""
    person = world.acting(request.get("user"))
    channel = _where(world, person, request)
    text = str(request.get("text", ""))
    attached = [world.files.attach(item, person.id) for item in request.get("files") or []]
    files = [file.to_json(world.base_url, world.clock.now()) for file in attached]
    if channel.im_user and not world.config.manifest.messages_tab:
        raise ApiError(code="messages_tab_disabled")
    if not text.strip() and not files:
        raise ApiError(code="no_text")
    thread_ts = request.get("thread_ts")
    if thread_ts and channel.root_of(str(thread_ts)) is None:
        raise ApiError(code="thread_not_found")
    message = post_typed(world, channel, person.id, text, thread_ts=thread_ts, files=files or None)
    return {"ok": True, "channel": channel.id, "ts": message.ts, "message": channel.shown(message)}


async def command(world: World, request: Json) -> Json:
    """Run a slash command; it does not exist in threads and is never delivered twice."""
    person = world.acting(request.get("user"))
    channel = _where(world, person, request)
    name = str(request.get("command", ""))
    declared = world.config.manifest.command(name)
    if request.get("thread_ts"):
        raise ApiError(code="not_allowed_in_threads", reason=f"{name} is not supported in threads")
    if declared is None:
        raise ApiError(code="unknown_command", reason=f"{name} is not a valid command")
    form = _form(world, person, channel, declared, str(request.get("text", "")))
    reply = await world.outlet.command(form)
    result = outcome(reply)
    if result["error"]:
        words = f'{name} failed with the error "{result["error"]}"'
        whispers.notice(world, channel, person.id, words, result["error"])
    else:
        _show_answer(world, channel, person, reply)
    return result


def _form(
    world: World, person: Person, channel: Channel, declared: Command, text: str
) -> dict[str, str]:
    url = world.grants.respond(user_id=person.id, channel_id=channel.id)
    return {
        "token": LEGACY_TOKEN,
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel.name or "directmessage",
        "user_id": person.id,
        "user_name": person.name,
        "command": declared.name,
        "text": _escaped(world, text) if declared.should_escape else text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": world.base_url + url,
        "trigger_id": world.grants.trigger(person.id),
    }


def _escaped(world: World, text: str) -> str:
    escaped = understand(text, world.names()).text
    for person in world.people.values():
        escaped = escaped.replace(f"<@{person.id}>", f"<@{person.id}|{person.name}>")
    for channel in world.channels.values():
        escaped = escaped.replace(f"<#{channel.id}>", f"<#{channel.id}|{channel.name}>")
    return escaped


def _show_answer(world: World, channel: Channel, person: Person, reply: Reply) -> None:
    answer = reply.json() or ({"text": reply.body} if reply.body.strip() else None)
    if answer is None:
        return
    try:
        content = read_content(Arguments(answer))
    except ApiError as error:
        whispers.notice(
            world, channel, person.id, f"The app's answer was refused: {error.code}", error.code
        )
        return
    if content.is_empty:
        return
    if answer.get("response_type") == "in_channel":
        body = bot_body(
            world, text=content.text or "", blocks=content.blocks, attachments=content.attachments
        )
        post(world, channel, body)
    else:
        whispers.whisper(world, channel, person.id, content)


def _where(world: World, person: Person, request: Json) -> Channel:
    if not request.get("channel"):
        return world.direct_with(person.id)
    return world.channel_for_person(str(request["channel"]), person.id)

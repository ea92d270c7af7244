"""Response URLs, uploads and downloads: the doors beside the Web API.

It must not check scopes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from demo.workspace import whispers
from demo.workspace.arguments import Arguments, read_call
from demo.workspace.content import Content, read_content
from demo.workspace.posting import bot_body, change, delete, post
from demo.workspace.shapes import ApiError, Json
from demo.workspace.worlds import WORLD

if TYPE_CHECKING:
    from demo.workspace.triggers import ResponseUrl
    from demo.workspace.world import World


async def respond(request: web.Request) -> web.Response:
    """Take what the app posts to a response URL."""
    world = request.app[WORLD]
    started = world.clock.ticks()
    arguments: Json = {}
    try:
        _, args = await read_call(request)
        arguments = args.values
        answer, status = _use(world, world.grants.use_url(request.match_info["name"]), args), 200
    except ApiError as error:
        answer, status = error.answer(), 404
    ms = round((world.clock.ticks() - started) * 1000, 1)
    entry = {
        "method": "response_url",
        "arguments": arguments,
        "answer": answer,
        "status": status,
        "ms": ms,
    }
    world.traffic.call({"at": world.clock.now(), **entry})
    return web.json_response(answer, status=status)


async def receive_upload(request: web.Request) -> web.Response:
    """Take the content of an upload, raw or as a form."""
    world = request.app[WORLD]
    try:
        file = world.files.get(request.match_info["file_id"])
    except ApiError as error:
        return web.json_response(error.answer(), status=404)
    if request.content_type.startswith("multipart/"):
        for part in (await request.post()).values():
            if isinstance(part, web.FileField):
                file.content = part.file.read()
    else:
        file.content = await request.read()
    return web.Response(text=f"OK - {len(file.content or b'')}")


async def download(request: web.Request) -> web.Response:
    """Hand out a file to the app's token, and a login page to everybody else, as Slack does."""
    world = request.app[WORLD]
    try:
        file = world.files.get(request.match_info["file_id"])
    except ApiError:
        return web.Response(status=404)
    if request.headers.get("Authorization") != f"Bearer {world.config.bot_token}":
        return web.Response(text="<!DOCTYPE html><title>Sign in</title>", content_type="text/html")
    headers = {"Content-Disposition": "attachment"}
    return web.Response(body=file.content or b"", content_type=file.mimetype, headers=headers)


def _use(world: World, url: ResponseUrl, args: Arguments) -> Json:
    replace, remove = args.flag("replace_original"), args.flag("delete_original")
    if remove:
        _remove(world, url)
        return {"ok": True}
    content = read_content(args)
    if content.is_empty:
        raise ApiError(code="no_text")
    if replace and url.message_ts:
        _replace(world, url, content)
    elif args.text("response_type") == "in_channel":
        channel = world.channels[url.channel_id]
        body = bot_body(
            world, text=content.text or "", blocks=content.blocks, attachments=content.attachments
        )
        thread_ts = args.text("thread_ts") or None
        post(world, channel, body, thread_ts=thread_ts, metadata=content.metadata)
    else:
        thread_ts = args.text("thread_ts") or url.thread_ts
        whispers.whisper(
            world, world.channels[url.channel_id], url.user_id, content, thread_ts=thread_ts
        )
    return {"ok": True}


def _replace(world: World, url: ResponseUrl, content: Content) -> None:
    ts = url.message_ts or ""
    if url.is_ephemeral:
        whispers.rewrite(world, url.user_id, ts, content)
        return
    channel = world.channels[url.channel_id]
    message = channel.messages.get(ts)
    if message is None:
        raise ApiError(code="message_not_found")
    body = bot_body(
        world, text=content.text or "", blocks=content.blocks, attachments=content.attachments
    )
    change(world, channel, message, {"type": "message", **body})


def _remove(world: World, url: ResponseUrl) -> None:
    ts = url.message_ts or ""
    if url.is_ephemeral:
        whispers.remove(world, url.user_id, ts)
        return
    channel = world.channels[url.channel_id]
    message = channel.messages.get(ts)
    if message is None:
        raise ApiError(code="message_not_found")
    delete(world, channel, message)

"""The two calls of an upload, and what is known of a file.

It must not receive the content itself (the upload URL does).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.workspace.content import read_content
from demo.workspace.methods.method import Method
from demo.workspace.people import BOT_USER
from demo.workspace.posting import bot_body, post
from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from demo.workspace.arguments import Arguments
    from demo.workspace.files import StoredFile
    from demo.workspace.world import World

_WRITE = ("files:write",)


async def get_upload_url(world: World, args: Arguments) -> Json:
    """Reserve a file and say where to send its content."""
    if args.number("length", 0) < 1:
        raise ApiError(code="invalid_arguments")
    file = world.files.reserve(args.required("filename"), BOT_USER)
    return {"ok": True, "file_id": file.id, "upload_url": f"{world.base_url}/upload/{file.id}"}


async def complete_upload(world: World, args: Arguments) -> Json:
    """Share uploaded files in a channel."""
    named = args.parsed("files")
    if not isinstance(named, list) or not named:
        raise ApiError(code="invalid_arguments")
    files = [_finished(world, item) for item in named]
    shown = [file.to_json(world.base_url, world.clock.now()) for file in files]
    channel_id = args.text("channel_id") or args.text("channels")
    if channel_id:
        channel = world.channel_for_bot(channel_id)
        if BOT_USER not in channel.members:
            raise ApiError(code="not_in_channel")
        comment = args.text("initial_comment")
        body = bot_body(world, text=comment, blocks=read_content(args).blocks, attachments=None)
        body |= {"files": shown, "upload": True, "subtype": "file_share"}
        post(world, channel, body, thread_ts=args.text("thread_ts") or None)
    return {"ok": True, "files": shown}


async def info(world: World, args: Arguments) -> Json:
    """Say what is known of a file."""
    file = world.files.get(args.required("file"))
    return {"ok": True, "file": file.to_json(world.base_url, world.clock.now())}


def _finished(world: World, item: Json) -> StoredFile:
    file = world.files.get(str(item.get("id")))
    if file.content is None:
        raise ApiError(code="file_update_failed")
    file.title = str(item.get("title") or file.name)
    return file


METHODS = {
    "files.info": Method(info, 4, ("files:read",)),
    "files.getUploadURLExternal": Method(get_upload_url, 4, _WRITE),
    "files.completeUploadExternal": Method(complete_upload, 4, _WRITE),
}

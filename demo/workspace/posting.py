"""Puts messages into channels and changes them, for people and for the bot.

It must not check permissions.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from demo.workspace.blockkit import interactive_elements
from demo.workspace.channels import Message
from demo.workspace.people import APP_ID, BOT_ID, BOT_NAME, BOT_USER, TEAM_ID
from demo.workspace.typed_text import understand

if TYPE_CHECKING:
    from demo.workspace.channels import Channel
    from demo.workspace.ids import Ids
    from demo.workspace.shapes import Json
    from demo.workspace.world import World


def post(
    world: World,
    channel: Channel,
    body: Json,
    *,
    thread_ts: str | None = None,
    broadcast: bool = False,
    metadata: Json | None = None,
    mentioned: tuple[str, ...] = (),
) -> Message:
    """Store a new message and tell everybody; a reply to an unknown parent lands at top level."""
    root = channel.root_of(thread_ts) if thread_ts else None
    message = Message(
        channel_id=channel.id,
        ts=channel.next_ts(world.clock.now()),
        body={"type": "message", **body},
        thread_ts=root,
        broadcast=broadcast and root is not None,
        metadata=metadata,
    )
    if message.broadcast:
        message.body["subtype"] = "thread_broadcast"
    channel.add(message)
    show(world, channel, message)
    if root:
        show(world, channel, channel.messages[root])
    author = str(message.body.get("user"))
    world.events.posted(channel, message, mentioned, world.looking.get(author))
    return message


def post_typed(
    world: World,
    channel: Channel,
    user_id: str,
    raw: str,
    *,
    thread_ts: str | None = None,
    files: list[Json] | None = None,
) -> Message:
    """Store what a person typed, as rich text, with mentions and links understood."""
    typed = understand(raw, world.names())
    body: Json = {"user": user_id, "team": TEAM_ID, "text": typed.text}
    if typed.elements:
        body["blocks"] = with_ids([{"type": "rich_text", "elements": typed.elements}], world.ids)
    if files:
        body |= {"files": files, "subtype": "file_share", "upload": True}
    message = post(world, channel, body, thread_ts=thread_ts, mentioned=typed.mentioned)
    for file in files or []:
        world.events.shared_file(channel, str(file["id"]), user_id)
    links = _registered_links(typed.elements, world.config.manifest.unfurl_domains)
    if links:
        world.events.shared_links(channel, message, links)
    return message


def bot_body(
    world: World, *, text: str, blocks: list[Json] | None, attachments: list[Json] | None
) -> Json:
    """Return the body of a message by the app, with generated ids."""
    body: Json = {
        "user": BOT_USER,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "team": TEAM_ID,
        "text": text,
        "bot_profile": {
            "id": BOT_ID,
            "app_id": APP_ID,
            "name": BOT_NAME,
            "team_id": TEAM_ID,
            "deleted": False,
        },
    }
    if blocks:
        body["blocks"] = with_ids(blocks, world.ids)
    if attachments:
        body["attachments"] = _numbered(attachments, world.ids)
    return body


def change(world: World, channel: Channel, message: Message, body: Json) -> None:
    """Replace a message's body in place and tell everybody."""
    before = channel.shown(message)
    message.body = body
    show(world, channel, message)
    world.events.changed(channel, before, channel.shown(message))


def delete(world: World, channel: Channel, message: Message) -> None:
    """Take a message away and tell everybody."""
    before = channel.shown(message)
    channel.remove(message.ts)
    world.hub.tell("deleted", channel=channel.id, ts=message.ts, thread_ts=message.thread_ts)
    if message.is_reply and message.thread_ts in channel.messages:
        show(world, channel, channel.messages[message.thread_ts])
    world.events.deleted(channel, before)


def show(world: World, channel: Channel, message: Message) -> None:
    """Send a message's present shape to the page."""
    world.hub.tell(
        "message", channel=channel.id, message=channel.shown(message, with_metadata=True)
    )


def with_ids(blocks: list[Json], ids: Ids) -> list[Json]:
    """Return a copy in which every block and every element of it has an id."""
    copied = copy.deepcopy(blocks)
    for block in copied:
        block.setdefault("block_id", ids.word("block", 5))
        for element in interactive_elements(block):
            element.setdefault("action_id", ids.word("action", 5))
    return copied


def _numbered(attachments: list[Json], ids: Ids) -> list[Json]:
    numbered = []
    for number, attachment in enumerate(copy.deepcopy(attachments), start=1):
        if "blocks" in attachment:
            attachment["blocks"] = with_ids(attachment["blocks"], ids)
        attachment["color"] = str(attachment.get("color", "")).removeprefix("#")
        numbered.append({"id": number, "fallback": "[no preview available]", **attachment})
    return numbered


def _registered_links(elements: list[Json], domains: tuple[str, ...]) -> list[Json]:
    links = []
    for item in (
        item for element in elements for item in element["elements"] if item["type"] == "link"
    ):
        host = urlsplit(item["url"]).hostname or ""
        names = [name.lower() for name in domains]
        domain = next((name for name in names if host == name or host.endswith(f".{name}")), None)
        if domain:
            links.append({"url": item["url"], "domain": domain})
    return links

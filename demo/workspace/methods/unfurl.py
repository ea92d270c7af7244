"""chat.unfurl: what the app shows below links of its own domains.

It must not find the links itself: posting.py tells the app of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from demo.workspace.blockkit import MESSAGE_CHARACTERS, text_length
from demo.workspace.content import check_attachments
from demo.workspace.methods.method import Method
from demo.workspace.posting import change, with_ids
from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from demo.workspace.arguments import Arguments
    from demo.workspace.world import World


async def unfurl(world: World, args: Arguments) -> Json:
    """Show blocks or an attachment below each of these links of a person's message."""
    channel = world.channel_for_bot(args.required("channel"))
    message = channel.messages.get(args.required("ts"))
    if message is None:
        raise ApiError(code="cannot_unfurl_message")
    unfurls = args.parsed("unfurls", error="invalid_unfurls_format")
    if not isinstance(unfurls, dict) or not unfurls:
        raise ApiError(code="missing_unfurls")
    shown = [_shown(world, url, value, str(message.body)) for url, value in unfurls.items()]
    check_attachments(shown)
    if text_length(shown) > MESSAGE_CHARACTERS:
        raise ApiError(code="msg_blocks_too_long")
    drawn = [
        {**one, "id": number, "blocks": with_ids(one.get("blocks", []), world.ids)}
        for number, one in enumerate(shown, start=1)
    ]
    change(world, channel, message, message.body | {"attachments": drawn})
    return {"ok": True}


def _shown(world: World, url: str, value: object, said: str) -> Json:
    host = urlsplit(url).hostname or ""
    domains = [name.lower() for name in world.config.manifest.unfurl_domains]
    known = any(host == name or host.endswith(f".{name}") for name in domains)
    if not known or url not in said:
        raise ApiError(code="cannot_unfurl_url")
    if not isinstance(value, dict):
        raise ApiError(code="invalid_unfurls_format")
    return {"fallback": "[no preview available]", **value, "from_url": url, "is_app_unfurl": True}


METHODS = {"chat.unfurl": Method(unfurl, 3, ("links:write",))}

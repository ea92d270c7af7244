"""Turns what a person types into Slack's text and its rich_text block.

It must not look at channels' content.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from demo.workspace.shapes import Json

_TOKEN = re.compile(
    r"<@(?P<user>[UW][A-Z0-9]+)>|<#(?P<channel>C[A-Z0-9]+)(?:\|[^>]*)?>|(?<![\w@])@(?P<name>[a-z][\w.-]*\w)"
    r"|(?<![\w#&])#(?P<room>[a-z][\w-]*\w)|(?P<url>https?://[^\s<>]+[^\s<>.,;:!?)])|`(?P<code>[^`\n]+)`"
    r"|(?<!\w)\*(?P<bold>[^*\n]+)\*(?!\w)|(?<!\w)_(?P<italic>[^_\n]+)_(?!\w)|(?<!\w)~(?P<strike>[^~\n]+)~(?!\w)"
    r"|:(?P<emoji>[a-z0-9_+-]+):"
)
_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_STYLES = ("code", "bold", "italic", "strike")


@dataclass(frozen=True, kw_only=True)
class Names:
    """Who and what can be mentioned: handle to user id, name to channel id."""

    users: Mapping[str, str]
    channels: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Typed:
    """Typed words as mrkdwn `text`, rich_text `elements`, and the people mentioned."""

    text: str
    elements: list[Json]
    mentioned: tuple[str, ...]


def understand(raw: str, names: Names) -> Typed:
    """Read typed words; handles, channels, links and simple formatting become elements."""
    elements: list[Json] = []
    texts: list[str] = []
    for index, part in enumerate(_FENCE.split(raw)):
        if index % 2:
            texts.append(f"```{html.escape(part, quote=False)}```")
            elements.append(
                {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": part}]}
            )
        elif part.strip():
            pieces = list(_pieces(part, names))
            texts.append("".join(text for text, _ in pieces))
            elements.append(
                {"type": "rich_text_section", "elements": _joined([item for _, item in pieces])}
            )
    flat = [item for element in elements for item in element["elements"]]
    mentioned = tuple(dict.fromkeys(item["user_id"] for item in flat if item["type"] == "user"))
    return Typed(text="".join(texts), elements=elements, mentioned=mentioned)


def _pieces(part: str, names: Names) -> Iterator[tuple[str, Json]]:
    at = 0
    for match in _TOKEN.finditer(part):
        if match.start() > at:
            yield _plain(part[at : match.start()])
        yield _token(match, names)
        at = match.end()
    if at < len(part):
        yield _plain(part[at:])


def _plain(words: str) -> tuple[str, Json]:
    return html.escape(words, quote=False), {"type": "text", "text": words}


def _token(match: re.Match[str], names: Names) -> tuple[str, Json]:
    kind, words = match.lastgroup or "", match.group(match.lastgroup or 0)
    user = words if kind == "user" else names.users.get(words) if kind == "name" else None
    if user:
        return f"<@{user}>", {"type": "user", "user_id": user}
    channel = words if kind == "channel" else names.channels.get(words) if kind == "room" else None
    if channel:
        return f"<#{channel}>", {"type": "channel", "channel_id": channel}
    if kind == "url":
        return f"<{html.escape(words, quote=False)}>", {"type": "link", "url": words}
    if kind == "emoji":
        return match.group(), {"type": "emoji", "name": words}
    if kind in _STYLES:
        styled = {"type": "text", "text": words, "style": {kind: True}}
        return html.escape(match.group(), quote=False), styled
    return _plain(match.group())


def _joined(items: list[Json]) -> list[Json]:
    joined: list[Json] = []
    for item in items:
        if joined and set(item) == set(joined[-1]) == {"type", "text"}:
            joined[-1] = {"type": "text", "text": joined[-1]["text"] + item["text"]}
        else:
            joined.append(item)
    return joined

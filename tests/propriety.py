"""What every payload of the bot has to be, wherever a test makes it speak.

Must not know what is said: Slack's limits, words for notifications, nothing alive that was in
the data, and no link that unfolds by itself.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from demo.workspace.blockkit import faults
from demo.workspace.blockkit_views import view_faults

CANARIES = ("<!channel", "<!here", "<!everyone", "<@U0EVIL", "https://evil.example|")
"""What the data of the tests tries to bring to life; E2A never says any of it by itself."""
_LONGEST_TEXT = 4000
_SPEAKS = frozenset({"chat.postMessage", "chat.update", "chat.postEphemeral", "hook"})
_VIEWS = frozenset({"views.open", "views.push", "views.update", "views.publish"})


def wrongs(method: str, arguments: Mapping[str, Any]) -> list[str]:
    """What is wrong with a call of a Web API method or a response URL (`hook`); empty when fine."""
    said = {name: _parsed(value) for name, value in arguments.items()}
    found = [f"{canary} is alive" for canary in CANARIES if canary in json.dumps(said)]
    if method in _SPEAKS and not said.get("delete_original"):
        found += _of_message(said)
    if method == "chat.postMessage":
        loud = [name for name in ("unfurl_links", "unfurl_media") if not _off(said.get(name))]
        found += [f"{name} is not off" for name in loud]
    if method in _VIEWS and isinstance(view := said.get("view"), dict):
        surface: Literal["modal", "home"] = "home" if view.get("type") == "home" else "modal"
        found += [str(fault) for fault in view_faults(view, surface)]
    if method == "chat.unfurl" and isinstance(shown := said.get("unfurls"), dict):
        found += [str(fault) for one in shown.values() for fault in _blocks(one)]
    return [f"{method}: {wrong}" for wrong in found]


def _of_message(said: Mapping[str, Any]) -> list[str]:
    text = said.get("text")
    found = [] if isinstance(text, str) and text.strip() else ["no text for notifications"]
    if isinstance(text, str) and len(text) > _LONGEST_TEXT:
        found.append(f"a text of {len(text)} characters")
    found += [str(fault) for fault in _blocks(said)]
    bars = said.get("attachments") or []
    return found + [str(fault) for bar in bars for fault in _blocks(bar)]


def _blocks(holder: Mapping[str, Any]) -> Sequence[Any]:
    return faults(holder["blocks"], "message") if holder.get("blocks") else []


def _off(value: object) -> bool:
    return value is False or str(value).lower() in ("false", "0")


def _parsed(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Forms carry their structures as JSON."""
    if isinstance(value, str) and re.match(r"\s*[\[{]", value):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value

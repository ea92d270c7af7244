"""The manifest declares what the code does, no more and no less."""

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from demo.workspace.manifest import AppManifest
from handlers.blocks.ids import COMMAND, EVENTS, SCOPES, Shortcut
from handlers.slack.install import REDIRECT
from handlers.slack.receiver import PATH
from handlers.slack.words import USAGE
from tests.slack.manifest_schema import SCHEMA

ROOT = Path(__file__).parents[2]
NEEDED_BY_EVENTS = {
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
    "app_home_opened": "chat:write",
    "link_shared": "links:read",
    "reaction_added": "reactions:read",
}
ALWAYS_TOLD = {"app_context_changed", "app_uninstalled", "tokens_revoked"}
NEEDED_BY_METHODS = {
    "chat.postMessage": "chat:write",
    "chat.startStream": "chat:write",
    "assistant.threads.setSuggestedPrompts": "assistant:write",
    "users.info": "users:read",
    "users.conversations": "channels:read",
    "conversations.list": "groups:read",
    "conversations.history": "channels:history",
    "conversations.replies": "groups:history",
    "conversations.open": "im:write",
    "files.completeUploadExternal": "files:write",
    "chat.unfurl": "links:write",
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    """The file as Slack reads it."""
    text = (ROOT / "manifest.yml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return loaded


def test_it_keeps_slacks_limits(manifest: dict[str, Any]) -> None:
    """Slack would take it."""
    jsonschema.Draft202012Validator(SCHEMA).validate(manifest)


def test_it_declares_the_code(manifest: dict[str, Any]) -> None:
    """Commands, shortcuts and events are those of handlers/blocks/ids.py."""
    features, settings = manifest["features"], manifest["settings"]
    assert [one["command"] for one in features["slash_commands"]] == [COMMAND]
    assert [one["callback_id"] for one in features["shortcuts"]] == list(Shortcut)
    assert settings["event_subscriptions"]["bot_events"] == list(EVENTS)
    assert features["unfurl_domains"] == ["YOUR-HOST"]
    assert features["app_home"]["home_tab_enabled"] is True
    assert features["agent_view"]["agent_description"].strip()
    assert settings["socket_mode_enabled"] is False
    assert settings["token_rotation_enabled"] is False


def test_every_request_goes_to_our_door(manifest: dict[str, Any]) -> None:
    """One address for what Slack sends, one for whoever installs; a host to be replaced."""
    urls = re.findall(r"'(https?://[^']+)'", str(manifest))
    assert len(urls) == 4
    assert set(urls) == {f"https://YOUR-HOST{PATH}", f"https://YOUR-HOST{REDIRECT}"}
    assert manifest["oauth_config"]["redirect_urls"] == [f"https://YOUR-HOST{REDIRECT}"]


def test_scopes_cover_what_is_used(manifest: dict[str, Any]) -> None:
    """Every event and method that the code relies on is granted."""
    scopes = set(manifest["oauth_config"]["scopes"]["bot"])
    assert sorted(scopes) == list(SCOPES)
    assert {"commands", *NEEDED_BY_METHODS.values()} <= scopes
    assert {NEEDED_BY_EVENTS[event] for event in EVENTS if event not in ALWAYS_TOLD} <= scopes


def test_the_hint_speaks_the_grammar(manifest: dict[str, Any]) -> None:
    """What Slack shows behind /e2a is understood, and mentions arrive as ids."""
    command = manifest["features"]["slash_commands"][0]
    words = [part.split()[0] for part in command["usage_hint"].split("|")]
    assert set(words) <= set(USAGE)
    assert command["should_escape"] is True


def test_the_local_workspace_reads_it() -> None:
    """The demo's Slack takes its scopes, events and commands from this file."""
    known = AppManifest.from_file(ROOT / "manifest.yml")
    assert known.command(COMMAND) is not None
    kinds = {one: found.kind for one in Shortcut if (found := known.shortcut(one))}
    assert kinds == {Shortcut.ACTIONS: "message", Shortcut.ASK: "global"}
    assert known.events == set(EVENTS)

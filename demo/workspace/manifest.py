"""What the app asked for: scopes, events, commands and shortcuts of its manifest.

It must not enforce them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ruamel.yaml import YAML

if TYPE_CHECKING:
    from pathlib import Path

    from demo.workspace.shapes import Json


@dataclass(frozen=True, kw_only=True)
class Command:
    """A slash command with its hint for people."""

    name: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True, kw_only=True)
class Shortcut:
    """A global shortcut or, with kind `message`, an entry of a message's menu."""

    callback_id: str
    name: str
    kind: str = "message"


@dataclass(frozen=True, kw_only=True)
class AppManifest:
    """The parts of the manifest that change what Slack lets the app do."""

    scopes: frozenset[str]
    events: frozenset[str]
    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    unfurl_domains: tuple[str, ...] = ()
    home_tab: bool = True
    messages_tab: bool = True
    agent_view: bool = True

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read a YAML (or JSON) manifest."""
        return cls.from_json(YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")))

    @classmethod
    def from_json(cls, manifest: Json) -> Self:
        """Take the manifest's parsed content."""
        features = manifest.get("features") or {}
        settings = manifest.get("settings") or {}
        app_home = features.get("app_home") or {}
        read_only = bool(app_home.get("messages_tab_read_only_enabled", False))
        subscriptions = settings.get("event_subscriptions") or {}
        scopes = (manifest.get("oauth_config") or {}).get("scopes") or {}
        return cls(
            scopes=frozenset(scopes.get("bot") or ()),
            events=frozenset(subscriptions.get("bot_events") or ()),
            commands=tuple(_command(item) for item in features.get("slash_commands") or ()),
            shortcuts=tuple(_shortcut(item) for item in features.get("shortcuts") or ()),
            unfurl_domains=tuple(features.get("unfurl_domains") or ()),
            home_tab=bool(app_home.get("home_tab_enabled", False)),
            agent_view="agent_view" in features,
            messages_tab=bool(app_home.get("messages_tab_enabled", False)) and not read_only,
        )

    def command(self, name: str) -> Command | None:
        """Return the declared command of that name."""
        return next((command for command in self.commands if command.name == name), None)

    def shortcut(self, callback_id: str) -> Shortcut | None:
        """Return the declared shortcut of that callback id."""
        return next((item for item in self.shortcuts if item.callback_id == callback_id), None)


def _command(item: Json) -> Command:
    return Command(
        name=str(item["command"]),
        description=str(item.get("description", "")),
        usage_hint=str(item.get("usage_hint", "")),
        should_escape=bool(item.get("should_escape", False)),
    )


def _shortcut(item: Json) -> Shortcut:
    return Shortcut(
        callback_id=str(item["callback_id"]),
        name=str(item["name"]),
        kind=str(item.get("type", "message")),
    )


DEFAULT_MANIFEST = AppManifest(
    scopes=frozenset(
        {
            "app_mentions:read",
            "chat:write",
            "commands",
            "im:history",
            "im:read",
            "im:write",
            "users:read",
            "users:read.email",
            "usergroups:read",
            "channels:read",
            "groups:read",
            "reactions:read",
            "files:read",
            "files:write",
            "links:read",
            "links:write",
            "assistant:write",
            "channels:history",
            "groups:history",
            "team:read",
        }
    ),
    events=frozenset(
        {
            "app_mention",
            "message.im",
            "app_home_opened",
            "reaction_added",
            "member_joined_channel",
            "link_shared",
        }
    ),
    commands=(Command(name="/e2a", description="Exceptions, orders, invoices", usage_hint="help"),),
    shortcuts=(Shortcut(callback_id="e2a_explain_message", name="Explain this"),),
)

"""Slack's documented limits of an app manifest as a compact JSON schema.

Written from the public reference; Slack's own schema file is not part of this repository.
"""

from typing import Any


def text(least: int, most: int, pattern: str | None = None) -> dict[str, Any]:
    """A string of limited length."""
    shape: dict[str, Any] = {"type": "string", "minLength": least, "maxLength": most}
    return {**shape, "pattern": pattern} if pattern else shape


def shape(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """An object without unknown names."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
        "additionalProperties": False,
    }


def several(of: dict[str, Any], least: int, most: int) -> dict[str, Any]:
    """A list of different things."""
    return {
        "type": "array", "items": of, "minItems": least, "maxItems": most, "uniqueItems": True
    }  # fmt: skip


FLAG = {"type": "boolean"}
URL = text(1, 3000, r"^https?://")
NAME = text(1, 255, r"^[a-z_.:]+$")
SHORTCUT = shape(
    {
        "name": text(1, 24),
        "type": {"enum": ["message", "global"]},
        "callback_id": text(1, 255),
        "description": text(1, 150),
    }
)
COMMAND = shape(
    {"command": text(2, 32, "^/"), "description": text(1, 2000)},
    {"url": URL, "usage_hint": text(1, 1000), "should_escape": FLAG},
)
SCHEMA = shape(
    {
        "_metadata": shape({"major_version": {"const": 2}}, {"minor_version": {"type": "integer"}}),
        "display_information": shape(
            {"name": text(1, 35)},
            {
                "description": text(1, 140),
                "long_description": text(175, 4000),
                "background_color": text(4, 7, r"^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$"),
            },
        ),
        "features": shape(
            {
                "bot_user": shape({"display_name": text(1, 80)}, {"always_online": FLAG}),
                "app_home": shape(
                    {},
                    {
                        "home_tab_enabled": FLAG,
                        "messages_tab_enabled": FLAG,
                        "messages_tab_read_only_enabled": FLAG,
                    },
                ),
            },
            {
                "agent_view": shape(
                    {"agent_description": text(1, 300)},
                    {
                        "suggested_prompts": several(
                            shape({"title": text(1, 40), "message": text(1, 4000)}), 1, 4
                        )
                    },
                ),
                "shortcuts": several(SHORTCUT, 1, 10),
                "slash_commands": several(COMMAND, 1, 50),
                "unfurl_domains": several(text(1, 255, r"^[A-Za-z0-9.-]+$"), 1, 5),
            },
        ),
        "oauth_config": shape(
            {"scopes": shape({"bot": several(NAME, 1, 255)})},
            {"redirect_urls": several(URL, 1, 1000)},
        ),
        "settings": shape(
            {},
            {
                "event_subscriptions": shape(
                    {"request_url": URL, "bot_events": several(NAME, 1, 100)}
                ),
                "interactivity": shape({"is_enabled": FLAG}, {"request_url": URL}),
                "org_deploy_enabled": FLAG,
                "socket_mode_enabled": FLAG,
                "token_rotation_enabled": FLAG,
            },
        ),
    }
)

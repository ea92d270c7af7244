"""Says whether a request has the shape of one of Slack's, before anything reads deeper.

Must not judge the content: the signature did, and the listeners do.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

Shape = Mapping[str, type]
_CLICK: Shape = {"user.id": str, "actions": list}
_FORM: Shape = {"user.id": str, "view.callback_id": str}
SHAPES: dict[str, Shape] = {
    "event_callback": {"event.type": str, "event_id": str},
    "url_verification": {"challenge": str},
    "block_actions": _CLICK,
    "view_submission": _FORM,
    "view_closed": _FORM,
    "shortcut": {"callback_id": str, "user.id": str},
    "message_action": {"callback_id": str, "user.id": str, "channel.id": str},
}
"""What each kind of body must hold, as paths to types."""
EVENTS: dict[str, Shape] = {
    "app_mention": {"user": str, "channel": str, "ts": str},
    "app_home_opened": {"user": str},
}
OBJECTS = ("event", "user", "channel", "view", "container", "message")
"""Where these are there, they are objects; readers of Bolt's rely on it."""
COMMAND: Shape = {"command": str, "user_id": str, "channel_id": str}
_KINDS = {
    "event_callback": "event",
    "block_actions": "action",
    "view_submission": "view",
    "view_closed": "view",
    "shortcut": "shortcut",
    "message_action": "shortcut",
}


class MalformedError(ValueError):
    """The request has not the shape of one of Slack's."""


def read_body(raw: str) -> dict[str, Any]:
    """The body as Bolt will read it.

    Raises:
        MalformedError: it is no JSON object, no form, or none that Slack sends.
    """
    try:
        body = json.loads(raw) if raw.startswith("{") else _form(raw)
    except (ValueError, RecursionError) as error:
        raise MalformedError from error
    return check_shape(body)


def check_shape(body: object) -> dict[str, Any]:
    """The same body.

    Raises:
        MalformedError: it is none that Slack sends.
    """
    if not isinstance(body, dict) or not _fits(body):
        raise MalformedError
    return body


def kind_of(body: Mapping[str, Any]) -> str:
    """For metrics: event, command, action, view, shortcut or other."""
    return "command" if "command" in body else _KINDS.get(str(body.get("type")), "other")


def is_certificate_check(raw: str) -> bool:
    """Slack's look at the certificate, which asks for nothing."""
    return "ssl_check=1" in raw and ("ssl_check", "1") in parse_qsl(raw)


def _form(raw: str) -> Any:  # noqa: ANN401 - whatever the payload holds
    fields = dict(parse_qsl(raw, keep_blank_values=True))
    return json.loads(fields["payload"]) if "payload" in fields else fields


def _fits(body: Mapping[str, Any]) -> bool:
    kind = body.get("type")
    if kind is None:
        return _holds(body, COMMAND)
    if not isinstance(kind, str) or not _holds(body, SHAPES.get(kind, {})):
        return False
    if not all(isinstance(body.get(name), dict | None) for name in OBJECTS):
        return False
    if kind == "event_callback":
        return _holds(body["event"], EVENTS.get(body["event"]["type"], {})) and _is_message(body)
    pressed = body.get("actions")
    return kind != "block_actions" or _are_actions(pressed)


def _is_message(body: Mapping[str, Any]) -> bool:
    event = body["event"]
    spoken = event["type"] == "message" and "user" in event and "subtype" not in event
    return not spoken or _holds(event, {"user": str, "channel": str, "ts": str})


def _are_actions(pressed: object) -> bool:
    listed = isinstance(pressed, list) and len(pressed) > 0
    return listed and all(isinstance(one, dict) for one in pressed)  # type: ignore[attr-defined]


def _holds(body: Mapping[str, Any], wanted: Shape) -> bool:
    return all(isinstance(_at(body, path), kind) for path, kind in wanted.items())


def _at(body: object, path: str) -> object:
    for name in path.split("."):
        if not isinstance(body, dict):
            return None
        body = body.get(name)
    return body

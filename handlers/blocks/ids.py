"""The names by which Slack and E2A know their buttons, forms and commands, in one place.

Must not draw or handle anything; a test holds the manifest to these names.
"""

import json
from dataclasses import dataclass
from enum import StrEnum

COMMAND = "/e2a"
EVENTS = ("app_home_opened", "app_mention", "message.im")
"""What the manifest subscribes to."""


class Verb(StrEnum):
    """Action ids of buttons."""

    ACKNOWLEDGE = "e2a_acknowledge"
    ASSIGN = "e2a_assign"
    RESOLVE = "e2a_resolve"
    SNOOZE = "e2a_snooze"
    REPLAY = "e2a_replay"
    REOPEN = "e2a_reopen"
    SHOW = "e2a_show"
    EXPLAIN = "e2a_explain"


class Form(StrEnum):
    """Callback ids of modals and of the Home tab."""

    WAIT = "e2a_wait"
    SHOW = "e2a_show_view"
    RESOLVE = "e2a_resolve_form"
    SNOOZE = "e2a_snooze_form"
    REPLAY = "e2a_replay_form"
    HOME = "e2a_home"


class Field(StrEnum):
    """Block ids of a modal's inputs; each holds one element of the same action id."""

    REASON = "reason"
    NOTE = "note"
    UNTIL = "until"
    CUSTOM = "custom"


class Shortcut(StrEnum):
    """Callback ids of message shortcuts."""

    ACTIONS = "e2a_exception_actions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which exception a button or form is about, and the version that its presser saw."""

    id: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FormTarget:
    """A form's target and where it was opened, so that the answer goes back there."""

    target: Target
    channel: str | None = None


def encode(target: Target) -> str:
    """The button's value: `{"id":7,"v":3}`."""
    return json.dumps({"id": target.id, "v": target.version}, separators=(",", ":"))


def decode(value: object) -> Target | None:
    """The button's target, or None for anything that `encode` did not write."""
    data = _object(value)
    if data is None:
        return None
    number, version = data.get("id"), data.get("v")
    if not (_is_count(number) and _is_count(version)):
        return None
    return Target(id=int(number), version=int(version))  # type: ignore[call-overload]


def encode_form(form: FormTarget) -> str:
    """The form's private_metadata."""
    data = {"id": form.target.id, "v": form.target.version, "channel": form.channel}
    return json.dumps(data, separators=(",", ":"))


def decode_form(value: object) -> FormTarget | None:
    """The form's target, or None for anything that `encode_form` did not write."""
    target, data = decode(value), _object(value)
    if target is None or data is None:
        return None
    channel = data.get("channel")
    return FormTarget(target=target, channel=channel if isinstance(channel, str) else None)


def _object(value: object) -> dict[str, object] | None:
    if not isinstance(value, str) or len(value) > 2000:  # noqa: PLR2004 - Slack's limit of a value
        return None
    try:
        data = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _is_count(value: object) -> bool:
    most = 2**62
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < most

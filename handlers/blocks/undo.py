"""The Undo button of a confirmation, and what it carries.

Must not decide whether an act can be undone: the lifecycle does, from the trail.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from handlers.blocks.elements import WORDS, actions, words
from handlers.blocks.ids import Target, Verb, decode
from jobs.ports.slack import Message

TIME = timedelta(seconds=30)
"""How long an act can be undone, by the wall clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """Which exception, the version that the act made, and until when it can be undone."""

    target: Target
    until: datetime


def with_undo(message: Message, undoing: Undoing) -> Message:
    """The same confirmation with the button."""
    button = {
        "type": "button",
        "action_id": Verb.UNDO.value,
        "text": words(WORDS[Verb.UNDO], 75),
        "value": encode_undo(undoing),
    }
    return replace(message, blocks=(*message.blocks, actions([button])))


def encode_undo(undoing: Undoing) -> str:
    """The button's value: `{"id":7,"v":4,"until":1772558130}`."""
    target = undoing.target
    until = int(undoing.until.timestamp())
    return json.dumps({"id": target.id, "v": target.version, "until": until}, separators=(",", ":"))


def decode_undo(value: object) -> Undoing | None:
    """What is to be undone, or None for anything that `encode_undo` did not write."""
    target = decode(value)
    until = json.loads(str(value)).get("until") if target else None
    if target is None or not isinstance(until, int) or isinstance(until, bool):
        return None
    if not 0 < until < 2**33:
        return None
    return Undoing(target=target, until=datetime.fromtimestamp(until, UTC))

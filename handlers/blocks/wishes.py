"""An act that somebody may not do themselves, as the value of the button that asks who may.

Must not be trusted: whoever presses is asked for their right again, from server state.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from handlers.blocks.ids import Target, decode
from handlers.blocks.values import count_of, read_back

_NOTE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants done with an exception of which they saw that version."""

    verb: str
    target: Target
    note: str | None = None
    reason: str | None = None
    assignee: str | None = None
    until: datetime | None = None
    awaits: str | None = None


def encode_wish(wish: Wish) -> str:
    """The button's value: `{"id":7,"v":3,"verb":"resolve","note":null,...}`."""
    data = {
        "id": wish.target.id,
        "v": wish.target.version,
        "verb": wish.verb,
        "note": wish.note[:_NOTE] if wish.note else None,
        "reason": wish.reason,
        "assignee": wish.assignee,
        "until": wish.until.isoformat() if wish.until else None,
        "awaits": wish.awaits,
    }
    return json.dumps(data, separators=(",", ":"))


def decode_wish(value: object) -> Wish | None:
    """The wish, or None for anything that `encode_wish` did not write."""
    target = decode(value)
    if target is None:
        return None
    data = json.loads(str(value))
    texts = [data.get(name) for name in ("note", "reason", "assignee", "until", "awaits")]
    verb = data.get("verb")
    if not isinstance(verb, str) or not all(one is None or isinstance(one, str) for one in texts):
        return None
    note, reason, assignee, until, awaits = texts
    try:
        moment = datetime.fromisoformat(until) if until else None
    except ValueError:
        return None
    if moment is not None and moment.tzinfo is None:
        return None
    return Wish(
        verb=verb,
        target=target,
        note=note,
        reason=reason,
        assignee=assignee,
        until=moment,
        awaits=awaits,
    )


def encode_approval(approval_id: int) -> str:
    """The value of the buttons that decide a request: `{"approval":7}`."""
    return json.dumps({"approval": approval_id}, separators=(",", ":"))


def decode_approval(value: object) -> int | None:
    """The request's number, or None for anything that `encode_approval` did not write."""
    data = read_back(value)
    return (count_of(data.get("approval")) or None) if data else None

"""Reads back what a button's value or a form's private_metadata holds, trusting nothing in it.

Must not know what it is about: each kind of value has a room of its own.
"""

import json

BUTTON, FORM = 2000, 3000
"""Characters that Slack keeps of a button's value and of a form's private_metadata."""
_MOST = 2**62


def read_back(value: object, most: int = BUTTON) -> dict[str, object] | None:
    """The JSON object, or None for anything that is none or too long."""
    if not isinstance(value, str) or len(value) > most:
        return None
    try:
        data = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def count_of(value: object) -> int | None:
    """A number of ours: whole, 0 or more, and such that a database holds it."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value < _MOST else None


def text_of(value: object) -> str | None:
    """A text."""
    return value if isinstance(value, str) else None

"""Which values of payloads name a place or a carrier, so that texts may say them.

Must not let a sentence through: what is no short name is treated as not stated.
"""

import re
from collections.abc import Mapping
from typing import Any

PLACES = ("warehouse", "zone", "wave", "carrier")
"""Payload keys that say where an order stands or who carries it."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.&/#-]*(?: [A-Za-z0-9_.&/#-]+){0,2}")
_LONGEST = 24


def name_of(value: object) -> str | None:
    """The value as a name: at most three plain words, 24 characters; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    name = " ".join(str(value).split())
    return name if len(name) <= _LONGEST and _NAME.fullmatch(name) else None


def place_of(stated: Mapping[str, Any]) -> dict[str, str]:
    """Where an order with these facts stands, as far as that is named."""
    named = ((key, name_of(stated.get(key))) for key in PLACES)
    return {key: name for key, name in named if name is not None}

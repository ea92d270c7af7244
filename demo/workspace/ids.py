"""Identifiers that look like Slack's and are the same in every run.

It must not use randomness.
"""

from __future__ import annotations

import hashlib
from collections import Counter

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Ids:
    """Counts per prefix and turns each count into an id."""

    def __init__(self) -> None:
        """Start every count at zero."""
        self._counts: Counter[str] = Counter()

    def next(self, prefix: str) -> str:
        """Return the next id of a kind, such as `V0000000001`."""
        self._counts[prefix] += 1
        return f"{prefix}{self._counts[prefix]:010d}"

    def word(self, kind: str, length: int) -> str:
        """Return a word of letters and digits that was not given out before for this kind."""
        self._counts[kind] += 1
        digest = hashlib.sha256(f"{kind}:{self._counts[kind]}".encode()).digest()
        number = int.from_bytes(digest, "big")
        letters = []
        for _ in range(length):
            number, index = divmod(number, len(_ALPHABET))
            letters.append(_ALPHABET[index])
        return "".join(letters)

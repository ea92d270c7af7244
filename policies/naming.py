"""Finds the orders and exceptions that a sentence names. Must not look them up."""

import re
from dataclasses import dataclass

_EXCEPTION = re.compile(
    r"(?:^|[\s(])(?:#|exc(?:eption)?[\s#:-]*|no\.?\s*)(\d{1,9})(?=$|[\s?.,!;:)])", re.IGNORECASE
)
_ORDER = re.compile(
    r"(?<![\w<@#-])#?([A-Za-z]{1,6}[-_]\d[\w-]{0,60}|[A-Za-z]{1,6}\d{3,}[\w-]{0,60}|\d{5,20})(?![\w>])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a sentence names, in its order. `words` are the names as typed."""

    exceptions: tuple[int, ...]
    orders: tuple[str, ...]
    words: tuple[str, ...]


def named_in(sentence: str) -> Named:
    """`why is SO-1042 late?` names an order, `what about #7` an exception."""
    numbers = list(_EXCEPTION.finditer(sentence))
    rest = _EXCEPTION.sub(" ", sentence)
    orders = [match[1] for match in _ORDER.finditer(rest)]
    return Named(
        exceptions=tuple(dict.fromkeys(int(match[1]) for match in numbers)),
        orders=tuple(dict.fromkeys(orders)),
        words=tuple(dict.fromkeys([f"#{match[1]}" for match in numbers] + orders)),
    )

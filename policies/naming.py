"""Finds the orders, exceptions and invoices that a sentence names. Must not look them up.

People leave out dashes, put blanks in between and write small letters: all of it is a name here,
and who looks it up tries its spellings.
"""

import re
from dataclasses import dataclass

_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_NUMBER_WORD = r"(?:\s*(?:no\.?|nr\.?|number|num|id))?[\s#:_-]*"
_INVOICE = re.compile(
    rf"(?<![\w-])(?:invoices?{_NUMBER_WORD}|(?=inv[-_ ]?\d))"
    r"((?:inv[-_ ]?)?\d[\w-]{0,40}|[A-Za-z]{2,12}-\d[\w-]{0,40})(?![\w-])",
    re.IGNORECASE,
)
_UNIT = r"(?! ?(?:h|hrs?|hours?|d|days?|m|mins?|minutes?|w|weeks?|months?|%|times?)\b)"
_LED = r"(?:so|po|wo|fo|ord)"
_NO_WORD = r"(?!(?:in|of|on|at|to|by|or|and|for|from|late|over|than|this|last|the|with|some|any)\b)"
_ORDERED = re.compile(
    rf"(?<![\w-])(?:order|ord|tracking|parcel|package|shipment){_NUMBER_WORD}"
    rf"((?:{_LED} ?-? ?)?\d[\w-]{{0,60}}|[A-Za-z]{{1,12}}[-_]\d[\w-]{{0,60}}|"
    rf"[A-Za-z]{{1,6}}\d[\w-]{{0,60}}|{_NO_WORD}[A-Za-z]{{2,4}} \d{{4,12}})(?![\w>]){_UNIT}",
    re.IGNORECASE,
)
"""`order 1042`: a number is one where the word stands before it."""
_PARCEL = re.compile(
    r"(?<![\w-])(1Z(?: ?[0-9A-Z]){16}|\d{4}(?: \d{4}){2,5}(?: \d{1,4})?)(?!\w)", re.IGNORECASE
)
"""Tracking numbers as carriers print them, in groups."""
_EXCEPTION = re.compile(
    r"(?:^|[\s(])(?:#|(?:exc(?:eption)?s?|alert|case)(?:\s*(?:no\.?|nr\.?|number|id))?[\s#:-]*"
    r"|no\.?\s*)(\d{1,9})(?=$|[\s?.,!;:)'])",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"(?<![\w<@#-])#?([A-Za-z]{1,12}[-_]\d[\w-]{0,60}|[A-Za-z]{1,6}\d{3,}[\w-]{0,60}|\d{5,20})(?![\w>])"
)
_SPACED = re.compile(
    rf"(?<![\w-])#?({_LED} (?:- ?)?\d{{2,12}}|(?-i:[A-Z]{{2,6}}) \d{{5,12}})(?![\w-])",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"\d+ ?(?:h|hrs?|hours?|d|days?|m|mins?|minutes?|w|weeks?|months?|%)", re.IGNORECASE
)
_BARE = re.compile(
    r"(?<![\w$.,:-])(?:like|to|is|was|does|did|of|as|about|for) "
    rf"(\d{{1,6}})(?![\w:%-]){_UNIT}",
    re.IGNORECASE,
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|20\d{2}[01]\d[0-3]\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a sentence names, in its order. `words` are the names as typed."""

    exceptions: tuple[int, ...]
    orders: tuple[str, ...]
    words: tuple[str, ...]
    invoices: tuple[str, ...] = ()

    @property
    def anything(self) -> bool:
        """Whether it names something at all."""
        return bool(self.words)


def named_in(sentence: str) -> Named:
    """`why is SO-1042 late?` names an order, `what about #7` an exception."""
    rest = sentence.translate(_DASHES)
    orders: list[tuple[int, str]] = []
    invoices, rest = _taken(_INVOICE, rest)
    for pattern in (_ORDERED, _PARCEL, _SPACED):
        found, rest = _taken(pattern, rest)
        orders += found
    numbers, rest = _taken(_EXCEPTION, rest)
    orders += _taken(_ORDER, rest)[0]
    names = [name for _, name in sorted(orders) if not _DAY.fullmatch(name)]
    words = [f"#{number}" for _, number in numbers] + names
    return Named(
        exceptions=tuple(dict.fromkeys(int(number) for _, number in numbers)),
        orders=tuple(dict.fromkeys(names)),
        words=tuple(dict.fromkeys(words + [f"invoice {name}" for _, name in invoices])),
        invoices=tuple(dict.fromkeys(name for _, name in invoices)),
    )


def bare_numbers(sentence: str) -> tuple[int, ...]:
    """Short numbers that stand alone: exceptions, where the words speak of one record.

    `anything similar to 123?` says no more than the number.
    """
    found = _BARE.finditer(sentence)
    return tuple(dict.fromkeys(int(match[1]) for match in found))


def spellings(name: str) -> list[str]:
    """How an order's name may be written where it is stored, likeliest first.

    `so 1042`, `#SO1042`, `so_1042` and `1042` are SO-1042.
    """
    bare = re.sub(r"[\s#]", "", name.translate(_DASHES))
    parts = re.fullmatch(r"([A-Za-z]*)[-_]*(\d+)", bare)
    written = [name.strip(), bare, bare.upper(), bare.lower()]
    if parts:
        lead = parts[1].upper() or "SO"
        written += [f"{lead}-{parts[2]}", f"{lead}{parts[2]}", f"{lead}_{parts[2]}", f"#{bare}"]
        written += [f"{parts[1].lower()}-{parts[2]}"] if parts[1] else []
    return list(dict.fromkeys(filter(None, written)))


def _taken(pattern: re.Pattern[str], text: str) -> tuple[list[tuple[int, str]], str]:
    """What the pattern finds, by its place, and the text with blanks instead of it."""
    found = [
        (match.start(1), match[1].strip())
        for match in pattern.finditer(text)
        if not _SPAN.fullmatch(match[1].strip())
    ]
    taken = {place for place, _ in found}
    blanked = pattern.sub(
        lambda match: " " * len(match[0]) if match.start(1) in taken else match[0], text
    )
    return found, blanked

"""Finds what a sentence claims: each number, time, date, duration, amount, share, id and name.

Must not judge a claim: claims.py compares them with the evidence.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from policies.claim_words import (
    COMMITMENTS,
    KNOWN_NAMES,
    MONTHS,
    NUMBERS,
    ORDINARY,
    RELATIVE_DAYS,
    UNITS,
    VAGUE_NUMBERS,
    WEEKDAYS,
)


class Claim(NamedTuple):
    """What is claimed: `kind` and a value that is equal for equal meanings."""

    kind: str
    value: str


class Found(NamedTuple):
    """A claim and where in the text it stands."""

    claim: Claim
    start: int
    end: int


_UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
_MONTH = "|".join(f"{month[:3]}(?:{month[3:]})?" for month in MONTHS)
_DAY = "|".join(f"{day[:3]}(?:{day[3:]}s?)?|{day[:4]}" for day in WEEKDAYS)
_NUMBER = r"\d{1,15}(?:,\d{3}){0,5}(?:\.\d{1,6})?"
"""Bounded, as all patterns here: nothing that is written may take long to read."""
_ORDINAL = r"(?:st|nd|rd|th)"
_CURRENCY = r"usd|eur|gbp|chf|cad|dollars?|euros?|pounds?|cents?|bucks"

_ARTICLES = {"a": 1.0, "an": 1.0, "half an": 0.5}
_PARTS = re.compile(rf"(?:({_NUMBER})[ -]?|\b(half an|an?) )({_UNIT})(?![a-z])", re.IGNORECASE)
"""A number or an article, and a unit of time."""


def _decimal(text: str) -> str:
    try:
        return f"{Decimal(text.replace(',', '')).normalize():f}"
    except InvalidOperation:
        return text


def _minutes(match: re.Match[str]) -> str:
    total = 0.0
    for number, words, unit in _PARTS.findall(match[0]):
        count = _ARTICLES[words.lower()] if words else float(number.replace(",", ""))
        total += count * UNITS[unit.lower()]
    return f"{total:.2f}"


def _one_unit(match: re.Match[str]) -> str:
    return f"{float(UNITS[match[1].lower()]):.2f}"


def _time(match: re.Match[str]) -> str:
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return f"{hour:02}:{minute:02}"


def _bare_hour(match: re.Match[str]) -> str:
    hour = int(match[1])
    half = match[2].lower()[:1]
    return f"{hour % 12 + 12 if half == 'p' else hour % 12 if half == 'a' else hour:02}:00"


def _month(name: str) -> int:
    return next(n for n, month in enumerate(MONTHS, 1) if month.startswith(name.lower()[:3]))


def _day_first(match: re.Match[str]) -> str:
    return f"{_month(match[2]):02}-{int(match[1]):02}"


def _month_first(match: re.Match[str]) -> str:
    return f"{_month(match[1]):02}-{int(match[2]):02}"


def _iso(match: re.Match[str]) -> str:
    return f"{match[2]}-{match[3]}"


def _weekday(match: re.Match[str]) -> str:
    return match[0].lower()[:3]


def _lower(match: re.Match[str]) -> str:
    return match[0].lower()


def _amount(match: re.Match[str]) -> str:
    return _decimal(next(group for group in match.groups() if group))


def _share(match: re.Match[str]) -> str:
    return _decimal(match[1])


def _ratio(match: re.Match[str]) -> str:
    return f"{_decimal(match[1])}/{_decimal(match[2])}"


def _bare(match: re.Match[str]) -> str:
    return _decimal(match[0].lstrip("+"))


def _word_number(match: re.Match[str]) -> str:
    word = match[0].lower()
    return str(NUMBERS[word]) if word in NUMBERS else word


def _reference(match: re.Match[str]) -> str:
    return match[1]


def _identifier(match: re.Match[str]) -> str:
    return match[0].lstrip("#").casefold()


_CLOCK = r"(\d{1,2}):(\d{2})(?::\d{2})?(?:\.\d+)?Z?\s?([ap]\.?m\b\.?)?"
_BOTH = r"(?=[\w./-]{0,64}\d)(?=[\w./-]{0,64}[A-Za-z])"
"""A name of letters and digits."""
_SPAN = rf"(?:{_NUMBER})[ -]?(?:{_UNIT})(?![a-z])"
_PLAIN_MONTHS = "|".join(month for month in MONTHS if month not in ("may", "march"))
_KINDS: tuple[tuple[str, str, Callable[[re.Match[str]], str]], ...] = (
    ("ref", r"\[(\d{1,3})\]", _reference),
    ("date", r"\b(\d{4})-(\d{2})-(\d{2})(?=\b|T)", _iso),
    ("time", rf"(?<![\d:.])T?{_CLOCK}(?![\d:])", _time),
    ("time", r"\b(\d{1,2})\s?([ap]\.?m\b|o'clock)", _bare_hour),
    ("date", rf"\b(\d{{1,2}}){_ORDINAL}?(?: of)? ({_MONTH})\b", _day_first),
    ("date", rf"\b({_MONTH}) (\d{{1,2}}){_ORDINAL}?\b(?!:)", _month_first),
    ("amount", rf"[$€£¥]\s?({_NUMBER})|({_NUMBER})\s?(?:{_CURRENCY})\b", _amount),
    ("percent", rf"({_NUMBER})\s?(?:%|percent\b|per cent\b|pct\b)", _share),
    ("duration", rf"\b{_SPAN}(?:(?:,| and)? {_SPAN})*", _minutes),
    ("duration", rf"\b(?:half an|an?) (?:{_UNIT})(?![a-z])", _minutes),
    ("duration", rf"\b(?:last|next|past|this|coming) ({_UNIT})(?![a-z])", _one_unit),
    ("id", rf"(?<![\w#])#?{_BOTH}[A-Za-z0-9][\w./-]{{0,64}}\w|#\d+", _identifier),
    ("day", rf"\b(?:{_DAY})\b", _weekday),
    ("day", rf"\b(?:{'|'.join(RELATIVE_DAYS)})\b", _lower),
    ("day", r"\b(?:noon|midnight|morning|afternoon|evening|night)s?\b", _lower),
    ("month", rf"\b(?:{_PLAIN_MONTHS})\b", _lower),
    ("ratio", rf"({_NUMBER}) (?:out )?of (?:the )?({_NUMBER})", _ratio),
    ("number", rf"[-+]?{_NUMBER}", _bare),
    ("number", rf"\b(?:{'|'.join((*NUMBERS, *sorted(VAGUE_NUMBERS)))})\b", _word_number),
    ("commitment", rf"\b(?:{COMMITMENTS})", _lower),
)
"""Tried in this order; what one has taken is no other's."""
_PATTERNS = tuple((kind, re.compile(p, re.IGNORECASE), value) for kind, p, value in _KINDS)
_NAME = re.compile(r"(?<![\w'])[^\W\d_][\w'&-]*")
_START = re.compile(r"\W*")


def claims_in(sentence: str) -> list[Found]:
    """Every claim of one sentence, in the order of the text."""
    rest = sentence
    found: list[Found] = []
    for kind, pattern, value in _PATTERNS:
        for match in pattern.finditer(rest):
            claim = Claim(kind, value(match))
            found.append(Found(claim, match.start(), match.end()))
        rest = pattern.sub(lambda match: " " * len(match[0]), rest)
    found += _names(rest, sentence)
    return sorted(found, key=lambda one: one.start)


def _names(rest: str, sentence: str) -> Iterator[Found]:
    """Words with a capital, but ordinary ones at the start; and names in any spelling."""
    opening = _START.match(sentence)
    first = opening.end() if opening else 0
    for match in _NAME.finditer(rest):
        word, bare = match[0], match[0].casefold().removesuffix("'s")
        begins = match.start() == first
        capital = word[0].isupper() and word not in ("I", "I'm", "I've")
        if bare in KNOWN_NAMES or (capital and not (begins and bare in ORDINARY)):
            yield Found(Claim("name", bare), match.start(), match.end())

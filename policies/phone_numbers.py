"""Telephone numbers in a text.

Must not take a number for one because of its length alone: it has a plus, a double nought, a word
before it, or the form that numbers of the order's country are written in.
"""

import re
from collections.abc import Iterator

from phonenumbers import Leniency, PhoneNumberMatcher

Span = tuple[int, int]

_ABROAD = re.compile(r"(?<![\w+./-])(?<!\d )00(?=[1-9][\d ()./-]{5,}\d)")
_PLUS = re.compile(r"(?<![\w+])[+\uff0b] ?\(?\d(?:[ ().\u00a0/-]{0,2}\d){6,14}(?!\d)")
_CUE = re.compile(
    r"\b(?:tel|tlf|phone|telephone|mobile|mob|cell|fax|whatsapp|call(?:ed|ing)?|ring|rang|dial"
    r"|m[o\u00f3]vil|handy|telefon)\b[\w ]{0,12}?[.:]?[ :#]*"
    r"(?P<number>\(?\d(?:[ ().\u00a0/-]{0,2}\d){6,14})(?!\d)",
    re.IGNORECASE,
)


def phones_by_word(text: str) -> Iterator[Span]:
    """Digits behind a word such as phone, call or fax; seven or more."""
    for found in _CUE.finditer(text):
        yield found.span("number")


def phones(text: str, region: str | None) -> Iterator[Span]:
    """Numbers as they are dialled from abroad; with `region` (ISO 3166) its own ones, too.

    A number of the region counts where it is valid there and not a mere row of digits.
    """
    abroad = _ABROAD.sub(" +", text)  # as long as before
    for match in PhoneNumberMatcher(abroad, None, leniency=Leniency.POSSIBLE):
        start = match.start - (text[match.start - 1 : match.start + 1] == "00")
        yield start, match.end
    for found in _PLUS.finditer(abroad):
        yield found.start() - (text[found.start() - 1 : found.start() + 1] == "00"), found.end()
    if region:
        for match in PhoneNumberMatcher(text, region.upper(), leniency=Leniency.VALID):
            if not match.raw_string.isdecimal():
                yield match.start, match.end

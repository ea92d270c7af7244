"""Takes what is about a person out of what a model is told, and puts it back into what it answers.

Must not touch order, tracking and event numbers. What it cannot see is told in docs/ai.md.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from policies.asking import NoAnswerError
from policies.bank_numbers import cards, ibans
from policies.known_people import NOBODY, Known, contacts_in, names_in, streets_in
from policies.phone_numbers import phones, phones_by_word

Span = tuple[int, int]
KINDS = ("EMAIL", "PHONE", "CARD", "IBAN", "NAME", "STREET", "TEXT")
"""What a placeholder can stand for; TEXT is what looked like a placeholder before."""
_OPEN, _CLOSE = "\u27e6", "\u27e7"
_PLACEHOLDER = re.compile(rf"{_OPEN}({'|'.join(KINDS)})_[1-9]\d*{_CLOSE}")
_MANGLED = re.compile(
    rf"{_OPEN}[^{_CLOSE}]{{0,40}}{_CLOSE}|[{_OPEN}{_CLOSE}]|(?<![\w-])(?:{'|'.join(KINDS)})_\d+(?!\w)"
)
"""What is like a placeholder and is none."""
_EMAIL = re.compile(r"(?<![\w.+%'&=~-])[\w.+%'&=~-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_NUMBERS = re.compile(
    r"(?<![\w@+])(?:1Z[0-9A-Z]{16}|[A-Z]{2}\d{9}[A-Z]{2}|TBA\d{10,14}|J?JD\d{16,20}|GM\d{16,20}"
    r"|1LS\w{12,16}|[CD]\d{14}|9[1-5]\d{20}|420\d{5}(?:\d{4})?9[1-5]\d{20}"
    r"|#?[A-Z]{1,8}[-_#]\d[\w-]*|[a-z]{1,12}[-_]\d[\w-]*"
    r"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
    r"|\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
    r")(?![\w@])"
)
"""Carriers' numbers, orders such as SO-1001, events such as evt-7, times: nobody's data."""
_SHORT = 6
"""A shorter number of an order may well be a part of a telephone number."""
_HIDDEN = "\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIns:
    """What stands for what in one call, by placeholder."""

    originals: Mapping[str, str] = field(default_factory=dict)

    def counted(self) -> dict[str, int]:
        """How many of each kind."""
        counts: dict[str, int] = {}
        for placeholder in self.originals:
            kind = placeholder[1:].partition("_")[0]
            counts[kind] = counts.get(kind, 0) + 1
        return counts


NONE = StandIns()


class InventedPlaceholderError(NoAnswerError):
    """The answer holds a placeholder that stands for nothing, or a broken one."""

    reason = "invented"


def redact(
    value: Any,  # noqa: ANN401 - JSON
    known: Known = NOBODY,
    so_far: StandIns = NONE,
) -> tuple[Any, StandIns]:
    """The JSON value with placeholders in its texts, and what they stand for.

    The same words get the same placeholder within one call; hand `so_far` on for its next part.
    Names of fields stay as they are. Whole numbers count where they are a known contact.
    """
    originals = dict(so_far.originals)
    taken = {original: placeholder for placeholder, original in originals.items()}
    counts = so_far.counted()

    def stand_in(kind: str, original: str) -> str:
        if original not in taken:
            counts[kind] = counts.get(kind, 0) + 1
            taken[original] = f"{_OPEN}{kind}_{counts[kind]}{_CLOSE}"
            originals[taken[original]] = original
        return taken[original]

    def in_text(text: str) -> str:
        parts, at = [], 0
        for start, end, kind in found_in(text, known, so_far.originals):
            parts += [text[at:start], stand_in(kind, text[start:end])]
            at = end
        return "".join((*parts, text[at:]))

    return _mapped(value, in_text, known), StandIns(originals=originals)


def put_back(value: Any, stand_ins: StandIns) -> Any:  # noqa: ANN401 - JSON
    """The JSON value of an answer with what its placeholders stand for.

    Raises:
        InventedPlaceholderError: one stands for nothing, is broken, or is the name of a field.
    """

    def in_text(text: str) -> str:
        if _MANGLED.search(_PLACEHOLDER.sub("", text)):
            raise InventedPlaceholderError
        return _PLACEHOLDER.sub(lambda found: _original(found[0], stand_ins), text)

    return _mapped(value, in_text, NOBODY, keys=True)


def found_in(
    text: str, known: Known = NOBODY, placeholders: Iterable[str] = ()
) -> list[tuple[int, int, str]]:
    """What is about a person in a text: from, to, kind; apart from each other, in order."""
    page = _Page(text, known)
    page.hide(_all_of(text, placeholders))
    page.take("TEXT", _spans(_MANGLED, page.left))
    page.take("EMAIL", _spans(_EMAIL, page.left))
    page.hide(_kept(page.left, known))
    for kind, finder in _KNOWN:
        page.take(kind, finder(page.left, known))
    page.take("PHONE", phones_by_word(page.left))
    page.hide(_spans(_NUMBERS, page.left))
    page.take("IBAN", ibans(page.left))
    page.take("CARD", cards(page.left))
    page.take("PHONE", phones(page.left, known.region))
    return sorted(page.found)


class _Page:
    """A text whose places are blacked out once somebody has taken or kept them."""

    def __init__(self, text: str, known: Known) -> None:
        self._text, self._known = text, known
        self._marks = list(text)
        self.left = text
        self.found: list[tuple[int, int, str]] = []

    def take(self, kind: str, spans: Iterable[Span]) -> None:
        """What is about a person: the longest first, and nothing twice."""
        for start, end in sorted(spans, key=lambda span: span[0] - span[1]):
            gone = _HIDDEN in self._marks[start:end] or start >= end
            if not gone and self._text[start:end] not in self._known.kept:
                self.found.append((start, end, kind))
                self._marks[start:end] = _HIDDEN * (end - start)
        self.left = "".join(self._marks)

    def hide(self, spans: Iterable[Span]) -> None:
        """What stays and is not to be looked at again."""
        for start, end in spans:
            self._marks[start:end] = _HIDDEN * (end - start)
        self.left = "".join(self._marks)


_KNOWN: tuple[tuple[str, Callable[[str, Known], Iterator[Span]]], ...] = (
    ("PHONE", contacts_in),
    ("STREET", streets_in),
    ("NAME", names_in),
)


def _original(placeholder: str, stand_ins: StandIns) -> str:
    if placeholder not in stand_ins.originals:
        raise InventedPlaceholderError
    return stand_ins.originals[placeholder]


def _mapped(
    value: Any,  # noqa: ANN401 - JSON
    in_text: Callable[[str], str],
    known: Known,
    *,
    keys: bool = False,
) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return in_text(value)
    if isinstance(value, Mapping):
        if keys and any(_MANGLED.search(str(name)) for name in value):
            raise InventedPlaceholderError
        return {name: _mapped(child, in_text, known, keys=keys) for name, child in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(child, in_text, known, keys=keys) for child in value]
    if isinstance(value, int) and not isinstance(value, bool) and str(value) in known.contacts:
        return in_text(str(value))
    return value


def _kept(text: str, known: Known) -> Iterator[Span]:
    """Numbers of this order, as far as they cannot be a part of something else."""
    for number in known.kept:
        if len(number) >= _SHORT:
            whole = rf"(?<![\w@+]){re.escape(number)}(?![\w@])"
            yield from _spans(re.compile(whole, re.IGNORECASE), text)


def _all_of(text: str, words: Iterable[str]) -> Iterator[Span]:
    for word in words:
        yield from _spans(re.compile(re.escape(word)), text)


def _spans(pattern: re.Pattern[str], text: str) -> list[Span]:
    return [found.span() for found in pattern.finditer(text)]

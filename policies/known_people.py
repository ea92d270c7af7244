"""Who an order is about, as its own fields say, and how that is found again in a text.

Must not guess a name: what no field names is not found.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from policies.personal_keys import holds_a_person, is_kept, is_name, is_phone, plain_key

Span = tuple[int, int]

_PART, _SHORTEST = 3, 4
"""Letters of a part of a name, and of a street, that are looked for by themselves."""
_FEWEST_DIGITS = 7
_GIVEN = frozenset({"first_name", "firstname", "given_name", "last_name", "lastname", "surname"})
_STREETS = frozenset({"address", "address1", "street", "street1", "line1"})
_SHORT_FORMS = (
    {"street", "st"},
    {"avenue", "ave", "av"},
    {"road", "rd"},
    {"boulevard", "blvd"},
    {"lane", "ln"},
    {"drive", "dr"},
    {"square", "sq"},
    {"place", "pl"},
    {"strasse", "stra\u00dfe", "str"},
    {"calle", "c"},
)
_CODE = r"(?:(?:\+|00)?(?:\d{1,3}[ ().\u00a0/-]{1,3})?)"
"""A country's, which may stand before a number that is known without it."""
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known about an order beforehand.

    `names`, `streets` and `contacts` (numbers to call, addresses of mail) are removed wherever
    they stand; `kept` (order, tracking and event numbers, clients, carriers) never are. `region`
    is the destination's country, ISO 3166.
    """

    names: frozenset[str] = frozenset()
    streets: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()
    kept: frozenset[str] = field(default=frozenset())
    region: str | None = None


NOBODY = Known()


def known_from(
    payloads: Iterable[Mapping[str, Any]], kept: Iterable[str], region: str | None = None
) -> Known:
    """What an order's events say about people, by the names of their fields."""
    names: set[str] = set()
    streets: set[str] = set()
    contacts: set[str] = set()
    for payload in payloads:
        for key, text in _fields(payload):
            if is_phone(key):
                contacts.add(text)
            elif plain_key(key) in _STREETS:
                streets.add(text)
            elif _names_somebody(key):
                names.add(text)
    return Known(
        names=frozenset(names),
        streets=frozenset(streets),
        contacts=frozenset(contacts),
        kept=frozenset(kept),
        region=region,
    )


def _names_somebody(key: str) -> bool:
    return is_name(key) or plain_key(key) in _GIVEN


def _fields(
    value: Any,  # noqa: ANN401 - JSON
    key: str = "",
    *,
    within: bool = False,
) -> Iterator[tuple[str, str]]:
    """Key and text; `within` something that is about a person as a whole nothing is left out."""
    if isinstance(value, Mapping):
        for name, child in value.items():
            if within or not is_kept(str(name)):  # an item's name is no person's
                yield from _fields(child, str(name), within=within or holds_a_person(str(name)))
    elif isinstance(value, list | tuple):
        for child in value:
            yield from _fields(child, key, within=within)
    elif isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
        yield key, str(value).strip()


def names_in(text: str, known: Known) -> Iterator[Span]:
    """Where known people are named, whole or by a part of the name that is written as a name."""
    kept = {one.casefold() for one in known.kept}
    for name in sorted(known.names, key=len, reverse=True):
        yield from _matches(text, _words_of(name), re.IGNORECASE)
        parts = [part for part in _words_of(name) if len(part) >= _PART]
        for part in parts if len(_words_of(name)) > 1 else ():
            if part.casefold() not in kept:
                yield from _matches(text, [part], 0)
                yield from _matches(text, [part.upper()], 0)


def streets_in(text: str, known: Known) -> Iterator[Span]:
    """Where known streets are written, the number first or last, with their usual short forms."""
    for street in known.streets:
        words = _words_of(street)
        if len("".join(words)) < _SHORTEST:
            continue
        yield from _matches(text, words, re.IGNORECASE)
        turned = [*words[1:], words[0]] if words[0][0].isdecimal() else [words[-1], *words[:-1]]
        if turned[0][0].isdecimal() or turned[-1][0].isdecimal():
            yield from _matches(text, turned, re.IGNORECASE)


def contacts_in(text: str, known: Known) -> Iterator[Span]:
    """Where known numbers and addresses of mail stand, however the digits are grouped."""
    for contact in known.contacts:
        digits = re.sub(r"\D", "", contact)
        if len(digits) < _FEWEST_DIGITS:
            continue
        grouped = r"[ ().\u00a0/-]{0,3}".join(digits.removeprefix("00"))
        found = re.finditer(rf"(?<![\w+]){_CODE}\(?{grouped}(?!\w)", text)
        yield from (one.span() for one in found)


def _words_of(text: str) -> list[str]:
    return _WORD.findall(text)


def _matches(text: str, words: list[str], flags: int) -> Iterator[Span]:
    """The words behind each other, with spaces or small marks between them."""
    if not words or len("".join(words)) < _PART - 1:
        return
    between = r"[\s.,'\u2019/-]{1,3}"
    pattern = between.join(_spelt(word) for word in words)
    whole = rf"(?<![^\W_]){pattern}(?![^\W_])"
    yield from (found.span() for found in re.finditer(whole, text, flags))


def _spelt(word: str) -> str:
    """A word in the ways in which it may be written."""
    same = next((forms for forms in _SHORT_FORMS if word.casefold() in forms), {word})
    spelt: set[str] = set()
    for form in {word, *same, word.replace("\u00df", "ss")}:
        composed = unicodedata.normalize("NFC", form)
        apart = unicodedata.normalize("NFD", form)
        plain = "".join(mark for mark in apart if not unicodedata.combining(mark))
        spelt |= {composed, apart, plain}
    return f"(?:{'|'.join(re.escape(one) for one in sorted(spelt, key=len, reverse=True))})"

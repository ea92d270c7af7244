"""What in stored texts is about a person: how it is found, and what is left when it is erased.

Must not touch what money, promises and the trail need: ids, times, types, carriers, weights, items.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from policies.personal_keys import holds_a_person, is_kept, is_name, is_personal, is_phone

ERASED = "[erased]"
KINDS = ("order", "email", "phone", "name")
_EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w.])\+?\(?\d[\d ()./-]{4,}\d(?![\w])")
_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_FEWEST_DIGITS, _FREE_TEXT_WORDS = 7, 4
_GIVEN = ("first_name", "firstname", "given_name", "givenname")
_FAMILY = ("last_name", "lastname", "family_name", "familyname", "surname")
Name = tuple[str, ...]


class NotAPersonError(ValueError):
    """What was asked for names nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """By what somebody is known, normalised: small letters, bare digits, words."""

    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    names: frozenset[Name] = frozenset()
    orders: frozenset[str] = field(default=frozenset())

    def __or__(self, other: "Person") -> "Person":
        """By what either is known."""
        return Person(
            emails=self.emails | other.emails,
            phones=self.phones | other.phones,
            names=self.names | other.names,
            orders=self.orders | other.orders,
        )

    def in_text(self, text: str) -> bool:
        """Whether a text names the person; parts of other words and numbers do not count."""
        if self.emails and not self.emails.isdisjoint(_emails(text)):
            return True
        if self.phones and not self.phones.isdisjoint(_phones(text)):
            return True
        return bool(self.names) and self._named_in(_words(text))

    def _named_in(self, words: list[str]) -> bool:
        sizes = {len(name) for name in self.names}
        return any(
            tuple(words[start : start + size]) in self.names
            for size in sizes
            for start in range(len(words) - size + 1)
        )

    def within(self, value: Any) -> bool:  # noqa: ANN401 - JSON
        """Whether a JSON value names the person anywhere, also in a name told in two parts."""
        return any(self.in_text(text) for text in _texts(value))


def person_by(kind: str, text: str) -> Person:
    """The person that was asked for, by one of KINDS.

    Raises:
        NotAPersonError: the text is no such thing; says what would be.
    """
    if kind == "order":
        return Person(orders=frozenset({text}))
    if kind == "email" and (found := _emails(text)) and len(found) == 1:
        return Person(emails=frozenset(found))
    if kind == "phone" and (digits := _digits(text)) and len(digits) >= _FEWEST_DIGITS:
        return Person(phones=frozenset({digits}))
    if kind == "name" and len(words := tuple(_words(text))) > 1:
        return Person(names=frozenset({words}))
    example = {
        "email": "an address such as jane@example.com",
        "phone": "a number of seven digits or more such as +34 600 123 456",
        "name": "a first and a last name such as Jane Doe; a single word is too many people",
    }
    message = f"write {example[kind]}"
    raise NotAPersonError(message)


def digest_of(tenant_id: int, kind: str, person: Person) -> str:
    """Which person was asked for, without saying it: the same one gives the same digest."""
    known = [sorted(person.emails), sorted(person.phones), sorted(person.names)]
    text = json.dumps([tenant_id, kind, known, sorted(person.orders)])
    return hashlib.sha256(text.encode()).hexdigest()


def person_in(value: Any) -> Person:  # noqa: ANN401 - JSON
    """By what the person of an order is known, from the fields that its events have for that."""
    emails: set[str] = set()
    phones: set[str] = set()
    names: set[Name] = set()
    for key, text in _personal_texts(value, within=False):
        emails.update(_emails(text))
        phones.update(_phones(text) if is_phone(key) else ())
        words = tuple(_words(text))
        if len(words) > 1 and is_name(key):
            names.add(words)
    return Person(emails=frozenset(emails), phones=frozenset(phones), names=frozenset(names))


def erased(value: Any, person: Person) -> Any:  # noqa: ANN401 - JSON
    """The value without what is about a person: named fields, free text, and what names it."""
    return _erased(value, person, "", within=False)


def _erased(value: Any, person: Person, key: str, *, within: bool) -> Any:  # noqa: ANN401 - JSON
    """`within` something that is about a person as a whole; what is kept is kept as a whole."""
    if key and is_kept(key) and not within:
        return scrubbed(value, person)
    if isinstance(value, Mapping):
        return {
            name: _erased(child, person, str(name), within=within or holds_a_person(str(name)))
            for name, child in value.items()
        }
    if isinstance(value, list | tuple):
        return [_erased(child, person, key, within=within) for child in value]
    if value is None or isinstance(value, bool):
        return value
    if (within and not is_kept(key)) or is_personal(key):
        return ERASED
    return _erased_text(value, person) if isinstance(value, str) else scrubbed(value, person)


def _erased_text(text: str, person: Person) -> str:
    if (inner := _document(text)) is not None:
        return json.dumps(erased(inner, person))
    free = len(text.split()) >= _FREE_TEXT_WORDS
    return ERASED if free or person.in_text(text) else text


def scrubbed(value: Any, person: Person) -> Any:  # noqa: ANN401 - JSON
    """The value without texts that name the person; for what E2A wrote itself."""
    if isinstance(value, Mapping):
        return {name: scrubbed(child, person) for name, child in value.items()}
    if isinstance(value, list | tuple):
        return [scrubbed(child, person) for child in value]
    if value is None or isinstance(value, bool):
        return value
    return ERASED if person.in_text(str(value)) else value


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(value, Mapping):
        yield from _whole_names(value)
        for child in value.values():
            yield from _texts(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from _texts(child)
    elif isinstance(value, str):
        inner = _document(value)
        yield from [value] if inner is None else _texts(inner)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)


def _personal_texts(value: Any, key: str = "", *, within: bool) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON
    if isinstance(value, Mapping):
        yield from (("name", name) for name in _whole_names(value))
        for name, child in value.items():
            inside = within or holds_a_person(str(name))
            yield from _personal_texts(child, str(name), within=inside)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from _personal_texts(child, key, within=within)
    elif isinstance(value, str) and (inner := _document(value)) is not None:
        yield from _personal_texts(inner, within=within)
    elif isinstance(value, str | int) and (within or is_personal(key)) and value != ERASED:
        yield key, str(value)


def _whole_names(value: Mapping[Any, Any]) -> Iterator[str]:
    """First and last name of an object that has them apart."""
    fields = {str(name).lower(): child for name, child in value.items() if isinstance(child, str)}
    given = next((fields[name] for name in _GIVEN if fields.get(name)), None)
    family = next((fields[name] for name in _FAMILY if fields.get(name)), None)
    if given and family:
        yield f"{given} {family}"


def _document(text: str) -> Any:  # noqa: ANN401 - JSON
    """What a text holds that is JSON itself, as letters keep a body; else None."""
    if text[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _emails(text: str) -> set[str]:
    return set(_EMAIL.findall(_plain(text))) if "@" in text else set()


def _phones(text: str) -> set[str]:
    found = (_digits(one) for one in _PHONE.findall(text))
    return {digits for digits in found if len(digits) >= _FEWEST_DIGITS}


def _digits(text: str) -> str:
    """Bare digits, without what stands for "abroad"."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if c.isdecimal()).removeprefix("00")


def _words(text: str) -> list[str]:
    return _WORD.findall(_plain(text))


def persons(values: Iterable[Person]) -> Person:
    """By what any of them is known."""
    whole = Person()
    for one in values:
        whole |= one
    return whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The texts of one stored row. `kind` is a letter's; `version` guards an exception's."""

    table: str
    id: int
    order_id: str | None
    texts: Mapping[str, Any]
    kind: str = ""
    version: int | None = None


def rewritten(document: Document, person: Person) -> Document | None:
    """A row about the person or one of the person's orders without that; None when it stays."""
    texts = _REWRITTEN.get(document.table, _scrubbed_texts)(document, person)
    return None if texts == document.texts else replace(document, texts=texts)


def _scrubbed_texts(document: Document, person: Person) -> dict[str, Any]:
    return {name: scrubbed(text, person) for name, text in document.texts.items()}


def _event_texts(document: Document, person: Person) -> dict[str, Any]:
    return {"payload": erased(document.texts["payload"], person)}


def _exception_texts(document: Document, person: Person) -> dict[str, Any]:
    """What people wrote about the order goes; a reason that is one of ours stays."""
    texts = _scrubbed_texts(document, person)
    texts["facts"] = erased(document.texts["facts"], person)
    for name, text in document.texts.items():
        if isinstance(text, str) and not _CODE.fullmatch(text):
            texts[name] = ERASED
    return texts


def _letter_texts(document: Document, person: Person) -> dict[str, Any]:
    """A rejected body is not needed again; one that cannot be read goes as a whole."""
    texts = _scrubbed_texts(document, person)
    payload = document.texts["payload"]
    if document.kind == "event":
        texts["payload"] = erased(payload, person)
        body = payload.get("body")
        if isinstance(body, str) and _document(body) is None:
            texts["payload"] = {**texts["payload"], "body": ERASED}
    return texts


def _answer_texts(_document: Document, _person: Person) -> dict[str, Any]:
    return {"answer": ""}  # it is asked anew when it is needed


def _attempt_texts(document: Document, person: Person) -> dict[str, Any]:
    said = document.texts["response"] and ERASED  # by another system, about the order
    return {**_scrubbed_texts(document, person), "response": said}


_CODE = re.compile(r"[a-z_]+")
_REWRITTEN = {
    "events": _event_texts,
    "exceptions": _exception_texts,
    "dead_letters": _letter_texts,
    "model_answers": _answer_texts,
    "resolution_attempts": _attempt_texts,
}

"""Who sends events, and how each one's own form becomes the canonical form.

Must not verify or store anything: a translator takes a delivery and returns JSON.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from handlers.api.errors import Issue
from handlers.ingest import shopify
from handlers.ingest.canonical import InvalidEventError

Json = Mapping[str, Any]
Translator = Callable[[Json, Mapping[str, str]], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A sender. `translate` is None where it speaks the canonical form only."""

    name: str
    refusal: str = ""
    translate: Translator | None = None


def _speaks_canonical(name: str) -> Source:
    return Source(name=name, refusal=f"{name} events are sent in the canonical form")


def _not_translated_yet(name: str) -> Source:
    words = f"{name}'s own form is not translated yet; send the canonical form"
    return Source(name=name, refusal=words)


SOURCES = {
    source.name: source
    for source in (
        Source(name="shopify", translate=shopify.translate),
        _speaks_canonical("wms"),
        _speaks_canonical("carrier"),
        _not_translated_yet("easypost"),
        _not_translated_yet("shiphero"),
        _not_translated_yet("shipengine"),
        _not_translated_yet("shipstation"),
        _not_translated_yet("shippo"),
        _not_translated_yet("aftership"),
    )
}


def to_canonical(source: Source, raw: object, headers: Mapping[str, str]) -> object:
    """The canonical form of what a source sent; raises InvalidEventError where there is none."""
    if not isinstance(raw, dict):
        return raw
    if "event_type" in raw or "occurred_at" in raw:
        return _from(source, raw)
    if source.translate is None:
        raise InvalidEventError(Issue(path="event_type", message=source.refusal))
    return source.translate(raw, headers) | {"source": source.name}


def _from(source: Source, raw: Json) -> dict[str, Any]:
    """The canonical form as sent, with the path's source in it."""
    if raw.get("source", source.name) != source.name:
        message = f"must be {source.name}, as in the address, or be left out"
        raise InvalidEventError(Issue(path="source", message=message))
    return {**raw, "source": source.name}

"""Who sends events: how each one proves itself and how its own form becomes facts.

Must not verify or store anything itself: it is the list of the sources' files.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from handlers.ingest import (
    aftership,
    carrier,
    easypost,
    shipengine,
    shiphero,
    shippo,
    shipstation,
    shopify,
    wms,
)
from handlers.ingest.signatures import Scheme
from handlers.ingest.told import Json, Posted, Told, Translate, no_fact

MAX_TOLD = 1000
_STATUS = frozenset({"status_code", "status_reason"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Thin:
    """A source whose webhooks only say where to look, and the hosts on which that may be.

    The secret of its hooks is what its API is asked with, `KEY:SECRET`.
    """

    lookup: Callable[[Json], str | None]
    hosts: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A sender. `headers` are those that its file reads beside the body."""

    name: str
    scheme: Scheme
    translate: Translate
    thin: Thin | None = None
    headers: tuple[str, ...] = ()


SOURCES = {
    source.name: source
    for source in (
        Source(
            name="shopify",
            scheme=shopify.SCHEME,
            translate=shopify.translate,
            headers=shopify.HEADERS,
        ),
        Source(name="wms", scheme=wms.SCHEME, translate=wms.translate),
        Source(name="carrier", scheme=carrier.SCHEME, translate=carrier.translate),
        Source(name="easypost", scheme=easypost.SCHEME, translate=easypost.translate),
        Source(name="shiphero", scheme=shiphero.SCHEME, translate=shiphero.translate),
        Source(name="shipengine", scheme=shipengine.SCHEME, translate=shipengine.translate),
        Source(
            name="shipstation",
            scheme=shipstation.SCHEME,
            translate=shipstation.translate,
            thin=Thin(lookup=shipstation.lookup, hosts=shipstation.HOSTS),
        ),
        Source(name="shippo", scheme=shippo.SCHEME, translate=shippo.translate),
        Source(name="aftership", scheme=aftership.SCHEME, translate=aftership.translate),
    )
}


def facts_of(source: Source, posted: Posted) -> list[Told]:
    """What a body tells, in the canonical form with its source; raises InvalidEventError."""
    if speaks_canonical(posted.body):
        return [Told(raw=_named(source, posted.body))]
    told = source.translate(posted)
    if len(told) > MAX_TOLD:
        raise no_fact(path="body", message=f"at most {MAX_TOLD} events at a time")
    return [_from(source, one) for one in told]


def speaks_canonical(body: Json) -> bool:
    """Whether a body is the canonical form, or means to be."""
    return "event_type" in body or ("occurred_at" in body and not _STATUS & body.keys())


def _named(source: Source, raw: Json) -> Json:
    if raw.get("source", source.name) != source.name:
        message = f"must be {source.name}, as in the address, or be left out"
        raise no_fact(path="source", message=message)
    return {**raw, "source": source.name}


def _from(source: Source, told: Told) -> Told:
    if not isinstance(told.raw, dict):
        return told
    return replace(told, raw={**told.raw, "source": source.name})

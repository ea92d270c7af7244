"""Opens what a source posted: fetches what a thin webhook points at, and has it translated.

Must not validate or store what comes out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from aiohttp import web

from handlers.api.strict_json import MalformedError, read_json
from handlers.ingest.canonical import InvalidEventError
from handlers.ingest.fetch import Errand, Fetcher, FetchRefusedError, HttpFetcher
from handlers.ingest.sources import Source, Thin, facts_of
from handlers.ingest.told import Json, Posted, Told, no_fact, objects, whole
from policies.source_codes import SourceCodes, read_source_codes

MAX_PAGES = 20
_PAGE = re.compile(r"page", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What translating needs besides the body."""

    codes: SourceCodes
    fetcher: Fetcher


INTAKE = web.AppKey("intake", Intake)
"""Where the application keeps it; without, the packaged codes count and no host is allowed."""


@cache
def packaged_codes() -> SourceCodes:
    """The codes that come with E2A."""
    text = (files("policies") / "defaults" / "source_codes.yaml").read_text(encoding="utf-8")
    return read_source_codes(text, "source_codes.yaml (packaged)")


@cache
def packaged_intake() -> Intake:
    """Without anything of the operator's."""
    return Intake(codes=packaged_codes(), fetcher=HttpFetcher(frozenset()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A body as it was read, and who posted it. `credentials` are a hook's secrets."""

    raw: object
    source: Source
    headers: Mapping[str, str]
    now: datetime
    credentials: Sequence[str] = ()


async def facts_in(given: Delivery, intake: Intake) -> list[Told]:
    """What was told, each for itself; one refusal where nothing can be read.

    Raises:
        FetchFailedError: the vendor's host did not answer; it is worth trying again.
    """
    if not isinstance(given.raw, dict):
        return [Told(raw=given.raw)]
    try:
        body = await _whole(given.raw, given, intake)
        posted = Posted(body=body, headers=given.headers, codes=intake.codes, now=given.now)
        return facts_of(given.source, posted)
    except InvalidEventError as error:
        return [Told(raw=given.raw, refused=error.issues)]


async def _whole(body: Json, given: Delivery, intake: Intake) -> Json:
    thin = given.source.thin
    address = thin.lookup(body) if thin and "event_type" not in body else None
    if thin is None or address is None:
        return body
    if not given.credentials:
        message = "it is fetched for a hook, whose secret opens it; post here what it leads to"
        raise no_fact(path="resource_url", message=message)
    try:
        return await _pages(address, thin, given.credentials, intake.fetcher)
    except FetchRefusedError as error:
        raise no_fact(path="resource_url", message=str(error)) from error


async def _pages(
    address: str, thin: Thin, credentials: Sequence[str], fetcher: Fetcher
) -> dict[str, Any]:
    """All pages of a list as one; twenty are the most."""
    whole_body: dict[str, Any] = {}
    page, pages = 1, 1
    while page <= min(pages, MAX_PAGES):
        url = address if page == 1 else _page(address, page)
        errand = Errand(url=url, hosts=thin.hosts, credentials=credentials)
        found = _read(await fetcher.fetch(errand))
        pages = whole(found.get("pages")) or 1
        for name, value in found.items():
            if isinstance(value, list):
                whole_body[name] = [*objects(whole_body.get(name)), *value]
        page += 1
    return whole_body


def _page(address: str, number: int) -> str:
    parts = urlsplit(address)
    query = [pair for pair in parse_qsl(parts.query) if not _PAGE.fullmatch(pair[0])]
    return urlunsplit(parts._replace(query=urlencode([*query, ("page", str(number))])))


def _read(body: bytes) -> Json:
    try:
        value = read_json(body).value
    except MalformedError as error:
        message = f"what it leads to is {error}"
        raise FetchRefusedError(message) from error
    if not isinstance(value, dict):
        message = "what it leads to is no object"
        raise FetchRefusedError(message)
    return value

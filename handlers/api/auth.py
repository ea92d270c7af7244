"""Who may call what: the bearer key, its scope, and how often.

Must not know what a route does. The tenant is the key's, never the text's.
"""

import re
from enum import StrEnum

from aiohttp import web

from handlers.api.errors import RefusalError, come_back, unauthorized
from handlers.services import KeyRing, Services
from policies.records import ApiKey

_BEARER = re.compile(r"bearer +([\x21-\x7e]{1,512})", re.IGNORECASE)


class Access(StrEnum):
    """Who may call a route."""

    PUBLIC = "public"
    INGEST = "ingest"
    READ = "read"
    ADMIN = "admin"
    SIGNED = "signed"


SCOPES = {
    Access.INGEST: frozenset({"ingest"}),
    Access.READ: frozenset({"read", "admin"}),
    Access.ADMIN: frozenset({"admin"}),
}
"""Any one of these scopes opens the route; a route without a row here needs no key."""


async def admit(request: web.Request, access: Access, keys: KeyRing) -> ApiKey | None:
    """The caller's key, or None where none is needed; raises 401 or 403."""
    wanted = SCOPES.get(access)
    if wanted is None:
        return None
    given = _BEARER.fullmatch(request.headers.get("Authorization", "").strip())
    if given is None:
        message = "Send your API key as `Authorization: Bearer KEY`."
        raise unauthorized(message)
    key = await keys.authenticate(given[1])
    if key is None or key.revoked_at is not None:
        message = "This API key is unknown or revoked."
        raise unauthorized(message)
    if not wanted & key.scopes:
        message = f"This needs a key with scope {' or '.join(sorted(wanted))}."
        raise RefusalError(403, "forbidden", message)
    return key


async def admit_event(caller: str, services: Services) -> None:
    """Takes one event's worth of the caller's rate, or raises 429 with the time to wait."""
    after = await services.limits.admit(caller, services.wall_now())
    if after:
        raise come_back(429, "rate_limited", "Too many events for this key.", after)

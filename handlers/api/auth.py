"""Who may call what: the bearer key, its scope, and how often.

Must not know what a route does. The tenant is the key's, never the text's.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aiohttp import web

from handlers.api.errors import RefusalError, come_back, unauthorized
from handlers.services import KeyRing
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


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: datetime


@dataclass(slots=True, kw_only=True)
class RateLimits:
    """Events a second and caller, in memory; a burst of one second is allowed.

    A batch may overdraw once and is paid off by waiting, so that the limit holds
    over time whatever the size of a batch. `per_second` 0 switches it off.
    """

    per_second: int
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def admit(self, caller: str, now: datetime) -> None:
        """Takes one event's worth, or raises 429 with the time to wait."""
        if not self.per_second:
            return
        bucket = self._buckets.setdefault(caller, _Bucket(float(self.per_second), now))
        passed = max(0.0, (now - bucket.at).total_seconds())
        bucket.tokens = min(float(self.per_second), bucket.tokens + passed * self.per_second)
        bucket.at = now
        if bucket.tokens < 1:
            after = (1 - bucket.tokens) / self.per_second
            raise come_back(429, "rate_limited", "Too many events for this key.", after)
        bucket.tokens -= 1

    def charge(self, caller: str, events: int) -> None:
        """Takes what a request turned out to hold beyond its first event."""
        if self.per_second and events > 1:
            self._buckets[caller].tokens -= events - 1

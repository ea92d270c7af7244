"""Makes the calls of configured actions: signed, once, in ten seconds, to public addresses only.

Must not decide whether anything is called, and must not follow redirects. Private addresses are
refused unless the operator allowed the host (OUTBOUND_ALLOW_HOSTS).
"""

import ipaddress
from collections.abc import Collection
from datetime import datetime
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.resolver import DefaultResolver

from handlers.ingest.fetch import FetchRefusedError, PublicResolver, is_public
from jobs.ports.resolution import Answered
from policies.http_actions import HttpAction, body_bytes, shown, signed
from policies.records import JsonObject

SECONDS = 10.0
_KEPT_BYTES = 4096
_OK, _REDIRECT, _BROKEN = 200, 300, 500
_AGAIN = frozenset({408, 425, 429})


class HttpCaller:
    """Calls over HTTPS, or as the operator allowed.

    Args:
        allowed: hosts that may be called whatever they are, as `host` or `host:port`.
        resolver: looks names up; the system's where none is given.
        seconds: how long a call may take.
    """

    def __init__(
        self,
        allowed: Collection[str],
        resolver: AbstractResolver | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._allowed = frozenset(host.strip().lower() for host in allowed if host.strip())
        self._resolver = resolver
        self._seconds = seconds

    def refusal(self, url: str) -> str | None:
        """Why an address is not called, as far as it can be told without asking for its name."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return "this is not an address"
        if not host or parts.username is not None or parts.scheme not in ("https", "http"):
            return "this is not an address that can be called"
        if {host, f"{host}:{port}"} & self._allowed:
            return None
        if parts.scheme != "https":
            return f"{host} is not called without TLS; OUTBOUND_ALLOW_HOSTS allows a host"
        if _is_address(host) and not is_public(host):
            return f"{host} is a private address; OUTBOUND_ALLOW_HOSTS allows a host"
        return None

    async def call(
        self, action: HttpAction, request: JsonObject, key: str, wall_now: datetime
    ) -> Answered:
        """Calls once; whatever the other side does comes back as a value.

        Args:
            action: whose secret signs it.
            request: `method`, `url` and `body`, as they were fixed when it was chosen.
            key: what the receiver tells a repetition by.
            wall_now: for the signature.
        """
        url = str(request["url"])
        if why := self.refusal(url):
            return Answered(status=None, words=why, done=False)
        body = body_bytes(request["body"])
        headers = signed(action.secret, key, body, wall_now)
        try:
            return await self._sent(action, str(request["method"]), url, body, headers)
        except FetchRefusedError as error:
            return Answered(status=None, words=str(error), done=False)
        except TimeoutError:
            words = f"no answer within {self._seconds:g} s"
            return Answered(status=None, words=words, done=False, again=True)
        except (aiohttp.ClientError, OSError) as error:
            words = f"it cannot be reached: {type(error).__name__}"
            return Answered(status=None, words=words, done=False, again=True)

    async def _sent(
        self, action: HttpAction, method: str, url: str, body: bytes, headers: dict[str, str]
    ) -> Answered:
        names = frozenset(host.partition(":")[0] for host in self._allowed)
        resolver = PublicResolver(self._resolver or DefaultResolver(), names)
        connector = aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False)
        timeout = aiohttp.ClientTimeout(total=self._seconds)
        headers = {**headers, "Content-Type": "application/json", "User-Agent": "e2a"}
        try:
            async with (
                aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
                session.request(
                    method, url, data=body, headers=headers, allow_redirects=False
                ) as answer,
            ):
                said = (await answer.content.read(_KEPT_BYTES)).decode("utf-8", "replace")
                return _answered(answer.status, shown(said, action.secret))
        finally:
            await resolver.close()


def _answered(status: int, words: str) -> Answered:
    """2xx is done; what is broken or busy is asked again; everything else is a refusal."""
    again = status >= _BROKEN or status in _AGAIN
    done = _OK <= status < _REDIRECT
    return Answered(status=status, words=words, done=done, again=again)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True

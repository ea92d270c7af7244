"""Fetches what a thin webhook points at, and goes nowhere that a stranger may send us.

Must not follow redirects, and must not reach private addresses or other hosts than the vendor's,
unless the operator allowed that host (OUTBOUND_ALLOW_HOSTS).
"""

import ipaddress
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver

from jobs.errors import E2AError

SECONDS = 10
LARGEST = 4 << 20
_TUNNELS = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "2002::/16", "2001::/32")))
"""IPv6 addresses that stand for an IPv4 address, which may be a private one."""
_PLAIN, _SECURE = "http", "https"
_OK, _REDIRECT, _REFUSED, _TOO_MANY, _BROKEN = 200, 300, (401, 403), 429, 500


class FetchRefusedError(E2AError):
    """The address may not be fetched, or its host refuses us: asking again would not help."""


class FetchFailedError(E2AError):
    """The host did not answer properly: asking again later may help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What to fetch: from the vendor's hosts, with one of its hook's credentials `KEY:SECRET`."""

    url: str
    hosts: re.Pattern[str]
    credentials: Sequence[str]


class Fetcher(Protocol):
    """Fetches a body."""

    async def fetch(self, errand: Errand) -> bytes:
        """The body; raises FetchRefusedError or FetchFailedError."""
        ...


class PublicResolver(AbstractResolver):
    """Resolves names, and knows no address that is not public.

    The connection is made to the addresses that were looked at, so that a name cannot change
    its mind in between.
    """

    def __init__(self, resolver: AbstractResolver, allowed: frozenset[str]) -> None:
        self._resolver = resolver
        self._allowed = allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a host; raises FetchRefusedError when one of them is private."""
        found = await self._resolver.resolve(host, port, family)
        if host.lower() not in self._allowed and not all(is_public(one["host"]) for one in found):
            message = f"{host} leads to a private address"
            raise FetchRefusedError(message)
        return found

    async def close(self) -> None:
        """Closes the resolver that does the work."""
        await self._resolver.close()


class HttpFetcher:
    """Fetches over HTTPS.

    Args:
        allowed: hosts that the operator allows whatever they are, as `host` or `host:port`.
        resolver: looks names up; the system's where none is given.
    """

    def __init__(self, allowed: frozenset[str], resolver: AbstractResolver | None = None) -> None:
        self._allowed = frozenset(host.strip().lower() for host in allowed if host.strip())
        self._resolver = resolver

    async def fetch(self, errand: Errand) -> bytes:
        """The body, tried with each of the credentials."""
        self._admit(errand)
        names = frozenset(host.partition(":")[0] for host in self._allowed)
        resolver = PublicResolver(self._resolver or DefaultResolver(), names)
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False),
            timeout=aiohttp.ClientTimeout(total=SECONDS),
        ) as session:
            try:
                for credentials in errand.credentials:
                    body = await _get(session, errand.url, credentials)
                    if body is not None:
                        return body
            finally:
                await resolver.close()
        message = "its host refuses the credentials of this hook"
        raise FetchRefusedError(message)

    def _admit(self, errand: Errand) -> None:
        parts = _split(errand.url)
        host = (parts.hostname or "").lower()
        if {host, f"{host}:{parts.port}"} & self._allowed and parts.scheme in (_PLAIN, _SECURE):
            return
        vendors = parts.scheme == _SECURE and parts.port in (None, 443)
        if not vendors or parts.username is not None or not errand.hosts.fullmatch(host):
            message = "this address is not the vendor's; nothing is fetched from it"
            raise FetchRefusedError(message)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        message = "this is not an address"
        raise FetchRefusedError(message) from error
    return parts


def is_public(address: str) -> bool:
    """Whether an IP address, as text, is one that anybody on the internet could have."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and any(found in net for net in _TUNNELS):
        return False
    return found.is_global and not found.is_multicast


async def _get(session: aiohttp.ClientSession, url: str, credentials: str) -> bytes | None:
    """The body; None where these credentials are refused."""
    name, _, word = credentials.partition(":")
    try:
        auth = aiohttp.encode_basic_auth(name, word)
        async with session.get(
            url,
            headers={"Authorization": auth, "Accept": "application/json"},
            allow_redirects=False,
        ) as answer:
            if answer.status in _REFUSED:
                return None
            _judge(answer.status)
            return await _read(answer)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        message = f"its host cannot be reached: {type(error).__name__}"
        raise FetchFailedError(message) from error


def _judge(status: int) -> None:
    message = f"its host answers {status}"
    if status == _TOO_MANY or status >= _BROKEN:
        raise FetchFailedError(message)
    if status >= _REDIRECT or status != _OK:
        raise FetchRefusedError(message)


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    body = await answer.content.read(LARGEST + 1)
    while len(body) <= LARGEST and not answer.content.at_eof():
        body += await answer.content.read(LARGEST + 1 - len(body))
    if len(body) > LARGEST:
        message = f"it is larger than {LARGEST} bytes"
        raise FetchRefusedError(message)
    return body

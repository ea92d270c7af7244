"""What every handler may ask for, in one bundle that bot/wiring.py fills.

Must not be filled anywhere else, and holds no state of its own.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from prometheus_client import CollectorRegistry

from jobs.ports import EventLog, Storage
from jobs.ports_slack import Directory
from policies.money.tariff import Tariff
from policies.promises import Promises
from policies.records import ApiKey, Hook


class KeyRing(Protocol):
    """Looks up who a caller is."""

    async def authenticate(self, secret: str) -> ApiKey | None:
        """The key's record, or None when it is unknown or revoked."""
        ...

    async def hook(self, hook_id: str) -> Hook | None:
        """The webhook of that address."""
        ...


class Observer(Protocol):
    """Is told what came in and how it went; turns it into metrics."""

    def event(
        self, source: str, event_type: str, tenant_id: int, result: str, *, count: int = 1
    ) -> None:
        """`result` is accepted, duplicate, conflict or rejected (type then `invalid`)."""
        ...

    def ingest_seconds(self, source: str, seconds: float) -> None:
        """How long a delivery took from its body to its durable commit."""
        ...

    def http(self, route: str, status: int, seconds: float) -> None:
        """`route` is the path's template, or `unmatched`."""
        ...


class SilentObserver:
    """Observes nothing; for tests and tools."""

    def event(
        self, source: str, event_type: str, tenant_id: int, result: str, *, count: int = 1
    ) -> None:
        """Ignores it."""

    def ingest_seconds(self, source: str, seconds: float) -> None:
        """Ignores it."""

    def http(self, route: str, status: int, seconds: float) -> None:
        """Ignores it."""


class SlackObserver(Protocol):
    """Is told how Slack's requests went; turns it into metrics."""

    def acknowledged(self, kind: str, seconds: float) -> None:
        """`kind` is event, command, action, view, shortcut or other."""
        ...

    def action(self, action: str, result: str) -> None:
        """`result` is done, stale, impossible, not_found, refused, answered or error."""
        ...


class SilentSlackObserver:
    """Observes nothing; for tests and tools."""

    def acknowledged(self, kind: str, seconds: float) -> None:
        """Ignores it."""

    def action(self, action: str, result: str) -> None:
        """Ignores it."""


async def always_ready() -> Mapping[str, Any]:
    """The readiness of a process that depends on nothing."""
    return {"status": "ready", "checks": {}}


async def no_stats(_tenant_ids: Sequence[int]) -> Mapping[str, Any]:
    """The figures of a process that counts nothing."""
    return {}


def no_policy_texts(_tenant: str) -> tuple[str, str]:
    """The policy of a process that knows its promises without their text."""
    return "", ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The doors a handler may knock at.

    `business_now` can be sped up and is what events, clocks and displays use;
    `wall_now` is for signatures, leases and limits. `ready` answers
    {"status": "ready" | "degraded" | "unavailable", "checks": {name: words}};
    `policy_texts` gives the file's name and the text of a tenant's latest policy;
    `stats` answers the figures of the tenants; `registry` is what /metrics shows.
    """

    storage: Storage
    event_log: EventLog
    keys: KeyRing
    directory: Directory
    promises: Promises
    business_now: Callable[[], datetime]
    wall_now: Callable[[], datetime]
    default_channel: str
    notifications: bool = True
    rate_per_key: int = 0
    observe: Observer = field(default_factory=SilentObserver)
    observe_slack: SlackObserver = field(default_factory=SilentSlackObserver)
    ready: Callable[[], Awaitable[Mapping[str, Any]]] = always_ready
    stats: Callable[[Sequence[int]], Awaitable[Mapping[str, Any]]] = no_stats
    policy_texts: Callable[[str], tuple[str, str]] = no_policy_texts
    tariff: Tariff | None = None
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

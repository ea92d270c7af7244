"""Turns what handlers and workers report into metrics, and the database's state into gauges.

Must not change anything it watches.
"""

import asyncio
from collections.abc import (
    Awaitable,
    Callable,
    Collection,
    Mapping,
    MutableMapping,
    Sequence,
)
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.telemetry import Metrics
from bot.workers import Worker
from jobs.errors import TemporarilyUnavailableError
from policies.facts import ALIASES
from policies.queries import OPEN_LETTERS, ExceptionFilter
from policies.reasons import ACTIVE_STATUSES, Severity
from prompts.explanation import WHAT
from storage.errors import StorageError
from storage.stats import backlog, tenant_stats
from storage.transaction import SqlStorage

_KNOWN_TYPES = frozenset(WHAT) | {"kitting_completed", "return_processed", "invalid"}
"""Types that get a label of their own; others share one, or a sender could make up millions."""

_ASK_AGAIN_SECONDS = 1.0
_STUCK_SECONDS = 15.0
_LATE_SECONDS = 120.0


class MetricsObserver:
    """The observer that handlers report to.

    Args:
        metrics: where it counts.
        names: tenant names by id; filled as tenants become known.
    """

    def __init__(self, metrics: Metrics, names: Mapping[int, str]) -> None:
        self._metrics = metrics
        self._names = names

    def event(
        self, source: str, event_type: str, tenant_id: int, result: str, *, count: int = 1
    ) -> None:
        """Counts events that were handed in."""
        kind = ALIASES.get(event_type, event_type)
        label = kind if kind in _KNOWN_TYPES else "other"
        tenant = self._names.get(tenant_id, str(tenant_id))
        self._metrics.events.labels(source, label, tenant, result).inc(count)

    def ingest_seconds(self, source: str, seconds: float) -> None:
        """Notes how long an ingestion request took."""
        self._metrics.ingest_seconds.labels(source).observe(seconds)

    def http(self, route: str, status: int, seconds: float) -> None:
        """Notes how long any request took."""
        self._metrics.http_seconds.labels(route, str(status)).observe(seconds)

    def replayed(self, result: str) -> None:
        """Counts dead letters that were tried again."""
        self._metrics.replays.labels(result).inc()

    def acknowledged(self, kind: str, seconds: float) -> None:
        """Notes how long Slack waited for its acknowledgement."""
        self._metrics.slack_ack_seconds.labels(kind).observe(seconds)

    def action(self, action: str, result: str) -> None:
        """Counts what people did in Slack."""
        self._metrics.slack_actions.labels(action, result).inc()

    def question(self, route: str, outcome: str, seconds: float) -> None:
        """Counts questions by what they were answered from, and notes how long it took."""
        self._metrics.questions.labels(route, outcome).inc()
        self._metrics.question_seconds.labels(route).observe(seconds)


def watcher(
    storage: SqlStorage,
    metrics: Metrics,
    names: MutableMapping[int, str],
    wall_now: Callable[[], datetime],
) -> Callable[[], Awaitable[int]]:
    """Sets the gauges from the database."""

    async def watch() -> int:
        async with storage.read() as tx:
            tenants = [tenant for tenant in await tx.tenants.all() if not tenant.synthetic]
            names.update((tenant.id, tenant.name) for tenant in tenants)
            for tenant in tenants:
                for severity in Severity:
                    wanted = ExceptionFilter(
                        tenant_ids=(tenant.id,), statuses=ACTIVE_STATUSES, severity=severity
                    )
                    count = await tx.exceptions.count(wanted)
                    metrics.exceptions_active.labels(severity.value, tenant.name).set(count)
                letters = await tx.dead_letters.count([tenant.id], OPEN_LETTERS)
                metrics.dead_letters.labels(tenant.name).set(letters)
                blocked = await tx.attempts.blocked(tenant.id)
                metrics.blocked.labels(tenant.name).set(blocked)
        for state, count in storage.engines.connections().items():
            metrics.db_connections.labels(state).set(count)
        waiting = await backlog(storage.engines)
        metrics.outbox_depth.clear()
        for (_, lane), depth in waiting.outbox.items():
            metrics.outbox_depth.labels(lane).set(depth)
        oldest = waiting.outbox_oldest
        age = (wall_now() - oldest).total_seconds() if oldest else 0.0
        metrics.outbox_oldest.set(max(0.0, age))
        return 0

    return watch


def readiness(
    storage: SqlStorage,
    workers: Collection[Worker],
    wall_now: Callable[[], datetime],
    index: Callable[[], str] = lambda: "ok",
) -> Callable[[], Awaitable[Mapping[str, Any]]]:
    """Whether work can be done: no, when the database cannot be written.

    Degraded while a worker makes no progress, a message waits for minutes or documents cannot be
    searched as they are: nothing is lost then, and traffic is still taken.
    """

    async def ready() -> Mapping[str, Any]:
        unavailable = {"status": "unavailable", "checks": {"database": "cannot be written"}}
        if not await storage.can_write(wall_now()):
            return unavailable
        try:
            oldest = (await backlog(storage.engines)).outbox_oldest
        except StorageError:
            return unavailable
        waits = (wall_now() - oldest).total_seconds() if oldest else 0.0
        now = asyncio.get_running_loop().time()
        stuck = [
            worker.name
            for worker in workers
            if worker.last_beat is not None and now - worker.last_beat > _STUCK_SECONDS
        ]
        checks = {
            "database": "ok",
            "slack": f"a message has waited {waits:.0f} s" if waits > _LATE_SECONDS else "ok",
            "workers": f"no progress: {', '.join(stuck)}" if stuck else "ok",
            "index": index(),
        }
        well = all(word == "ok" for word in checks.values())
        return {"status": "ready" if well else "degraded", "checks": checks}

    return ready


def hearing(
    ready: Callable[[], Awaitable[Mapping[str, Any]]], connected: Callable[[], Awaitable[bool]]
) -> Callable[[], Awaitable[Mapping[str, Any]]]:
    """The same, and degraded while Slack is not heard: silence on a socket may be a lost line."""

    async def also_hearing() -> Mapping[str, Any]:
        told = await ready()
        well = await connected()
        checks = {**told["checks"], "socket": "ok" if well else "not connected to Slack"}
        worse = "degraded" if told["status"] == "ready" and not well else told["status"]
        return {"status": worse, "checks": checks}

    return also_hearing


def statistics(
    storage: SqlStorage,
) -> Callable[[Sequence[int]], Awaitable[Mapping[str, Any]]]:
    """What is stored of some tenants, by tenant name."""

    async def stats(tenant_ids: Sequence[int]) -> Mapping[str, Any]:
        try:
            counted = await tenant_stats(storage.engines, tenant_ids)
        except StorageError as error:
            raise TemporarilyUnavailableError(_ASK_AGAIN_SECONDS) from error
        return {figures.tenant: asdict(figures) for figures in counted.values()}

    return stats

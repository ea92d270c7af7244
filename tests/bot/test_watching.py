"""Gauges from the database, readiness, and figures by tenant."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.telemetry import Metrics
from bot.watching import hearing, readiness, statistics, watcher
from policies.reasons import Severity, Status
from policies.records import DeadLetter, Tenant
from storage.engine import open_engines
from storage.stats import TenantStats
from storage.transaction import SqlStorage
from tests.storage.builders import T0, a_message, a_record

LETTER = DeadLetter(tenant_id=1, kind="event", subject="evt-1", reason="no", payload={})


@pytest.fixture
async def filled(stored: SqlStorage) -> SqlStorage:
    """Acme with one high exception, one that is over, a letter and a message; and a synthetic."""
    async with stored.write() as tx:
        await tx.tenants.add(Tenant(id=0, name="acme"))
        await tx.tenants.add(Tenant(id=0, name="probe", synthetic=True))
        over = replace(a_record(1, "SO-2"), status=Status.RESOLVED, resolved_at=T0)
        await tx.exceptions.open([a_record(1), over, a_record(2)])
        await tx.dead_letters.add([LETTER, replace(LETTER, state="replayed")], T0)
        await tx.outbox.put(
            [a_message(1, "a"), a_message(1, "b"), a_message(1, "c", lane="C2")], T0
        )
    return stored


async def test_gauges_show_what_is_stored(filled: SqlStorage) -> None:
    """Active exceptions, letters not dealt with, and what waits in which lane, and how long."""
    metrics, names = Metrics(), dict[int, str]()
    await watcher(filled, metrics, names, lambda: T0 + timedelta(seconds=90))()
    value = metrics.registry.get_sample_value
    active = {
        severity: value("e2a_exceptions_active", {"severity": severity, "tenant": "acme"})
        for severity in Severity
    }
    assert active == {"LOW": 0, "MEDIUM": 0, "HIGH": 1, "CRITICAL": 0}
    assert value("e2a_dead_letters", {"tenant": "acme"}) == 1
    assert value("e2a_outbox_depth", {"lane": "C1"}) == 2
    assert value("e2a_outbox_oldest_seconds") == 90
    assert names == {1: "acme"}


async def test_a_lane_that_is_empty_again_is_shown_no_more(filled: SqlStorage) -> None:
    """A gauge does not go on showing what has been sent."""
    metrics = Metrics()
    watch = watcher(filled, metrics, {}, lambda: T0)
    await watch()
    async with filled.write() as tx:
        for message in await tx.outbox.claim("slack", T0, timedelta(seconds=9), 9):
            assert await tx.outbox.done(message, T0)
    await watch()
    value = metrics.registry.get_sample_value
    assert value("e2a_outbox_depth", {"lane": "C2"}) is None
    assert value("e2a_outbox_depth", {"lane": "C1"}) == 1


async def test_synthetic_traffic_is_in_no_gauge(filled: SqlStorage) -> None:
    """The reserved tenant's records are left out."""
    metrics = Metrics()
    await watcher(filled, metrics, {}, lambda: T0)()
    tenants = {
        sample.labels.get("tenant")
        for metric in metrics.registry.collect()
        for sample in metric.samples
    }
    assert "probe" not in tenants


async def test_ready_means_that_a_row_can_be_written(stored: SqlStorage, tmp_path: Path) -> None:
    """A database that can be written is ready; one without tables is not, and says why."""
    assert (await readiness(stored, [], lambda: T0)())["status"] == "ready"
    empty = SqlStorage(open_engines(f"sqlite+aiosqlite:///{tmp_path}/empty.db"))
    assert await readiness(empty, [], lambda: T0)() == {
        "status": "unavailable",
        "checks": {"database": "cannot be written"},
    }
    await empty.close()


async def test_figures_are_those_of_the_asked_tenants(filled: SqlStorage) -> None:
    """Statistics come by tenant name, for the tenants that were asked for and no other."""
    stats = statistics(filled)
    assert await stats([]) == {}
    figures = await stats([1])
    assert list(figures) == ["acme"]
    assert set(figures["acme"]) == set(asdict(TenantStats(tenant="")))
    assert figures["acme"]["exceptions"] == {"OPEN": 1, "RESOLVED": 1}


@pytest.mark.parametrize(
    ("status", "connected", "told"),
    [
        ("ready", True, "ready"),
        ("ready", False, "degraded"),
        ("degraded", True, "degraded"),
        ("unavailable", False, "unavailable"),
    ],
)
async def test_a_lost_socket_degrades(status: str, told: str, *, connected: bool) -> None:
    """Work goes on, but people are not heard; what is worse already stays so."""

    async def ready() -> Mapping[str, Any]:
        return {"status": status, "checks": {"database": "ok"}}

    async def hears() -> bool:
        return connected

    found = await hearing(ready, hears)()
    assert found["status"] == told
    assert found["checks"]["database"] == "ok"
    assert (found["checks"]["socket"] == "ok") is connected

"""What is stored can be read out and counted, without synthetic traffic and secrets."""

import json
from typing import Any

from policies.records import Alert, DeadLetter, ExceptionRecord, Tenant
from storage.export import EXPORTS, export_exceptions, export_rows
from storage.stats import Backlog, TenantStats, backlog, tenant_stats
from tests.storage.builders import (
    MINUTE,
    T0,
    a_message,
    a_record,
    an_entry,
    an_event,
    clocks_of,
    received,
)
from tests.storage.conftest import SqlWorld


async def fill(world: SqlWorld, tenant_id: int) -> ExceptionRecord:
    """Something of everything for a tenant."""
    paid = an_event(payload={"client": "acme"})
    await world.log.record([received(tenant_id, paid), received(tenant_id, an_event("e-2"))])
    async with world.storage.write() as transaction:
        clocks = [(tenant_id, clock) for clock in clocks_of(paid, now=T0)]
        await transaction.clocks.save(clocks, T0)
        [record] = await transaction.exceptions.open([a_record(tenant_id)])
        alert = Alert(
            id=0,
            tenant_id=tenant_id,
            kind="exception",
            channel="#ops",
            exception_ids=(record.id,),
            created_at=T0,
        )
        [alert] = await transaction.alerts.open([alert])
        await transaction.alerts.sent(alert.id, "card", channel_id="C1", ts="1.1", digest="d")
        await transaction.outbox.put([a_message(tenant_id, "a")], T0)
        letter = DeadLetter(tenant_id=tenant_id, kind="event", subject="s", reason="r", payload={})
        await transaction.dead_letters.add([letter], T0)
        await transaction.audit.append([an_entry(tenant_id)])
    return record


async def rows(world: SqlWorld, what: str) -> list[dict[str, Any]]:
    """All of an export, through JSON and back."""
    return [json.loads(json.dumps(row)) async for row in export_rows(world.storage.engines, what)]


async def test_exports(sql: SqlWorld) -> None:
    """Every export names the tenant, is JSON, and leaves out synthetic tenants and leases."""
    async with sql.storage.write() as transaction:
        probe = await transaction.tenants.add(Tenant(id=0, name="probe", synthetic=True))
    record = await fill(sql, sql.tenant.id)
    await fill(sql, probe.id)
    for what in EXPORTS:
        if what != "exceptions":
            found = await rows(sql, what)
            assert {row["tenant"] for row in found} == {"acme"}, what
            assert not {"tenant_id", "lease", "receipt"} & {key for row in found for key in row}
    records = [found async for found in export_exceptions(sql.storage.engines)]
    assert records == [record]
    engines = sql.storage.engines
    nobody = [row async for row in export_rows(engines, "events", [sql.tenant.id + 99])]
    assert nobody == []
    assert [row async for row in export_rows(engines, "alerts", [sql.tenant.id + 99])] == []


async def test_events_are_canonical(sql: SqlWorld) -> None:
    """An exported event is the canonical event with tenant and received_at."""
    await fill(sql, sql.tenant.id)
    assert (await rows(sql, "events"))[0] == {
        "event_id": "e-1",
        "source": "wms",
        "event_type": "order_paid",
        "order_id": "SO-1",
        "occurred_at": "2026-01-05T08:00:00Z",
        "payload": {"client": "acme"},
        "correlation_id": "c-e-1",
        "received_at": "2026-01-05T08:00:00Z",
        "tenant": "acme",
    }
    [alert] = await rows(sql, "alerts")
    assert alert["parts"] == [{"part": "card", "ts": "1.1", "digest": "d"}]


async def test_stats(sql: SqlWorld) -> None:
    """Everything is counted per tenant, by state, without synthetic tenants."""
    async with sql.storage.write() as transaction:
        probe = await transaction.tenants.add(Tenant(id=0, name="probe", synthetic=True))
        empty = await transaction.tenants.add(Tenant(id=0, name="empty"))
    await fill(sql, sql.tenant.id)
    await fill(sql, probe.id)
    stats = await tenant_stats(sql.storage.engines)
    assert stats == {
        sql.tenant.id: TenantStats(
            tenant="acme",
            events=2,
            orders=1,
            clocks={"running": 1},
            exceptions={"OPEN": 1},
            outbox={"waiting": 1},
            work_items={"waiting": 1},
            dead_letters={"waiting": 1},
        ),
        empty.id: TenantStats(tenant="empty"),
    }
    assert list(await tenant_stats(sql.storage.engines, [probe.id])) == [probe.id]


async def test_backlog(sql: SqlWorld) -> None:
    """What waits is counted by lane, with its age."""
    assert await backlog(sql.storage.engines) == Backlog(
        outbox={}, outbox_oldest=None, work_items=0, work_oldest=None
    )
    await fill(sql, sql.tenant.id)
    async with sql.storage.write() as transaction:
        await transaction.outbox.put([a_message(sql.tenant.id, "b")], T0 + MINUTE)
    assert await backlog(sql.storage.engines) == Backlog(
        outbox={("slack", "C1"): 2}, outbox_oldest=T0, work_items=1, work_oldest=T0
    )

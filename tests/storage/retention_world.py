"""Orders of any age for the tests of retention, and how it is run on them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from jobs.apply_retention import Retaining, apply_retention
from policies.reasons import Status
from policies.records import Alert
from policies.retention import Keeping
from storage.columns import metadata
from storage.keeper import SqlKeeper
from storage.tables import events
from tests.storage.builders import (
    MINUTE,
    T0,
    a_record,
    an_event,
    clocks_of,
    received,
)
from tests.storage.conftest import SqlWorld

DAY = timedelta(days=1)
NOW = T0 + 1000 * DAY
KEEPING = Keeping(
    everyone={
        "payloads": 100,
        "events": 300,
        "clocks": 200,
        "exceptions": 250,
        "dead_letters": 90,
        "outbox": 30,
        "target_alarms": 400,
        "seen": 2,
        "fires": 8,
    }
)


async def no_rest() -> None:
    """Nobody waits in a test."""


def ago(days: float) -> datetime:
    """That many days before now."""
    return NOW - days * DAY


def retaining(sql: SqlWorld, keeping: Keeping = KEEPING, portion: int = 3) -> Retaining:
    """With portions so small that there are several."""
    return Retaining(keeper=SqlKeeper(sql.storage.engines, portion), keeping=keeping)


async def run(sql: SqlWorld, keeping: Keeping = KEEPING) -> dict[str, int]:
    """Applies it; what went by shelf, of all tenants."""
    went = await apply_retention(retaining(sql, keeping), now=NOW, wall_now=NOW, rest=no_rest)
    return {past.due.shelf: past.rows for past in went}


async def an_order(
    sql: SqlWorld, order_id: str, days: float, *, payload: bool = True, stopped: bool = True
) -> None:
    """An order that was heard of so long ago; its clock ended then or still runs."""
    at = ago(days)
    paid = an_event(f"{order_id}-1", order_id, at=at, payload={"note": "x"} if payload else {})
    picked = an_event(f"{order_id}-2", order_id, event_type="pick_completed", at=at + MINUTE)
    told = [paid, picked] if stopped else [paid]
    await sql.log.record([received(sql.tenant.id, event, at=at) for event in told])
    made = clocks_of(*told, now=at + 2 * MINUTE)
    async with sql.storage.write() as tx:
        await tx.clocks.save([(sql.tenant.id, clock) for clock in made], at)
        await tx.work.done(await tx.work.claim("evaluate", NOW, DAY, 100), NOW)


async def an_exception(sql: SqlWorld, order_id: str, status: Status, days: float) -> int:
    """An exception with its thread."""
    tenant_id = sql.tenant.id
    at = ago(days)
    record = a_record(tenant_id, order_id, status=status, resolved_at=at, opened_at=at)
    async with sql.storage.write() as tx:
        [opened] = await tx.exceptions.open([record])
        alert = Alert(
            id=0,
            tenant_id=tenant_id,
            kind="exception",
            channel="#ops",
            exception_ids=(opened.id,),
            created_at=at,
        )
        [alert] = await tx.alerts.open([alert])
        await tx.alerts.sent(alert.id, "card", channel_id="C1", ts=f"1.{alert.id}", digest="d")
    return opened.id


def a_storm(number: int) -> dict[str, Any]:
    """A storm that is over."""
    at = {"opened_at": T0, "last_at": T0, "closed_at": T0}
    what = {"channel": "#ops", "cause": "c", "reason_code": "PICK_DELAY", "shared": {}}
    return {"id": number, "first_tenant_id": 1, "version": 1, "members": 1, **at, **what}


def a_member(tenant_id: int, storm_id: int, exception_id: int) -> dict[str, Any]:
    """An exception's place in a storm."""
    place = {"storm_id": storm_id, "exception_id": exception_id, "channel": "#ops"}
    return {"tenant_id": tenant_id, "number": 1, "told": "listed", **place}


async def counts(sql: SqlWorld) -> dict[str, int]:
    """Rows by table."""
    async with sql.storage.read() as tx:
        return {
            name: (
                await tx.connection.execute(select(func.count()).select_from(table))
            ).scalar_one()
            for name, table in metadata.tables.items()
        }


async def full_orders(sql: SqlWorld) -> set[str]:
    """Orders of which an event still states something."""
    async with sql.storage.read() as tx:
        found = await tx.connection.execute(select(events.c.order_id).where(events.c.payload != {}))
        return set(found.scalars())


async def known_orders(sql: SqlWorld) -> set[str]:
    """Orders of which an event is there."""
    async with sql.storage.read() as tx:
        return set((await tx.connection.execute(select(events.c.order_id))).scalars())

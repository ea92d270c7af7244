"""A database of an earlier version is brought up with everything that is in it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Table, insert, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.records import OrderKey
from storage.engine import Engines, open_engines
from storage.errors import StorageError
from storage.export import export_exceptions
from storage.instants import micros
from storage.migrate import migrate, newest
from storage.migrations.versions import v0001_intake as first
from storage.migrations.versions import v0002_orders as second
from storage.transaction import SqlStorage
from tests.storage.builders import MINUTE, T0, a_record, differences

AT = micros(T0)
ORDER = {"tenant_id": 1, "order_id": "SO-1", "sla_id": "pick"}
CLOCK: Mapping[str, Any] = {
    **ORDER,
    "instance": 1,
    "stage": "PICK",
    "state": "breached",
    "started_at": AT,
    "deadline_at": AT + 1,
    "at_risk_at": AT,
    "stopped_at": AT + 2,
    "breached_at": AT + 1,
    "check_at": None,
    "target_minutes": 120,
    "elapsed_minutes": 1.5,
    "delay_minutes": 0.5,
    "reason_code": "PICK_DELAY",
    "severity": "HIGH",
    "rule_version": "2",
    "calendar_version": "always@1",
    "subject": "",
}
NOTE: Mapping[str, Any] = {
    **ORDER,
    "instance": 1,
    "kind": "late_evidence",
    "at": AT + 2,
    "source": "wms",
    "event_id": "e-1",
    "rule_version": "2",
    "recorded_at": AT + 3,
}
EXCEPTION: Mapping[str, Any] = {
    **ORDER,
    "id": 7,
    "instance": 1,
    "reason_code": "PICK_DELAY",
    "severity": "HIGH",
    "status": "RESOLVED",
    "stage": "PICK",
    "fault": "3pl",
    "opened_at": AT,
    "started_at": AT - 180 * 60_000_000,
    "deadline_at": AT - 60_000_000,
    "breached_at": AT - 60_000_000,
    "target_minutes": 120,
    "delay_minutes": 1.5,
    "rule_version": "2",
    "facts": '{"client":"acme","wave":"W1"}',
    "resolution_attempts": 0,
    "max_resolution_attempts": 2,
    "resolution_blocked": False,
    "version": 3,
    "updated_at": AT,
    "resolved_at": AT,
}
ROWS: tuple[tuple[Table, list[dict[str, Any]]], ...] = (
    (first.tenants, [{"id": 1, "name": "acme", "timezone": "UTC"}]),
    (second.clocks, [{**CLOCK, "instance": n} for n in (2, 1, 3)]),
    (second.clocks, [{**CLOCK, "order_id": "SO-2", "instance": 4}]),
    (second.clock_ledger, [{**NOTE, "instance": n} for n in (1, 2)]),
    (second.clock_ledger, [{**NOTE, "kind": "started", "order_id": "SO-2", "instance": 4}]),
    (second.exceptions, [{**EXCEPTION, "id": 7 - n, "instance": n} for n in (1, 2)]),
    (second.exceptions, [{**EXCEPTION, "id": 9, "order_id": "SO-2", "instance": 4}]),
    (
        second.alerts,
        [{"id": 1, "tenant_id": 1, "kind": "storm", "channel": "#o", "created_at": AT}],
    ),
    (
        second.alert_exceptions,
        [{"tenant_id": 1, "alert_id": 1, "exception_id": n} for n in (5, 6, 9)],
    ),
)
"""What a database of revision 0003 holds, several instances of a rule included."""


@pytest.fixture
async def engines(bare_url: str) -> AsyncIterator[Engines]:
    """A database of revision 0003 with rows, brought up to the newest."""
    await migrate(bare_url, "0003")
    engines = open_engines(bare_url, as_owner=True)
    async with engines.write() as connection:
        for table, rows in ROWS:
            await connection.execute(insert(table), rows)
    await engines.close()
    assert await migrate(bare_url) == newest()
    engines = open_engines(bare_url, as_owner=True)
    yield engines
    await engines.close()


async def test_nothing_is_lost(engines: Engines) -> None:
    """Clocks, ledger and exceptions are all there; of several instances the first is the order."""
    async with engines.read() as connection:
        assert await names(connection, "clocks", "order_id, subject, instance") == [
            ("SO-1", "", 1),
            ("SO-1", "instance:2", 2),
            ("SO-1", "instance:3", 3),
            ("SO-2", "", 4),
        ]
        assert await names(connection, "clock_ledger", "order_id, subject, kind") == [
            ("SO-1", "", "stopped_late"),
            ("SO-1", "instance:2", "stopped_late"),
            ("SO-2", "", "started"),
        ]
        assert await names(connection, "exceptions", "order_id, subject, id") == [
            ("SO-1", "", 6),
            ("SO-1", "instance:2", 5),
            ("SO-2", "", 9),
        ]
        assert await names(connection, "alert_exceptions", "exception_id") == [(5,), (6,), (9,)]


async def test_the_rows_are_read(engines: Engines) -> None:
    """The stores read the rows of before, whole and with plain values for what is new."""
    key = OrderKey(tenant_id=1, order_id="SO-2")
    async with SqlStorage(engines).read() as transaction:
        [clock] = (await transaction.clocks.of_orders([key]))[key]
        assert (clock.state, clock.delay_minutes, clock.breached_at) == (
            "breached",
            0.5,
            T0 + MINUTE / 60_000_000,
        )
        assert (clock.kind, clock.verdict, clock.client, clock.excluded) == ("sla", None, "", False)
        [alert] = await transaction.alerts.of_exception(9)
        assert alert.exception_ids == (5, 6, 9)
    records = [record async for record in export_exceptions(engines)]
    assert [record.id for record in records] == [5, 6, 9]
    expected = a_record(1, "SO-2", instance=4, explanation=None, version=3, resolved_at=T0)
    assert records[2] == replace(expected, id=9, status=records[0].status)


async def test_keys_and_guards_hold(engines: Engines) -> None:
    """Keys are by subject, the ledger stays append-only, foreign keys and numbers go on."""
    async with engines.read() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.run_sync(keys, "clocks") == [*ORDER, "subject"]
        ledger = await connection.run_sync(keys, "clock_ledger")
        assert ledger == [*ORDER, "subject", "kind", "at", "source", "event_id"]
        left = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        assert not [name for name in left if name.endswith("_aside")]
        if engines.on_sqlite:
            assert (await connection.execute(text("PRAGMA foreign_key_check"))).all() == []
    for forbidden in (
        "UPDATE clock_ledger SET rule_version = 'x'",
        "DELETE FROM exceptions",
        "UPDATE exceptions SET subject = ''",
        "UPDATE clocks SET state = 'unheard of'",
        "UPDATE exceptions SET status = 'unheard of'",
    ):
        with pytest.raises(StorageError):
            await run(engines, forbidden)
    async with SqlStorage(engines).write() as transaction:
        opened = await transaction.exceptions.open([a_record(1), a_record(1, "SO-3")])
        assert [record.order_id for record in opened] == ["SO-3"]
        assert opened[0].id not in (5, 6, 9)


async def test_policies_are_never_altered(engines: Engines) -> None:
    """An adopted policy text can neither be changed nor deleted."""
    await run(
        engines,
        "INSERT INTO policy_versions (scope, version, digest, text, file, adopted_at)"
        " VALUES ('', '1', 'd', 't', 'sla.yaml', 1)",
    )
    for forbidden in ("UPDATE policy_versions SET text = ''", "DELETE FROM policy_versions"):
        with pytest.raises(StorageError):
            await run(engines, forbidden)


async def names(connection: AsyncConnection, table: str, columns: str) -> list[tuple[Any, ...]]:
    """These columns of a table, in their order."""
    statement = f"SELECT {columns} FROM {table} ORDER BY {columns}"  # noqa: S608 - our own names
    return [tuple(row) for row in await connection.execute(text(statement))]


async def run(engines: Engines, statement: str) -> None:
    """One statement in a transaction of its own."""
    async with engines.write() as connection:
        await connection.execute(text(statement))


def keys(connection: Connection, table: str) -> list[str]:
    """The columns of a table's primary key."""
    return inspect(connection).get_pk_constraint(table)["constrained_columns"]

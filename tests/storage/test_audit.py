"""The trail cannot be changed unnoticed."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import delete, text, update

from policies.records import Tenant
from storage.engine import open_engines
from storage.errors import StorageRefusedError
from storage.memory import MemoryStorage
from storage.tables import audit
from tests.storage.builders import T0, an_entry
from tests.storage.conftest import SqlWorld, World


async def test_entries_come_back(world: World) -> None:
    """Entries are kept as they are, by subject oldest first, otherwise newest first."""
    tenant_id = world.tenant.id
    entries = [an_entry(tenant_id, "acknowledge"), an_entry(tenant_id, "resolve")]
    async with world.storage.write() as transaction:
        await transaction.audit.append([*entries, an_entry(tenant_id, "x", "exception:2")])
        about = await transaction.audit.of_subject(tenant_id, "exception:1")
        assert [replace(entry, id=0) for entry in about] == entries
        newest = await transaction.audit.find([tenant_id])
        assert [entry.action for entry in newest] == ["x", "resolve", "acknowledge"]
        page = await transaction.audit.find([tenant_id], before_id=newest[0].id, limit=1)
        assert [entry.action for entry in page] == ["resolve"]
        assert await transaction.audit.find([]) == []


async def test_every_tenant_has_a_chain(world: World) -> None:
    """Each tenant's entries form a chain that verifies, odd texts and numbers included."""
    odd = replace(
        an_entry(world.tenant.id),
        note="é \x00 \ud800",
        after={"n": 1.5, "deep": {"a": [None, True]}},
    )
    async with world.storage.write() as transaction:
        other = await transaction.tenants.add(Tenant(id=0, name="other"))
        await transaction.audit.append([an_entry(other.id), odd, an_entry(other.id)])
    async with world.storage.write() as transaction:
        await transaction.audit.append([an_entry(world.tenant.id, "resolve")])
    async with world.storage.read() as transaction:
        for tenant_id in (world.tenant.id, other.id, 10**6):
            assert await transaction.audit.first_broken(tenant_id) is None


async def test_appending_at_once(world: World) -> None:
    """Entries written at the same time by several do not break the chain."""

    async def append(n: int) -> None:
        async with world.storage.write() as transaction:
            await transaction.audit.append([an_entry(world.tenant.id, f"a{n}")])

    await asyncio.gather(*(append(n) for n in range(8)))
    async with world.storage.read() as transaction:
        assert len(await transaction.audit.find([world.tenant.id])) == 8
        assert await transaction.audit.first_broken(world.tenant.id) is None


async def test_tampering_in_memory_is_found() -> None:
    """An altered entry is named by its number."""
    storage = MemoryStorage()
    async with storage.write() as transaction:
        await transaction.audit.append([an_entry(1, f"a{n}") for n in range(3)])
    held = storage.state.audit[2]
    storage.state.audit[2] = replace(held, entry=replace(held.entry, actor="slack:U2"))
    async with storage.read() as transaction:
        assert await transaction.audit.first_broken(1) == 2


async def test_the_table_refuses_changes(sql: SqlWorld) -> None:
    """The database itself refuses to change or delete an entry."""
    async with sql.storage.write() as transaction:
        await transaction.audit.append([an_entry(sql.tenant.id)])
    for statement in (update(audit).values(actor="slack:U2"), delete(audit)):
        with pytest.raises(StorageRefusedError):
            async with sql.storage.write() as transaction:
                await transaction.connection.execute(statement)
    async with sql.storage.read() as transaction:
        [entry] = await transaction.audit.find([sql.tenant.id])
    assert (entry.actor, entry.at) == ("slack:U1", T0)


_LOOK_AWAY = {
    True: ["DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"],
    False: ["SET session_replication_role = replica"],
}
"""How somebody with all rights gets past the guard, on SQLite and on PostgreSQL."""


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE audit SET actor = 'slack:U2' WHERE seq = 2", 2),
        ("UPDATE audit SET \"after\" = '{}' WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 2", 3),
        ("DELETE FROM audit WHERE seq = 1", 2),
    ],
    ids=["actor", "after", "missing", "first missing"],
)
async def test_tampering_is_found(sql: SqlWorld, tampering: str, broken: int) -> None:
    """Who gets round the guard is found out by the chain."""
    async with sql.storage.write() as transaction:
        await transaction.audit.append([an_entry(sql.tenant.id, f"a{n}") for n in range(3)])
    as_administrator = open_engines(sql.database.administrator, as_owner=True)
    async with as_administrator.write() as connection:
        for statement in [*_LOOK_AWAY[as_administrator.on_sqlite], tampering]:
            await connection.execute(text(statement))
    await as_administrator.close()
    async with sql.storage.read() as transaction:
        assert await transaction.audit.first_broken(sql.tenant.id) == broken

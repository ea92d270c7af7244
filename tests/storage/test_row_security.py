"""PostgreSQL keeps tenants apart by itself, whatever our queries forget."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence

import psycopg
import pytest
from sqlalchemy import make_url, text

from policies.records import ReceivedEvent, Tenant
from storage.engine import open_engines
from storage.errors import StorageRefusedError, UnsafeLoginError
from storage.migrate import check_wall, migrate
from storage.transaction import SqlStorage
from storage.writer import GroupCommitWriter
from tests.postgres import Database, a_database, libpq, needs_postgres
from tests.storage.builders import T0, an_entry, an_event, received

pytestmark = needs_postgres
_REQUESTS = 1_000


@pytest.fixture
async def storage(migrated_postgres: str) -> AsyncIterator[SqlStorage]:
    """A storage with two connections and no more."""
    engines = open_engines(migrated_postgres, pool_size=2, max_overflow=0)
    yield SqlStorage(engines)
    await engines.close()


async def _two_tenants(storage: SqlStorage, tag: str) -> tuple[Tenant, Tenant]:
    async with storage.write() as tx:
        one = await tx.tenants.add(Tenant(id=0, name=f"one {tag}"))
        two = await tx.tenants.add(Tenant(id=0, name=f"two {tag}"))
    return one, two


async def _told(storage: SqlStorage, events: Sequence[ReceivedEvent]) -> None:
    writer = GroupCommitWriter(storage.engines)
    await writer.start()
    await writer.record(events)
    await writer.stop()


async def test_interleaved_requests_leak_nothing(storage: SqlStorage) -> None:
    """1,000 requests of two tenants over two connections: each sees its own rows, and all."""
    tenants = await _two_tenants(storage, "interleaved")
    await _told(
        storage,
        [received(tenant.id, an_event(f"{n}", f"SO-{n}")) for tenant in tenants for n in range(7)],
    )
    moments = random.Random(7)  # noqa: S311 - the same order in every run

    crowd = asyncio.Semaphore(100)

    async def ask(tenant: Tenant) -> set[int]:
        async with crowd:
            await asyncio.sleep(moments.uniform(0, 0.05))
            return await look(tenant)

    async def look(tenant: Tenant) -> set[int]:
        async with storage.of([tenant.id]).read() as tx:
            unguarded = await tx.connection.execute(text("SELECT tenant_id FROM events"))
            rows = list(unguarded.scalars())
        assert len(rows) == 7
        return set(rows)

    asked = [tenants[n % 2] for n in range(_REQUESTS)]
    seen = await asyncio.gather(*map(ask, asked))
    assert all(ids == {tenant.id} for ids, tenant in zip(seen, asked, strict=True))


async def test_one_group_commit_holds_several_tenants(storage: SqlStorage) -> None:
    """Events of two tenants are stored in one transaction and are each one's own."""
    one, two = await _two_tenants(storage, "group")
    told = ((one, "a"), (two, "a"), (two, "b"))
    await _told(storage, [received(tenant.id, an_event(name)) for tenant, name in told])
    counted = text("SELECT count(*) FROM events")
    for tenant, events in ((one, 1), (two, 2)):
        async with storage.of([tenant.id]).read() as tx:
            assert (await tx.connection.execute(counted)).scalar_one() == events


async def test_nobody_named_nothing_seen(storage: SqlStorage) -> None:
    """A request of no tenant sees no tenant, no event and no audit entry."""
    one, _ = await _two_tenants(storage, "nobody")
    await _told(storage, [received(one.id, an_event("a"))])
    async with storage.of([]).read() as tx:
        assert await tx.tenants.all() == []
        for table in ("events", "audit", "exceptions", "work_items"):
            found = await tx.connection.execute(text(f"SELECT count(*) FROM {table}"))  # noqa: S608
            assert found.scalar_one() == 0


async def test_foreign_rows_cannot_be_written(storage: SqlStorage) -> None:
    """A request can neither add to another tenant, nor change or take away what it has."""
    one, two = await _two_tenants(storage, "writing")
    async with storage.write() as tx:
        await tx.subscriptions.add("digest", "C1", [two.id], "slack:U1", T0)
    mine = storage.of([one.id])
    with pytest.raises(StorageRefusedError):
        async with mine.write() as tx:
            await tx.subscriptions.add("digest", "C2", [two.id], "slack:U1", T0)
    for statement in ("UPDATE subscriptions SET kind = 'x'", "DELETE FROM subscriptions"):
        async with mine.write() as tx:
            assert (await tx.connection.execute(text(statement))).rowcount == 0
    async with storage.read() as tx:
        assert (await tx.subscriptions.channels("digest"))["C1"] == [two.id]


@pytest.mark.parametrize(
    "table",
    [
        "api_keys",
        "hooks",
        "installations",
        "seen",
        "fires",
        "rates",
        "watermarks",
        "policy_versions",
    ],
)
async def test_requests_do_not_reach_what_they_do_not_need(storage: SqlStorage, table: str) -> None:
    """Keys, hooks and what belongs to no tenant cannot be read by a request at all."""
    one, _ = await _two_tenants(storage, f"needless {table}")
    with pytest.raises(StorageRefusedError):
        async with storage.of([one.id]).read() as tx:
            await tx.connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - our own names


@pytest.mark.parametrize("verb", ["UPDATE audit SET actor = 'x'", "DELETE FROM clock_ledger"])
async def test_requests_only_add_to_the_records(storage: SqlStorage, verb: str) -> None:
    """A request has no right to change the audit trail or the ledger."""
    one, _ = await _two_tenants(storage, f"adding {verb}")
    with pytest.raises(StorageRefusedError):
        async with storage.of([one.id]).write() as tx:
            await tx.connection.execute(text(verb))


def test_every_table_is_behind_the_wall(postgres: Database) -> None:
    """No table without row-level security, forced, with a policy; no policy for everybody."""
    with psycopg.connect(libpq(postgres.administrator)) as connection:
        rows = connection.execute("""
            SELECT relname, relrowsecurity AND relforcerowsecurity,
                ARRAY(SELECT polname::text FROM pg_policy WHERE polrelid = pg_class.oid),
                ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = pg_class.oid)
            FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE nspname = 'public' AND relkind IN ('r', 'p')
        """).fetchall()
        public = connection.execute(
            "SELECT polrelid::regclass::text FROM pg_policy WHERE 0 = ANY (polroles)"
        ).fetchall()
    assert len(rows) > 20
    for name, forced, policies, columns in rows:
        assert forced, name
        assert "all_tenants" in policies, name
        needless = {"api_keys", "hooks", "target_alarms"}
        assert "own_tenants" in policies or name in needless or "tenant_id" not in columns, name
    assert public == [("alembic_version",)]


async def test_who_may_serve(postgres: Database) -> None:
    """The serving login may; a superuser, the owner, and one that was not let in may not."""
    await check_wall(postgres.serving)
    for address, word in ((postgres.administrator, "above"), (postgres.owner, "owns")):
        with pytest.raises(UnsafeLoginError, match=word):
            await check_wall(address)
    with a_database() as other:
        stranger = make_url(other.serving).set(database=make_url(postgres.serving).database)
        with pytest.raises(UnsafeLoginError, match="run: e2a migrate"):
            await check_wall(stranger.render_as_string(hide_password=False))


async def test_a_login_that_is_missing_is_named() -> None:
    """The migration says which role DATABASE_URL names in vain, and leaves nothing half done."""
    with a_database() as database:
        with pytest.raises(UnsafeLoginError, match='CREATE ROLE "nobody_here" LOGIN'):
            await migrate(database.owner, login="nobody_here")
        with psycopg.connect(libpq(database.owner)) as connection:
            assert connection.execute("SELECT to_regclass('events')").fetchone() == (None,)


async def test_the_chain_holds_for_requests(storage: SqlStorage) -> None:
    """What requests add to the audit trail fits the chain that workers began."""
    one, _ = await _two_tenants(storage, "chain")
    async with storage.write() as tx:
        await tx.audit.append([an_entry(one.id, "by a worker")])
    async with storage.of([one.id]).write() as tx:
        await tx.audit.append([an_entry(one.id, "by a request")])
    async with storage.read() as tx:
        assert await tx.audit.first_broken(one.id) is None

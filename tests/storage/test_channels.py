"""Who may see whom, and what channels ask for, is kept alike everywhere."""

from dataclasses import replace

from sqlalchemy import insert, text

from jobs.map_channel import Wish, make_default, map_channel, unmap_channel
from jobs.put_on_record import Telling
from policies.records import Alert, Tenant
from policies.routing import Showing
from policies.storms import Member
from storage.engine import open_engines
from storage.migrate import migrate
from storage.migrations.versions import v0001_intake as first
from storage.migrations.versions import v0003_work as third
from storage.transaction import SqlStorage
from tests.storage.builders import MINUTE, T0, a_record
from tests.storage.conftest import SqlWorld, World
from tests.storage.test_storms import PLACE, STORM

NARROW = {"sites": ["ATL1"], "at_least": "HIGH"}


async def test_a_tenant_is_shown_in_further_channels(world: World) -> None:
    """Once each, until it is hidden; who moves to another workspace is shown nowhere else."""
    tenant_id = world.tenant.id
    async with world.storage.write() as tx:
        assert await tx.tenants.show_in(tenant_id, "C2", "slack:U1", T0)
        assert await tx.tenants.show_in(tenant_id, "C1", "slack:U1", T0 + MINUTE)
        assert not await tx.tenants.show_in(tenant_id, "C1", "slack:U2", T0)
        first_one = Showing(
            tenant_id=tenant_id, channel_id="C1", shown_by="slack:U1", shown_at=T0 + MINUTE
        )
        both = [first_one, replace(first_one, channel_id="C2", shown_at=T0)]
        assert await tx.tenants.showings() == both
        assert await tx.tenants.showings([tenant_id]) == both
        assert await tx.tenants.showings([tenant_id + 1]) == []
        assert await tx.tenants.hide_from(tenant_id, "C2")
        assert not await tx.tenants.hide_from(tenant_id, "C2")
        await tx.tenants.move(tenant_id, "T9")
        assert await tx.tenants.showings() == []


async def test_the_default_channel_moves(world: World) -> None:
    """By name, or by id, which is known at once."""
    async with world.storage.write() as tx:
        await tx.tenants.set_channel(world.tenant.id, "C7", "C7")
        moved = await tx.tenants.get(world.tenant.id)
        assert moved == replace(world.tenant, channel="C7", channel_id="C7")
        await tx.tenants.set_channel(world.tenant.id, "#new", None)
        moved = await tx.tenants.get(world.tenant.id)
        assert moved == replace(world.tenant, channel="#new", channel_id=None)


async def test_subscriptions_are_told_apart_by_their_filters(world: World) -> None:
    """Equal ones are kept once; each has a number, by which it is found and changed."""
    tenant_id = world.tenant.id
    async with world.storage.write() as tx:
        store = tx.subscriptions
        assert await store.add("alerts", "C1", [tenant_id], "slack:U1", T0)
        assert await store.add(
            "alerts", "C1", [tenant_id], "slack:U1", T0, filters=NARROW, channel="#one"
        )
        assert not await store.add("alerts", "C1", [tenant_id], "slack:U2", T0, filters=NARROW)
        assert await store.add("digest", "C2", [tenant_id], "slack:U1", T0)
        all_of_it, narrow, digest = await store.find()
        assert (all_of_it.filters, narrow.filters, narrow.channel) == ({}, NARROW, "#one")
        assert (narrow.created_by, narrow.created_at) == ("slack:U1", T0)
        assert await store.get(narrow.id) == narrow
        assert await store.get(10**6) is None
        assert await store.find(kinds=["alerts"]) == [all_of_it, narrow]
        assert await store.find(kinds=["alerts", "digest"], channel_id="C2") == [digest]
        assert await store.find(tenant_ids=[tenant_id + 1]) == []
        assert not await store.change(all_of_it.id, NARROW)
        assert not await store.change(10**6, {})
        assert await store.change(narrow.id, NARROW)
        assert await store.change(narrow.id, {"sites": ["DAL2"]})
        changed = await store.get(narrow.id)
        assert changed == replace(narrow, filters={"sites": ["DAL2"]})
        assert await store.channels("alerts") == {"C1": [tenant_id]}


async def test_what_fits_is_taken_away(world: World) -> None:
    """By number, by filters, by client, or all that a channel has of a kind."""
    tenant_id = world.tenant.id
    async with world.storage.write() as tx:
        store = tx.subscriptions
        for filters in ({}, NARROW, {"sites": ["DAL2"]}):
            await store.add("alerts", "C1", [tenant_id], "slack:U1", T0, filters=filters)
        one, two, three = await store.find()
        assert await store.remove("alerts", "C1", tenant_ids=[tenant_id + 1]) == []
        assert await store.remove("alerts", "C2", number=one.id) == []
        assert await store.remove("alerts", "C1", filters=NARROW) == [two]
        assert await store.remove("alerts", "C1", number=three.id) == [three]
        assert await store.remove("alerts", "C1", filters={}) == [one]
        assert await store.remove("alerts", "C1") == []


async def test_a_thread_is_forgotten_with_its_channel(world: World) -> None:
    """What stands of a client in a channel goes; what stands elsewhere, or of others, stays."""
    async with world.storage.write() as tx:
        other = await tx.tenants.add(Tenant(id=0, name="other"))
        one, two = await tx.exceptions.open([a_record(world.tenant.id), a_record(other.id)])
        drafts = [
            Alert(
                id=0,
                tenant_id=record.tenant_id,
                kind="exception",
                channel=channel,
                exception_ids=(record.id,),
                created_at=T0,
            )
            for record, channel in ((one, "#one"), (one, "#two"), (two, "#one"))
        ]
        mine, elsewhere, theirs = await tx.alerts.open(drafts)
        await tx.alerts.sent(mine.id, "card", channel_id="C1", ts="1.0", digest="d")
        assert await tx.alerts.channels_of([one.id, two.id, 9_999]) == {
            one.id: {"#one", "C1", "#two"},
            two.id: {"#one"},
        }
        await tx.alerts.leave(world.tenant.id, {"C1"})
        assert await tx.alerts.by_message("C1", "1.0") is None
        assert [alert.id for alert in await tx.alerts.of_exception(one.id)] == [elsewhere.id]
        await tx.alerts.drop(theirs.id)
        assert await tx.alerts.of_exception(two.id) == []
        assert await tx.alerts.channels_of([one.id, two.id]) == {one.id: {"#two"}}


async def test_an_exception_is_in_a_storm_of_each_channel(world: World) -> None:
    """In one of a channel at most; a client leaves the storms of a channel, a storm is dropped."""
    tenant_id = world.tenant.id
    async with world.storage.write() as tx:
        records = await tx.exceptions.open([a_record(tenant_id, f"SO-{n}") for n in range(2)])
        ours = replace(STORM, first_tenant_id=tenant_id)
        here, there = await tx.storms.open([ours, replace(ours, channel="#ups", channel_id="C2")])
        members = [
            Member(storm_id=storm, tenant_id=tenant_id, exception_id=one.id, channel=place)
            for storm, place in ((here.id, "#ops"), (there.id, "#ups"))
            for one in records
        ]
        assert len(await tx.storms.join(members, T0)) == 4
        assert await tx.storms.join([replace(members[0], storm_id=there.id)], T0) == []
        number = records[0].id
        mine = await tx.storms.memberships(number)
        assert [(one.storm_id, one.channel) for one in mine] == [
            (here.id, "#ops"),
            (there.id, "#ups"),
        ]
        assert await tx.storms.members_among([number]) == {("#ops", number), ("#ups", number)}
        assert (await tx.storms.channels_of([number])) == {number: {"#ops", "#ups", "C2"}}
        assert await tx.storms.leave(tenant_id, {"C2"}) == {there.id}
        assert await tx.storms.leave(tenant_id, {"C2"}) == set()
        tally = (await tx.storms.tallies([PLACE], T0))[PLACE]
        await tx.storms.remember({PLACE: replace(tally, storm=here.id)}, T0)
        await tx.storms.drop(here.id)
        assert await tx.storms.memberships(number) == []
        assert await tx.storms.get(here.id) is None
        assert (await tx.storms.tallies([PLACE], T0))[PLACE].storm is None


async def test_who_subscribed_goes_on_to_see(bare_url: str) -> None:
    """A database of before: its digests are kept, and their channels may see their clients."""
    await migrate(bare_url, "0011")
    engines = open_engines(bare_url, as_owner=True)
    async with engines.write() as connection:
        tenant = {"id": 1, "name": "acme", "timezone": "UTC"}
        await connection.execute(insert(first.tenants), [tenant])
        row = {"tenant_id": 1, "kind": "digest", "created_by": "slack:U1", "created_at": 7}
        rows = [{**row, "channel_id": channel} for channel in ("C2", "C1")]
        await connection.execute(insert(third.subscriptions), rows)
        await connection.execute(
            text("""INSERT INTO storms (id, channel, cause, reason_code, shared, first_tenant_id,
                opened_at, last_at, version, members)
                VALUES (3, '#ops', '[]', 'OTHER', '[]', 1, 1, 1, 1, 0)""")
        )
    await engines.close()
    await migrate(bare_url)
    engines = open_engines(bare_url, as_owner=True)
    async with SqlStorage(engines).write() as tx:
        assert await tx.subscriptions.channels("digest") == {"C1": [1], "C2": [1]}
        assert [one.channel_id for one in await tx.tenants.showings()] == ["C1", "C2"]
        assert await tx.subscriptions.add("alerts", "C1", [1], "slack:U1", T0)
    await engines.close()


async def test_a_request_may_map_its_own_clients(sql: SqlWorld) -> None:
    """Behind the wall of one client a channel is mapped, chosen and unmapped, and told anew."""
    reach = sql.storage.of([sql.tenant.id])
    telling = Telling(default_channel="#all")
    times = {"now": T0, "wall_now": T0}
    wish = Wish(tenant=sql.tenant, channel_id="C1", actor="slack:U1")
    assert await map_channel(wish, storage=reach, now=T0)
    async with reach.write() as tx:
        (record,) = await tx.exceptions.open([a_record(sql.tenant.id)])
        draft = Alert(
            id=0,
            tenant_id=sql.tenant.id,
            kind="exception",
            channel="C1",
            exception_ids=(record.id,),
            created_at=T0,
        )
        await tx.alerts.open([draft])
    assert await unmap_channel(wish, storage=reach, telling=telling, **times)
    async with reach.read() as tx:
        (retold,) = await tx.alerts.of_exception(record.id)
    assert retold.channel == telling.channel_of(sql.tenant)
    assert await make_default(wish, "C0", storage=reach, telling=telling, now=T0)
    async with sql.storage.read() as tx:
        moved = await tx.tenants.get(sql.tenant.id)
        assert moved is not None
        assert (moved.channel, moved.channel_id) == ("C1", "C1")
        assert [one.channel_id for one in await tx.tenants.showings([moved.id])] == ["C0"]

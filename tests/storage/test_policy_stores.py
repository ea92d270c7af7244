"""Adopted policies, the habits of sources, and what was told about targets."""

from dataclasses import replace

from policies.order_facts import Silence
from policies.queries import PolicyVersion
from policies.records import Tenant
from policies.silence import Feed, Voice
from tests.storage.builders import MINUTE, T0
from tests.storage.conftest import World

VERSION = PolicyVersion(
    scope="", version="3", digest="d1", text="slas: é", file="sla.yaml", adopted_at=T0
)
HOURS = tuple(range(168))


async def test_policy_versions(world: World) -> None:
    """A text is adopted once for a moment, may come back later, and is read oldest first."""
    async with world.storage.write() as transaction:
        store = transaction.policies
        assert await store.all() == []
        later = await store.adopt(replace(VERSION, adopted_at=T0 + MINUTE, since=T0))
        first = await store.adopt(VERSION)
        assert first == replace(VERSION, id=first.id)
        assert await store.adopt(replace(VERSION, text="other", version="4")) == first
        theirs = await store.adopt(replace(VERSION, scope="acme", since=T0))
        assert await store.all() == [first, theirs, later]
        assert len({first.id, theirs.id, later.id} - {0}) == 3


async def test_feeds(world: World) -> None:
    """A feed comes back as it was saved last, with its silence; all by tenant and source."""
    async with world.storage.write() as transaction:
        other = await transaction.tenants.add(Tenant(id=0, name="other"))
    feed = Feed(tenant_id=world.tenant.id, source="wms", last_at=T0, first_at=T0 - MINUTE)
    silent = replace(
        feed,
        kinds=frozenset({"order_paid", "delivered"}),
        events=HOURS,
        weeks=HOURS[::-1],
        silence=Silence(source="wms", since=T0, reported_at=T0 + MINUTE),
    )
    over = replace(
        silent,
        source="carrier",
        silence=Silence(
            source="carrier", since=T0, reported_at=T0 + MINUTE, ended_at=T0 + 2 * MINUTE
        ),
    )
    theirs = replace(feed, tenant_id=other.id, source="a")
    async with world.storage.write() as transaction:
        assert await transaction.feeds.all() == []
        await transaction.feeds.save([])
        await transaction.feeds.save([feed, theirs, over])
        assert await transaction.feeds.all() == [over, feed, theirs]
        await transaction.feeds.save([feed, silent])
    async with world.storage.read() as transaction:
        assert await transaction.feeds.all() == [over, silent, theirs]
        voices = await transaction.feeds.voices([world.tenant.id])
        assert voices == [
            Voice(world.tenant.id, feed.source, feed.kinds, feed.silence) for feed in (over, silent)
        ]
        assert await transaction.feeds.voices([]) == []


async def test_how_far_the_feeds_have_read(world: World) -> None:
    """The feeds know how far they have read, from nothing on."""
    async with world.storage.write() as transaction:
        store = transaction.feeds
        assert await store.read_up_to() == 0
        for event_id in (5, 2**40):
            await store.set_read_up_to(event_id)
            assert await store.read_up_to() == event_id


async def test_an_alarm_rings_once(world: World) -> None:
    """An alarm rings once for a tenant and key, also in a later unit of work."""
    mine = world.tenant.id
    async with world.storage.write() as transaction:
        other = await transaction.tenants.add(Tenant(id=0, name="other"))
        assert await transaction.alarms.ring(mine, "pick:2026-01:50", T0)
        assert not await transaction.alarms.ring(mine, "pick:2026-01:50", T0 + MINUTE)
    async with world.storage.write() as transaction:
        assert not await transaction.alarms.ring(mine, "pick:2026-01:50", T0)
        assert await transaction.alarms.ring(mine, "pick:2026-01:80", T0)
        assert await transaction.alarms.ring(other.id, "pick:2026-01:50", T0)

"""What is asked of all events: how much is going on, which orders, and who told what."""

from datetime import datetime, timedelta, timezone
from itertools import product

from policies.facts import ALIASES
from policies.queries import Heard
from policies.records import OrderKey, ReceivedEvent, Tenant
from storage.event_counts import BEGINNINGS, spans
from storage.tables import BEGAN
from tests.storage.builders import MINUTE, T0, an_event, received
from tests.storage.conftest import World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def began(tenant_id: int, order_id: str, minute: float, kind: str = "order_paid") -> ReceivedEvent:
    """An order's first event."""
    event = an_event(f"{kind}-{order_id}", order_id, event_type=kind, at=T0 + minute * MINUTE)
    return received(tenant_id, event)


async def other_tenant(world: World, *, synthetic: bool = False) -> int:
    """Another tenant's id."""
    async with world.storage.write() as transaction:
        new = Tenant(id=0, name=f"other {synthetic}", synthetic=synthetic)
        return (await transaction.tenants.add(new)).id


async def test_events_say_when_they_were_heard(world: World) -> None:
    """An event that is read says when it was received."""
    await world.log.record([received(world.tenant.id, an_event(), at=T0 + MINUTE)])
    key = OrderKey(tenant_id=world.tenant.id, order_id="SO-1")
    async with world.storage.read() as transaction:
        [event] = (await transaction.events.of_orders([key]))[key]
    assert event.received_at == T0 + MINUTE


async def test_volume(world: World) -> None:
    """Orders that were created or paid in (moment - window, moment] count once each."""
    mine, theirs = world.tenant.id, await other_tenant(world)
    await world.log.record(
        [
            began(mine, "first", 0),
            began(mine, "twice", 10, "order.created"),
            began(mine, "twice", 20, "order.paid"),
            began(mine, "third", 60, "order.received"),
            began(mine, "picked", 15, "pick_completed"),
            began(theirs, "theirs", 10, "order_created"),
        ]
    )
    expected = {
        (mine, T0, HOUR): 1,
        (mine, T0 - MINUTE, HOUR): 0,
        (mine, T0 + 10 * MINUTE, HOUR): 2,
        (mine, T0 + 59 * MINUTE, HOUR): 2,
        (mine, T0 + 60 * MINUTE, HOUR): 2,
        (mine, T0 + 60 * MINUTE, DAY): 3,
        (mine, T0 + 70 * MINUTE, HOUR): 2,
        (mine, T0 + 80 * MINUTE, HOUR): 1,
        (mine, T0 + 30 * DAY, DAY): 0,
        (theirs, T0 + 60 * MINUTE, HOUR): 1,
    }
    async with world.storage.read() as transaction:
        assert await transaction.events.volume([*expected, *expected]) == expected
        assert await transaction.events.volume([]) == {}


async def test_volumes_of_a_busy_day(world: World) -> None:
    """Many windows that overlap are counted as each of them alone."""
    minutes = range(0, 2 * 1440, 17)
    mine = world.tenant.id
    events = [
        an_event(f"e-{n}", f"SO-{n % 90}", at=T0 + minute * MINUTE)
        for n, minute in enumerate(minutes)
    ]
    await world.log.record([received(mine, event) for event in events])
    moments = [T0 + minute * MINUTE for minute in range(-30, 3000, 61)]
    wanted = list(product([mine], moments, [HOUR, DAY]))
    async with world.storage.read() as transaction:
        counts = await transaction.events.volume(wanted)
    alone = {
        one: len({e.order_id for e in events if one[1] - one[2] < e.occurred_at <= one[1]})
        for one in wanted
    }
    assert counts == alone


def test_overlapping_windows_are_one_stretch() -> None:
    """What overlaps or touches is read once, tenants and gaps apart."""
    asked = [(1, T0, HOUR), (1, T0 + MINUTE, HOUR), (1, T0 + DAY, HOUR), (2, T0, HOUR)]
    found = [(one.tenant_id, one.after, one.until, len(one.wanted)) for one in spans(asked)]
    assert found == [
        (1, T0 - HOUR, T0 + MINUTE, 2),
        (1, T0 + DAY - HOUR, T0 + DAY, 1),
        (2, T0 - HOUR, T0, 1),
    ]


def test_the_index_knows_every_name_of_a_beginning() -> None:
    """The names in the index of beginnings are those that mean created or paid, and no others."""
    meant = {name for name, kind in ALIASES.items() if kind in BEGINNINGS} | set(BEGINNINGS)
    assert set(BEGAN.text.split("'")[1::2]) == meant


async def test_orders_between(world: World) -> None:
    """Orders with an event in [since, until) come by id, in pages, once each."""
    mine, theirs = world.tenant.id, await other_tenant(world)
    events = [began(mine, f"SO-{n}", n, "pick_completed") for n in range(6)]
    again = [began(mine, f"SO-{n}", n, "order_paid") for n in range(6)]
    await world.log.record([*reversed(events), *again, began(theirs, "SO-9", 2)])
    window = (mine, T0 + MINUTE, T0 + 5 * MINUTE)
    async with world.storage.read() as transaction:
        store = transaction.events
        assert await store.orders_between(*window) == ["SO-1", "SO-2", "SO-3", "SO-4"]
        assert await store.orders_between(*window, limit=2) == ["SO-1", "SO-2"]
        assert await store.orders_between(*window, after="SO-2", limit=2) == ["SO-3", "SO-4"]
        assert await store.orders_between(*window, after="SO-4") == []


async def test_heard(world: World) -> None:
    """What was told is gathered by source, kind and hour of hearing, without synthetic tenants."""
    mine, probe = world.tenant.id, await other_tenant(world, synthetic=True)
    paris = timezone(timedelta(hours=1))
    at = [T0 + 5 * MINUTE, (T0 + 50 * MINUTE).astimezone(paris), T0 + 61 * MINUTE]
    await record(world, mine, "a", "order_paid", at[0])
    await record(world, mine, "b", "order.paid", at[1])
    await record(world, mine, "c", "order_paid", at[2])
    await record(world, mine, "d", "delivered", at[0], source="carrier")
    await record(world, probe, "e", "order_paid", at[2])
    async with world.storage.read() as transaction:
        told, last = await transaction.events.heard(0, 100)
        again, same = await transaction.events.heard(last, 100)
    assert told == [
        heard(mine, "carrier", "delivered", T0, 1, at[0]),
        heard(mine, "wms", "order_paid", T0, 2, at[1]),
        heard(mine, "wms", "order_paid", T0 + HOUR, 1, at[2]),
    ]
    assert (again, same) == ([], last)


async def test_heard_in_pages(world: World) -> None:
    """Page by page everything is heard once, a page of synthetic traffic included."""
    mine, probe = world.tenant.id, await other_tenant(world, synthetic=True)
    for n in range(7):
        await record(world, probe if n in (2, 3) else mine, f"e-{n}", "order_paid", T0 + n * MINUTE)
    last, counts = 0, []
    async with world.storage.read() as transaction:
        for _ in range(5):
            told, last = await transaction.events.heard(last, 2)
            counts.append(sum(one.events for one in told))
    assert counts == [2, 0, 2, 1, 0]


async def record(
    world: World, tenant_id: int, event_id: str, kind: str, at: datetime, source: str = "wms"
) -> None:
    """An event that comes in at `at`, alone, so that its number is the next one."""
    event = an_event(event_id, event_type=kind, source=source)
    await world.log.record([received(tenant_id, event, at=at)])


def heard(
    tenant_id: int, source: str, kind: str, hour: datetime, events: int, last_at: datetime
) -> Heard:
    """What a source told in an hour."""
    return Heard(
        tenant_id=tenant_id, source=source, kind=kind, hour=hour, events=events, last_at=last_at
    )

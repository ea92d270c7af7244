"""What is past its days goes, in any order of kinds; what an order still needs stays."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from jobs.apply_retention import past_retention
from policies.queries import Receipt
from policies.reasons import Status
from policies.records import Alert, DeadLetter, OrderKey, Tenant
from policies.retention import APPLIED, KINDS
from storage.retention import SHELVES
from storage.tables_orders import clock_ledger, order_names
from storage.tables_storms import storm_members, storms
from tests.storage.builders import (
    T0,
    a_message,
    an_event,
    an_item,
    received,
)
from tests.storage.conftest import SqlWorld
from tests.storage.retention_world import (
    DAY,
    KEEPING,
    NOW,
    a_member,
    a_storm,
    ago,
    an_exception,
    an_order,
    counts,
    full_orders,
    known_orders,
    retaining,
    run,
)


async def test_every_kind_has_its_shelf() -> None:
    """What the policy can name, the database can find."""
    assert {shelf for kind in KINDS.values() for shelf in kind.shelves} == SHELVES.keys()


async def test_payloads_go_first_then_events(sql: SqlWorld) -> None:
    """Younger than the first days: whole; between: emptied and still a duplicate; older: gone."""
    for name, days in (("old", 301), ("middle", 101), ("young", 99)):
        await an_order(sql, name, days)
    went = await run(sql)
    assert {shelf: went[shelf] for shelf in ("payloads", "events", "clocks")} == {
        "payloads": 2,
        "events": 2,
        "clocks": 1,
    }
    assert await full_orders(sql) == {"young"}
    assert await known_orders(sql) == {"young", "middle"}
    again = an_event("middle-1", "middle", at=ago(101), payload={"note": "x"})
    told = await sql.log.record([received(sql.tenant.id, again)])
    assert told == [Receipt.DUPLICATE]
    assert await full_orders(sql) == {"young"}


@pytest.mark.parametrize(
    "why", ["clock", "exception", "resolved", "work", "letter", "event", "name", "named"]
)
async def test_an_order_that_is_needed_keeps_everything(sql: SqlWorld, why: str) -> None:
    """A running clock, an open exception, waiting work or a late event keep an order whole."""
    tenant_id = sql.tenant.id
    await an_order(sql, "SO-1", 900, stopped=why != "clock")
    async with sql.storage.write() as tx:
        if why == "work":
            await tx.work.put([an_item(tenant_id)], NOW)
        if why == "letter":
            letter = DeadLetter(
                tenant_id=tenant_id,
                kind="evaluate",
                subject="SO-1",
                reason="r",
                payload={},
                order_id="SO-1",
            )
            await tx.dead_letters.add([letter], ago(900))
        if why in ("name", "named"):
            led = {"name": "tracking:1Z", "order_id": "SO-1", "learnt_at": ago(900)}
            await tx.connection.execute(order_names.insert(), [{"tenant_id": tenant_id, **led}])
    if why in ("exception", "resolved"):
        await an_exception(sql, "SO-1", Status[why[:9].upper().replace("EXCEPTION", "OPEN")], 900)
    if why == "event":
        late = an_event("late", event_type="return_processed", at=ago(3))
        await sql.log.record([received(tenant_id, late, at=ago(3))])
    if why == "name":
        scan = an_event("t-1", "tracking:1Z", event_type="in_transit", at=ago(3))
        await sql.log.record([received(tenant_id, scan, at=ago(3))])
    if why == "named":
        await an_exception(sql, "tracking:1Z", Status.OPEN, 900)
    if why in ("event", "name"):
        async with sql.storage.write() as tx:
            await tx.work.done(await tx.work.claim("evaluate", NOW, DAY, 100), NOW)
    went = await run(sql)
    assert went.keys() <= ({"clocks", "clock_ledger"} if why in ("event", "name") else set())
    assert "SO-1" in await full_orders(sql)


async def test_closed_exceptions_take_their_threads_along(sql: SqlWorld) -> None:
    """A thread about others too stays for those; what is not closed stays."""
    tenant_id = sql.tenant.id
    old = await an_exception(sql, "SO-1", Status.CLOSED, 251)
    await an_exception(sql, "SO-2", Status.CLOSED, 249)
    other = await an_exception(sql, "SO-3", Status.RESOLVED, 900)
    async with sql.storage.write() as tx:
        await tx.connection.execute(storms.insert(), [a_storm(1), a_storm(2)])
        await tx.connection.execute(
            storm_members.insert(), [a_member(tenant_id, 1, old), a_member(tenant_id, 2, other)]
        )
        storm = Alert(
            id=0,
            tenant_id=tenant_id,
            kind="storm",
            channel="#ops",
            exception_ids=(old, other),
            created_at=T0,
        )
        [storm] = await tx.alerts.open([storm])
    assert await run(sql) == {"exceptions": 1}
    async with sql.storage.read() as tx:
        left = await tx.alerts.get(storm.id)
        assert left is not None
        assert left.exception_ids == (other,)
        assert await tx.exceptions.get(old) is None
    now = await counts(sql)
    assert (now["alerts"], now["alert_parts"], now["alert_exceptions"]) == (3, 2, 3)
    assert (now["storms"], now["storm_members"]) == (1, 1)


async def test_what_is_sent_settled_and_told_goes(sql: SqlWorld) -> None:
    """Letters that wait and messages that were not sent stay, however old."""
    tenant_id = sql.tenant.id
    letters = [
        DeadLetter(
            tenant_id=tenant_id,
            kind="event",
            subject=state,
            reason="r",
            payload={},
            state=state,
            created_at=ago(91),
        )
        for state in ("waiting", "retrying", "replayed", "discarded")
    ]
    async with sql.storage.write() as tx:
        await tx.dead_letters.add(letters, ago(91))
        await tx.dead_letters.add([replace(letters[2], created_at=ago(89))], ago(89))
        await tx.outbox.put([a_message(tenant_id, "sent"), a_message(tenant_id, "not")], ago(31))
        [message] = await tx.outbox.claim("slack", ago(31), DAY, 1)
        await tx.outbox.done(message, ago(31))
        await tx.alarms.ring(tenant_id, "old", ago(401))
        await tx.alarms.ring(tenant_id, "new", ago(399))
        await tx.seen.first_time("old", ago(3))
        await tx.seen.first_time("new", ago(1))
        await tx.fires.begin("job", "1", ago(9))
        await tx.fires.begin("job", "2", ago(7))
    went = await run(sql)
    assert went == {"dead_letters": 2, "outbox": 1, "target_alarms": 1, "seen": 1, "fires": 1}


async def test_the_trail_tells_once_a_run(sql: SqlWorld) -> None:
    """One entry a tenant and run that deleted something; the chain stays whole."""
    for name in ("needed", "needed too"):
        await an_order(sql, name, 400, stopped=False)
    await an_order(sql, "old", 301)
    found = await past_retention(retaining(sql), now=NOW, wall_now=NOW, tenant="acme")
    assert {past.due.shelf: past.rows for past in found if past.rows}["events"] == 2
    await run(sql)
    await run(sql)
    async with sql.storage.read() as tx:
        [entry] = await tx.audit.of_subject(sql.tenant.id, "retention")
        assert await tx.audit.first_broken(sql.tenant.id) is None
    assert (entry.action, entry.actor) == (APPLIED, "system")
    assert entry.after["events"] == {"rows": 2, "before": ago(300).isoformat()}


async def test_a_tenant_can_have_its_own_days(sql: SqlWorld) -> None:
    """Its file counts for it alone, and only for the kinds that it names."""
    await an_order(sql, "old", 301)
    own = replace(KEEPING, own={"acme": {"events": None, "payloads": 900}, "x": {"clocks": 30}})
    assert (await run(sql, own)).keys() - {"clock_ledger"} == {"clocks"}


async def test_the_ledger_goes_with_its_clocks(sql: SqlWorld) -> None:
    """What became of a clock is forgotten with it, and not before."""
    await an_order(sql, "old", 301)
    await an_order(sql, "young", 10)
    assert (await run(sql))["clock_ledger"] > 0
    async with sql.storage.read() as tx:
        left = set((await tx.connection.execute(select(clock_ledger.c.order_id))).scalars())
    assert left == {"young"}


async def test_tenants_do_not_cross(sql: SqlWorld) -> None:
    """Another tenant's order of the same name neither goes along nor holds anything back."""
    async with sql.storage.write() as tx:
        other = await tx.tenants.add(Tenant(id=0, name="other"))
    await an_order(sql, "SO-1", 900)
    mine = replace(KEEPING, own={"other": {"payloads": None, "events": None}})
    theirs = an_event("o-1", "SO-1", at=ago(900), payload={"note": "y"})
    await sql.log.record([received(other.id, theirs, at=ago(900))])
    await run(sql, mine)
    async with sql.storage.read() as tx:
        keys = [OrderKey(tenant_id=one, order_id="SO-1") for one in (sql.tenant.id, other.id)]
        found = await tx.events.of_orders(keys)
    assert [len(found[key]) for key in keys] == [0, 1]

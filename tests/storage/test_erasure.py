"""A person's data goes from every table, and what money, promises and the trail need stays."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from jobs.erase_person import ACTION, Erasure, Request, erase_person
from policies.personal import ERASED, NotAPersonError, person_by
from policies.queries import Receipt
from policies.records import Alert, DeadLetter, OrderKey, Tenant
from storage.columns import metadata
from storage.erasure import SqlPeople
from storage.tables_orders import order_names
from tests.storage.builders import (
    T0,
    a_message,
    a_record,
    an_entry,
    an_event,
    clocks_of,
    received,
)
from tests.storage.conftest import SqlWorld

CANARIES = ("canary", "555123", "jane", "lantern")
PERSON = {
    "carrier": "UPS",
    "weight_grams": 500,
    "customer": {
        "first_name": "Jane",
        "last_name": "Canary",
        "email": "Jane.Canary@example.com",
        "phone": "+1 (555) 123-4567",
    },
    "shipping_address": {"address1": "Lantern Street 5", "country_code": "US"},
}
PAID = an_event(payload=PERSON)
LATER = an_event("e-2", event_type="carrier_scan", payload={"note": "Jane at the door"})
MAIL, PHONE, NAME = "JANE.canary@EXAMPLE.com", "1-555-123-4567", "jane canary"


async def filled(sql: SqlWorld, tenant_id: int) -> int:
    """An order of the person with something in every place; returns its exception."""
    mine = [received(tenant_id, PAID), received(tenant_id, LATER)]
    await sql.log.record(mine)
    told = a_record(tenant_id).explanation
    assert told is not None
    record = a_record(
        tenant_id,
        facts={"client": "acme", "carrier": "UPS"},
        explanation=replace(told, ops_note="Jane Canary waits"),
        resolution_note="rang her",
        resolution="settled_late",
    )
    body = '{"buyer": {"name": "Jane Canary"}, "email": "jane.canary@example.com"}'
    letters = [
        DeadLetter(
            tenant_id=tenant_id,
            kind="event",
            subject="s",
            reason="email: jane.canary@example.com is odd",
            payload={"source": "shopify", "body": body, "truncated": False},
        )
    ]
    async with sql.storage.write() as tx:
        await tx.clocks.save([(tenant_id, clock) for clock in clocks_of(PAID, now=T0)], T0)
        [opened] = await tx.exceptions.open([record])
        alert = Alert(
            id=0,
            tenant_id=tenant_id,
            kind="exception",
            channel="#ops",
            exception_ids=(opened.id,),
            created_at=T0,
        )
        await tx.alerts.open([alert])
        await tx.dead_letters.add(letters, T0)
        await tx.outbox.put([a_message(tenant_id, "n", payload={"text": "Jane Canary"})], T0)
    return opened.id


async def erase(
    sql: SqlWorld, tenant: Tenant, kind: str, text: str, *, dry_run: bool = False
) -> Erasure:
    """As `e2a erase` does."""
    request = Request(
        tenant=tenant, kind=kind, person=person_by(kind, text), reason="ticket 7", actor="cli"
    )
    return await erase_person(
        request,
        people=SqlPeople(sql.storage),
        storage=sql.storage,
        now=T0,
        wall_now=T0,
        dry_run=dry_run,
    )


async def left_of(sql: SqlWorld, tenant_id: int) -> set[tuple[str, str]]:
    """Tables and canaries that are still somewhere in a row of the tenant, whatever column."""
    found: set[tuple[str, str]] = set()
    async with sql.storage.read() as tx:
        for table in metadata.tables.values():
            for row in await tx.connection.execute(select(table)):
                values: dict[str, Any] = row._asdict()
                if values.get("tenant_id", tenant_id) == tenant_id:
                    text = repr(values).lower()
                    found |= {(table.name, word) for word in CANARIES if word in text}
    return found


@pytest.mark.parametrize(
    ("kind", "text"), [("order", "SO-1"), ("email", MAIL), ("phone", PHONE), ("name", NAME)]
)
async def test_nothing_of_the_person_is_left_anywhere(sql: SqlWorld, kind: str, text: str) -> None:
    """By whatever they were asked for: no column of any table holds them, and facts stay."""
    other = Tenant(id=0, name="other")
    async with sql.storage.write() as tx:
        other = await tx.tenants.add(other)
    exception_id = await filled(sql, sql.tenant.id)
    await filled(sql, other.id)
    theirs = await left_of(sql, other.id)
    assert await left_of(sql, sql.tenant.id) == theirs != set()
    done = await erase(sql, sql.tenant, kind, text)
    assert done.orders == ("SO-1",)
    assert (done.rows["events"], done.rows["exceptions"], done.cards) == (2, 1, 1)
    assert await left_of(sql, sql.tenant.id) == set()
    assert await left_of(sql, other.id) == theirs
    async with sql.storage.read() as tx:
        key = OrderKey(tenant_id=sql.tenant.id, order_id="SO-1")
        events = {e.event_id: e for e in (await tx.events.of_orders([key]))[key]}
        assert events["e-1"].payload["weight_grams"] == 500
        assert events["e-1"].payload["shipping_address"]["country_code"] == "US"
        record = await tx.exceptions.get(exception_id)
        assert record is not None
        assert (record.resolution, record.resolution_note) == ("settled_late", ERASED)
        assert record.facts == {"client": "acme", "carrier": "UPS"}


async def test_a_resend_does_not_bring_it_back(sql: SqlWorld) -> None:
    """The same event is still known, so that its payload is not stored again."""
    await filled(sql, sql.tenant.id)
    await erase(sql, sql.tenant, "email", MAIL)
    again = await sql.log.record([received(sql.tenant.id, PAID), received(sql.tenant.id, LATER)])
    assert again == [Receipt.DUPLICATE, Receipt.DUPLICATE]
    assert await left_of(sql, sql.tenant.id) == set()


async def test_the_trail_says_that_and_not_whom(sql: SqlWorld) -> None:
    """One entry with a digest, orders and counts; the chain is whole, a second run finds none."""
    await filled(sql, sql.tenant.id)
    done = await erase(sql, sql.tenant, "email", MAIL)
    again = await erase(sql, sql.tenant, "email", MAIL)
    assert (again.orders, dict(again.rows), again.digest) == ((), {}, done.digest)
    async with sql.storage.read() as tx:
        assert await tx.audit.first_broken(sql.tenant.id) is None
        entries = await tx.audit.of_subject(sql.tenant.id, "erasure")
    assert [entry.action for entry in entries] == [ACTION, ACTION]
    assert entries[0].after == {
        "by": "email",
        "digest": done.digest,
        "orders": ["SO-1"],
        "rows": {"events": 2, "exceptions": 1, "dead_letters": 1, "outbox": 1},
    }
    assert entries[0].note == "ticket 7"


async def test_a_dry_run_changes_nothing(sql: SqlWorld) -> None:
    """It says what would go, and leaves rows, trail and outbox alone."""
    await filled(sql, sql.tenant.id)
    before = await left_of(sql, sql.tenant.id)
    would = await erase(sql, sql.tenant, "name", NAME, dry_run=True)
    assert would.rows["events"] == 2
    assert await left_of(sql, sql.tenant.id) == before
    async with sql.storage.read() as tx:
        assert await tx.audit.find([sql.tenant.id]) == []
        assert await tx.outbox.waiting() == 1


async def test_what_people_wrote_into_the_trail_is_counted(sql: SqlWorld) -> None:
    """A note in the trail cannot be changed; it is told how many name the person."""
    await filled(sql, sql.tenant.id)
    async with sql.storage.write() as tx:
        entry = replace(an_entry(sql.tenant.id), note="rang Jane Canary")
        await tx.audit.append([entry])
    assert (await erase(sql, sql.tenant, "email", MAIL)).in_trail == 1


async def test_a_reason_that_names_the_person_is_refused(sql: SqlWorld) -> None:
    """It would stand in the trail for ever."""
    person = person_by("email", MAIL)
    request = Request(
        tenant=sql.tenant, kind="email", person=person, reason=f"for {MAIL}", actor="cli"
    )
    with pytest.raises(NotAPersonError, match="names the person"):
        await erase_person(
            request, people=SqlPeople(sql.storage), storage=sql.storage, now=T0, wall_now=T0
        )


async def test_events_under_another_name_of_the_order_are_found(sql: SqlWorld) -> None:
    """A vendor's events about the same order are erased with it."""
    await filled(sql, sql.tenant.id)
    scan = an_event("t-1", "tracking:1Z9", event_type="in_transit", payload={"note": "for Jane"})
    await sql.log.record([received(sql.tenant.id, scan)])
    async with sql.storage.write() as tx:
        named = {"tenant_id": sql.tenant.id, "name": "tracking:1Z9", "order_id": "SO-1"}
        await tx.connection.execute(order_names.insert(), [{**named, "learnt_at": T0}])
    done = await erase(sql, sql.tenant, "order", "SO-1")
    assert done.rows["events"] == 3
    assert await left_of(sql, sql.tenant.id) == set()


async def test_the_file_itself_forgets(sql: SqlWorld) -> None:
    """On SQLite neither the file nor its log holds the bytes afterwards."""
    if not sql.storage.engines.on_sqlite:
        assert await SqlPeople(sql.storage).sweep_up()
        return
    await filled(sql, sql.tenant.id)
    long = an_event("e-3", event_type="order_edited", payload={"note": "canary " * 3000})
    await sql.log.record([received(sql.tenant.id, long)])
    await erase(sql, sql.tenant, "email", MAIL)
    assert await SqlPeople(sql.storage).sweep_up()
    file = Path(str(sql.storage.engines.url.database))
    stored = b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*")).lower()
    assert [word for word in CANARIES if word.encode() in stored] == []

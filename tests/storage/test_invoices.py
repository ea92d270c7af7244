"""The books are kept alike everywhere: numbers without gaps, nothing edited, each note once."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from policies.money.books import entry_of_invoice, entry_of_note
from policies.money.invoice_values import (
    Adjustment,
    Approval,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    NoteStatus,
)
from policies.money.notes import issued
from policies.records import Tenant
from storage.engine import open_engines
from storage.errors import StorageError
from storage.transaction import SqlStorage
from tests.jobs.books import OPENING, Books, shipped
from tests.storage.builders import MINUTE, T0, an_event, received
from tests.storage.conftest import SqlWorld, World

DAY = timedelta(days=1)


def an_invoice(tenant_id: int, order_id: str = "SO-1", *, period: str = "2026-01") -> Invoice:
    """An invoice with something in every field of its lines."""
    line = InvoiceLine(
        number=1,
        order_id=order_id,
        code="pick",
        quantity=2,
        unit_cents=30,
        amount_cents=60,
        tariff="everyone",
        tariff_version="1",
        currency="USD",
        service_date=date(2026, 1, 5),
        event_ids=("evt-1", "évt-2"),
        unit="items",
        measured=Decimal("2.5"),
    )
    more = replace(line, number=2, code="pack", quantity=1, amount_cents=30, event_ids=())
    return Invoice(
        tenant_id=tenant_id,
        kind=InvoiceKind.ORDER,
        subject=order_id,
        period=period,
        input_hash="abc",
        issued_at=T0,
        currency="USD",
        lines=(line, replace(more, measured=None, service_date=None)),
    )


def a_note(invoice: Invoice, key: str = "k-1", **changes: object) -> Adjustment:
    """A proposal to give something back."""
    note = Adjustment(
        tenant_id=invoice.tenant_id,
        key=key,
        invoice_id=invoice.id,
        invoice_number=invoice.number,
        amount_cents=-600,
        currency="USD",
        cause="rate",
        approval=Approval.SECOND_PERSON,
        period="2026-01",
        proposed_by="e2a",
        proposed_at=T0,
        order_id=invoice.order_id,
        line=1,
        expected_cents=0,
        billed_cents=600,
        evidence=("evt-1",),
        words="old price",
    )
    return replace(note, **changes)  # type: ignore[arg-type]


async def test_invoices_are_numbered_without_gaps(world: World) -> None:
    """Each tenant counts from 1; what was rolled back leaves no gap."""
    async with world.storage.write() as tx:
        other = await tx.tenants.add(Tenant(id=0, name="other"))
        mine = [an_invoice(world.tenant.id, f"SO-{n}") for n in (2, 1)]
        [first, second, theirs] = await tx.invoices.issue([*mine, an_invoice(other.id)])
    with pytest.raises(KeyError):
        await _given_up(world)
    async with world.storage.write() as tx:
        [third] = await tx.invoices.issue([an_invoice(world.tenant.id, "SO-4")])
    assert [(one.id, one.number) for one in (first, second, third, theirs)] == [
        (1, "INV-000001"),
        (2, "INV-000002"),
        (3, "INV-000003"),
        (1, "INV-000001"),
    ]
    async with world.storage.read() as tx:
        assert await tx.invoices.get(world.tenant.id, 1) == first
        assert await tx.invoices.get(world.tenant.id, 9) is None
        found = await tx.invoices.find([world.tenant.id], limit=2)
        assert found == [third, second]
        assert await tx.invoices.find([world.tenant.id], before_id=2) == [first]
        assert await tx.invoices.find([other.id, world.tenant.id], period="2026-02") == []


async def _given_up(world: World) -> None:
    async with world.storage.write() as tx:
        await tx.invoices.issue([an_invoice(world.tenant.id, "SO-3")])
        raise KeyError


async def test_invoices_are_found_by_what_they_are_about(world: World) -> None:
    """By orders, by month, and the months that are closed."""
    tenant_id = world.tenant.id
    closing = replace(an_invoice(tenant_id), kind=InvoiceKind.MONTH, subject="2026-01", lines=())
    async with world.storage.write() as tx:
        february = an_invoice(tenant_id, "SO-2", period="2026-02")
        one, two, three = await tx.invoices.issue([an_invoice(tenant_id), february, closing])
    async with world.storage.read() as tx:
        orders = await tx.invoices.of_subjects(tenant_id, InvoiceKind.ORDER, ["SO-1", "SO-9"])
        assert orders == {"SO-1": one}
        months = await tx.invoices.of_subjects(tenant_id, InvoiceKind.MONTH, ["2026-01", "SO-1"])
        assert months == {"2026-01": three}
        assert await tx.invoices.of_period(tenant_id, "2026-01") == [one, three]
        assert await tx.invoices.of_period(tenant_id, "2026-01", after_id=1, limit=1) == [three]
        assert await tx.invoices.of_period(tenant_id, "2026-02") == [two]
        assert await tx.invoices.closed(tenant_id) == ["2026-01"]
        assert await tx.invoices.closed(tenant_id + 1) == []


async def test_an_order_is_invoiced_once(world: World) -> None:
    """A second invoice for the same order is refused, whoever writes it."""
    async with world.storage.write() as tx:
        await tx.invoices.issue([an_invoice(world.tenant.id)])
    with pytest.raises((StorageError, ValueError)):
        async with world.storage.write() as tx:
            await tx.invoices.issue([an_invoice(world.tenant.id)])


async def test_a_correction_is_proposed_once(world: World) -> None:
    """The same key adds nothing, whatever became of it; issued ones are numbered by direction."""
    tenant_id = world.tenant.id
    async with world.storage.write() as tx:
        [invoice] = await tx.invoices.issue([an_invoice(tenant_id)])
        first = a_note(invoice)
        small = issued(a_note(invoice, "k-2", amount_cents=-5), "e2a", T0)
        debit = issued(a_note(invoice, "k-3", amount_cents=5), "e2a", T0)
        stored = await tx.adjustments.propose([first, small, debit, first])
    assert [(one.id, one.number) for one in stored] == [(1, ""), (2, "CN-000001"), (3, "DN-000001")]
    async with world.storage.write() as tx:
        assert await tx.adjustments.propose([first, replace(small, amount_cents=-9)]) == []
        assert await tx.adjustments.known(tenant_id, ["k-1", "k-9"]) == {"k-1"}
        assert await tx.adjustments.get(tenant_id, 2) == stored[1]
        assert await tx.adjustments.of_invoices(tenant_id, [1, 7]) == {1: stored}
        assert await tx.adjustments.of_period(tenant_id, "2026-01") == stored
        assert await tx.adjustments.find([tenant_id], before_id=3) == stored[1::-1]
        assert await tx.adjustments.find([tenant_id], status=["issued"]) == stored[:0:-1]


async def test_a_note_is_decided_once(world: World) -> None:
    """The first decision is kept with its number; any further one finds nothing to decide."""
    async with world.storage.write() as tx:
        [invoice] = await tx.invoices.issue([an_invoice(world.tenant.id)])
        [note, other] = await tx.adjustments.propose([a_note(invoice), a_note(invoice, "k-2")])
    async with world.storage.of([world.tenant.id]).write() as tx:
        await tx.invoices.one_at_a_time(world.tenant.id)
        decided = await tx.adjustments.decide(issued(note, "slack:U1", T0 + MINUTE))
        assert decided is not None
        assert (decided.number, decided.decided_by) == ("CN-000001", "slack:U1")
        assert await tx.adjustments.decide(issued(note, "slack:U2", T0)) is None
        rejected = replace(other, status=NoteStatus.REJECTED, decided_by="slack:U1", decided_at=T0)
        assert await tx.adjustments.decide(rejected) == rejected
    async with world.storage.read() as tx:
        assert await tx.adjustments.find([world.tenant.id]) == [rejected, decided]


async def test_the_journal_holds_what_each_document_moved(world: World) -> None:
    """Entries in their order, balances by currency and account, and what moves nothing left out."""
    tenant_id = world.tenant.id
    async with world.storage.write() as tx:
        [invoice] = await tx.invoices.issue([an_invoice(tenant_id)])
        [note] = await tx.adjustments.propose([issued(a_note(invoice), "e2a", T0)])
        nothing = entry_of_invoice(replace(invoice, lines=()))
        await tx.journal.post([entry_of_invoice(invoice), nothing])
        await tx.journal.post([entry_of_note(note)])
    async with world.storage.read() as tx:
        assert await tx.journal.balances(tenant_id) == {
            ("USD", "corrections"): 600,
            ("USD", "receivable"): 90 - 600,
            ("USD", "revenue"): -90,
        }
        entries = await tx.journal.entries(tenant_id)
        assert entries == [
            replace(entry_of_invoice(invoice), id=1),
            replace(entry_of_note(note), id=2),
        ]
        assert await tx.journal.entries(tenant_id, after_id=1) == entries[1:]


async def test_worked_orders_are_found_by_when_it_was_done(world: World) -> None:
    """Orders with billable events in a stretch of time, and those that were told a day late."""
    events = [
        an_event("a", "SO-2", event_type="packed", at=T0),
        an_event("b", "SO-1", event_type="pick_completed", at=T0 + MINUTE),
        an_event("c", "SO-3", event_type="order_paid", at=T0 + MINUTE),
        an_event("d", "SO-4", event_type="photo", at=T0 + DAY),
    ]
    late = an_event("e", "SO-5", event_type="label_created", at=T0 - DAY)
    await world.log.record([received(world.tenant.id, one, at=one.occurred_at) for one in events])
    await world.log.record([received(world.tenant.id, late, at=T0)])
    async with world.storage.read() as tx:
        assert await tx.worked.between(world.tenant.id, T0, T0 + DAY) == ["SO-1", "SO-2"]
        assert await tx.worked.between(world.tenant.id + 1, T0, T0 + DAY) == []
        assert await tx.worked.told_late(world.tenant.id, T0, T0 + DAY) == ["SO-5"]
        assert await tx.worked.told_late(world.tenant.id, T0 + MINUTE, T0 + DAY) == []


EDITS = (
    "UPDATE invoices SET total_cents = 1",
    "DELETE FROM invoices",
    "UPDATE invoice_lines SET amount_cents = 1",
    "DELETE FROM invoice_lines",
    "UPDATE journal SET amount_cents = 1",
    "DELETE FROM journal",
    "UPDATE adjustments SET amount_cents = 1 WHERE id = 1",
    "DELETE FROM adjustments",
)


async def test_the_database_itself_refuses_to_edit(sql: SqlWorld) -> None:
    """Issued is issued: neither invoices nor lines, journal or decided notes can be changed."""
    async with sql.storage.write() as tx:
        [invoice] = await tx.invoices.issue([an_invoice(sql.tenant.id)])
        await tx.adjustments.propose([issued(a_note(invoice), "e2a", T0)])
        await tx.journal.post([entry_of_invoice(invoice)])
    for statement in EDITS:
        with pytest.raises(StorageError):
            async with sql.storage.write() as tx:
                await tx.connection.execute(text(statement))


async def test_two_writers_share_one_series(sql: SqlWorld) -> None:
    """Whoever waits for the lock sees what the first one wrote, and goes on from there."""

    async def add(storage: SqlStorage, order_id: str) -> Invoice:
        async with storage.write() as tx:
            await tx.invoices.one_at_a_time(sql.tenant.id)
            await asyncio.sleep(0)
            [found] = await tx.invoices.issue([an_invoice(sql.tenant.id, order_id)])
            return found

    added = await asyncio.gather(*(add(sql.storage, f"SO-{number}") for number in range(8)))
    assert sorted(one.id for one in added) == list(range(1, 9))


async def test_two_replicas_bill_a_month_once(sql: SqlWorld) -> None:
    """Runs at once on one database issue each order once, in one series, and the books balance."""
    other = SqlStorage(open_engines(sql.url, busy_timeout_seconds=20))
    one, two = (
        Books(storage=storage, log=sql.log, tenant=sql.tenant) for storage in (sql.storage, other)
    )
    await one.hear([e for n in range(30) for e in shipped(f"SO-{n:02}", OPENING + n * MINUTE)])
    await asyncio.gather(*(books.run() for books in (one, two, one)))
    issued = await two.invoices()
    assert [invoice.id for invoice in issued] == list(range(1, 32))
    assert [invoice.subject for invoice in issued] == [
        *(f"SO-{n:02}" for n in range(30)),
        "2026-10",
    ]
    assert await one.owed() == 30 * 65
    await other.close()

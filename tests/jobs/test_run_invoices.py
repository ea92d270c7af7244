"""Invoices are drawn up from what was done: once, without gaps, and never edited."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jobs.bill_nights import bill_due_nights
from jobs.run_invoices import RunReport
from jobs.sum_month import MonthSum, sum_month
from policies.money.invoice_values import InvoiceKind, NoteStatus
from policies.records import Tenant
from storage.memory import MemoryStorage
from tests.jobs.books import (
    AFTER,
    DAY,
    OCTOBER,
    OPENING,
    open_books,
    shipped,
    tariffs,
    told,
)
from tests.policies.tariffs import PACKAGED

NIGHT = OPENING + timedelta(hours=18)


async def test_a_shipped_order_is_invoiced_the_next_night() -> None:
    """One invoice an order that left, with the events that prove each line; others wait."""
    books = await open_books()
    await books.hear([*shipped("SO-1"), *shipped("SO-2")[:4]])
    report = await books.night(NIGHT)
    [invoice] = report.invoices
    assert (invoice.number, invoice.order_id, invoice.period) == ("INV-000001", "SO-1", OCTOBER)
    assert [(line.code, line.amount_cents, len(line.event_ids)) for line in invoice.lines] == [
        ("pick", 30, 1),
        ("pack", 20, 1),
        ("label", 15, 1),
    ]
    assert (invoice.total_cents, report.waiting, await books.owed()) == (65, 1, 65)


async def test_a_second_run_adds_nothing() -> None:
    """However often it runs, an order has one invoice and a month one statement."""
    books = await open_books()
    await books.hear(shipped("SO-1"))
    first = await books.run()
    assert [one.kind for one in first.invoices] == [InvoiceKind.ORDER, InvoiceKind.MONTH]
    before = await books.invoices()
    for now in (AFTER, AFTER + DAY):
        again = await books.run(now=now)
        assert (again.invoices, again.notes) == ((), ())
    assert await books.invoices() == before


async def test_a_dry_run_says_and_does_nothing() -> None:
    """What would be issued is told with its amounts, without numbers, and nothing is stored."""
    books = await open_books()
    await books.hear([*shipped("SO-1"), *shipped("SO-2", picks=2)])
    would = await books.run(dry_run=True)
    assert await books.invoices() == []
    really = await books.run()
    assert [replace(one, id=0, number="") for one in really.invoices] == list(would.invoices)


@pytest.mark.parametrize(("orders", "each"), [(100, 90), (500, 85), (1000, 80)])
async def test_the_volume_of_a_month_counts(orders: int, each: int) -> None:
    """Orders of 95 cost 90, 85 or 80 at 100, 500 or 1,000 a month, whenever they were invoiced."""
    at_once, nightly = await open_books(), await open_books()
    events = [
        event
        for number in range(orders)
        for event in shipped(f"SO-{number:04}", OPENING + number * timedelta(minutes=3), picks=2)
    ]
    for books in (at_once, nightly):
        await books.hear(events)
    await at_once.run()
    assert {one.total_cents for one in await at_once.invoices() if one.order_id} == {each}
    await nightly.night(OPENING + 4 * DAY)
    assert {one.total_cents for one in await nightly.invoices()} == {95}
    closing = (await nightly.run()).invoices[-1]
    assert closing.kind is InvoiceKind.MONTH
    assert {line.amount_cents for line in closing.lines} == {each - 95}
    assert await at_once.owed() == await nightly.owed() == orders * each


async def test_a_slow_month_costs_its_minimum() -> None:
    """The statement tops the month up to what it costs at least; a month without work has none."""
    books = await open_books(PACKAGED)
    assert (await books.run()).invoices == ()
    await books.hear(shipped("SO-1"))
    closing = (await books.run()).invoices[-1]
    assert [(line.code, line.amount_cents) for line in closing.lines] == [("month_minimum", 9_935)]
    assert await books.owed() == 10_000


async def test_the_night_closes_a_month_after_its_second_day_began() -> None:
    """Late events of the last day still come into the statement, which needs nobody."""
    books = await open_books(PACKAGED)
    await books.hear(shipped("SO-1", OPENING + 29 * DAY))
    first, second = (AFTER - timedelta(days=days) for days in (3, 2))
    assert [one.kind for one in (await books.night(first)).invoices] == [InvoiceKind.ORDER]
    assert [one.kind for one in (await books.night(second)).invoices] == [InvoiceKind.MONTH]


async def test_an_order_that_rests_is_billed_as_it_is() -> None:
    """A pick without anything after it costs the minimum once nothing was heard for a week."""
    books = await open_books()
    await books.hear([told("pick_completed", "SO-1", OPENING, items=1)])
    assert (await books.night(OPENING + 6 * DAY)).invoices == ()
    [invoice] = (await books.night(OPENING + 7 * DAY, hours=200)).invoices
    assert invoice.total_cents == 50


async def test_late_events_become_notes_of_the_open_month() -> None:
    """Once a month is closed, work told late is a debit note in the next one; once only."""
    books = await open_books()
    await books.hear(shipped("SO-1"))
    await books.run()
    late = [told("label_created", "SO-1", OPENING + timedelta(hours=5))]
    await books.hear(late, at=AFTER + timedelta(hours=1))
    before = await books.invoices()
    for night in (AFTER + DAY, AFTER + 2 * DAY):
        await books.night(night)
    [note] = await books.notes()
    assert (note.amount_cents, note.cause, note.period) == (15, "late_event", "2026-11")
    assert (note.number, note.status, note.evidence) == (
        "DN-000001",
        NoteStatus.ISSUED,
        (late[0].event_id,),
    )
    assert await books.invoices() == before
    assert await books.owed() == 80


async def test_a_label_voided_after_the_invoice_is_credited() -> None:
    """A label printed and voided is not a label, even when that is heard later."""
    books = await open_books()
    await books.hear(shipped("SO-1"))
    await books.night(NIGHT)
    await books.hear([told("label_voided", "SO-1", NIGHT + timedelta(hours=1))])
    await books.night(NIGHT + DAY)
    [note] = await books.notes()
    assert (note.amount_cents, note.cause, note.number) == (-15, "later_work", "CN-000001")
    assert note.period == OCTOBER
    await books.run()
    assert await books.owed() == 50


async def test_an_order_told_after_closing_is_invoiced_in_the_open_month() -> None:
    """A whole order that comes late is priced by its day and counts in the next month."""
    books = await open_books()
    await books.hear(shipped("SO-1"))
    await books.run()
    await books.hear(shipped("SO-2", picks=2), at=AFTER)
    [invoice] = (await books.night(AFTER + DAY)).invoices
    assert (invoice.order_id, invoice.period, invoice.total_cents) == ("SO-2", "2026-11", 95)
    assert invoice.lines[0].service_date == OPENING.date()


async def test_history_that_is_loaded_is_not_billed_by_itself() -> None:
    """Orders of months that nobody billed are left alone until somebody asks for their month."""
    books = await open_books()
    await books.hear(shipped("SO-1", OPENING - 60 * DAY), at=AFTER)
    assert (await books.night(AFTER + DAY)).invoices == ()
    assert len((await books.run("2026-08")).invoices) == 2


async def test_one_order_that_cannot_be_billed_holds_up_no_other() -> None:
    """What an event states wrongly is named with its remedy; all others are invoiced."""
    books = await open_books()
    bad = told("work_done", "SO-2", OPENING, event_id="evt-7", operations={"photo": -1})
    await books.hear([*shipped("SO-1"), *shipped("SO-2"), bad])
    report = await books.run()
    assert [one.subject for one in report.invoices] == ["SO-1", OCTOBER]
    [unbillable] = report.unbillable
    assert unbillable.subject == "SO-2"
    assert "event evt-7: operations.photo: write a number from 0" in unbillable.why


async def test_the_day_of_service_chooses_the_tariff() -> None:
    """An order is priced by the version of its day, whenever it is billed."""
    books = await open_books()
    old = PACKAGED.replace("month_cents: 10000", "month_cents: 0")
    new = old.replace('version: "1"', 'version: "2"').replace("2026-01-01", "2026-10-15")
    books.tariffs = tariffs(old, new.replace("cents: 15}", "cents: 25}"))
    await books.hear([*shipped("SO-1"), *shipped("SO-2", OPENING + 20 * DAY)])
    await books.run()
    found = [(one.total_cents, one.lines[0].tariff_version) for one in (await books.invoices())[:2]]
    assert found == [(65, "1"), (75, "2")]


@pytest.mark.parametrize("currency", ["JPY", "KWD"])
async def test_every_currency_counts_in_its_own_units(currency: str) -> None:
    """Yen have no decimals and dinars three; the books of each balance."""
    text = PACKAGED.replace("currency: USD", f"currency: {currency}")
    books = await open_books(text)
    await books.hear(shipped("SO-1"))
    await books.run()
    assert {one.currency for one in await books.invoices()} == {currency}
    assert await books.owed() == 10_000


async def test_a_month_of_two_currencies_is_refused() -> None:
    """Amounts of two currencies are never added: the month is named with what to do."""
    books = await open_books()
    other = PACKAGED.replace('version: "1"', 'version: "2"').replace("2026-01-01", "2026-10-15")
    books.tariffs = tariffs(PACKAGED, other.replace("currency: USD", "currency: EUR"))
    await books.hear(shipped("SO-1"))
    report = await books.run()
    assert report.invoices == ()
    assert "bill each currency by itself" in report.unbillable[0].why


async def test_nights_bill_each_client_in_its_own_zone() -> None:
    """At 02:00 where the client is, once a day; what it came to is told."""
    books = await open_books()
    await books.hear(shipped("SO-1"))
    told_of: list[tuple[str, int]] = []

    async def hear(tenant: Tenant, report: RunReport) -> None:
        told_of.append((tenant.name, len(report.invoices)))

    async with books.storage.write() as tx:
        await tx.tenants.add(Tenant(id=0, name="globex", timezone="America/New_York"))
    for hour, ran in ((1, 0), (2, 1), (3, 0), (5, 0), (6, 1), (7, 0)):
        now = (OPENING + DAY).replace(hour=hour)
        billed = await bill_due_nights(
            storage=books.storage, tariffs=books.tariffs, now=now, wall_now=now, told=hear
        )
        assert billed == ran, hour
    assert told_of == [("acme", 1), ("globex", 0)]


async def test_a_statement_says_what_its_month_came_to() -> None:
    """Invoices of orders, the statement and the notes that count in the month."""
    books = await open_books(PACKAGED)
    await books.hear([*shipped("SO-1"), *shipped("SO-2")])
    await books.night(NIGHT)
    await books.hear([told("label_voided", "SO-1", NIGHT)])
    await books.run()
    async with books.storage.read() as tx:
        found = await sum_month(tx, books.tenant.id, OCTOBER)
    assert found == MonthSum(
        orders=2, orders_cents=130, statement_cents=9_885, notes=1, notes_cents=-15
    )
    assert found.total_cents == await books.owed() == 10_000


async def test_what_was_let_go_is_not_credited() -> None:
    """Where events are past their days an invoice stands, and what comes then is told by name."""
    books = await open_books()
    await books.hear([*shipped("SO-1", picks=9), *shipped("SO-2", picks=9)])
    await books.run()
    assert isinstance(books.storage, MemoryStorage)
    rows = books.storage.state.events
    for key, row in list(rows.items()):
        if row.event.order_id == "SO-1":
            del rows[key]
        else:
            rows[key] = replace(row, event=replace(row.event, payload={}))
    assert (await books.run(now=AFTER + DAY)).notes == ()
    back = told("return_processed", "SO-1", AFTER + DAY)
    await books.hear([back])
    report = await books.night(AFTER + 2 * DAY)
    assert (report.notes, [one.subject for one in report.unbillable]) == ((), ["SO-1"])

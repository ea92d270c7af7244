"""Every invoice is proved: what is wrong is found once, with its cause, and corrected once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from jobs.check_invoices import Checking, check_month
from jobs.views.findings import CheckReport
from policies.money.findings.filed import FiledFinding, FindingState
from policies.money.findings.finding import Cause
from policies.money.invoice_values import Adjustment, Approval, Invoice, InvoiceLine, NoteStatus
from policies.money.remedy import Credit, Remedy
from policies.promises import Promises
from tests.jobs.books import (
    AFTER,
    DAY,
    OCTOBER,
    OPENING,
    Books,
    open_books,
    shipped,
    told,
)
from tests.policies.tariffs import PACKAGED
from tests.storage.builders import PICK, clocks_of

NIGHT = OPENING + timedelta(hours=18)
NOTHING_PROMISED = Promises(rules=())


async def check(
    books: Books,
    now: datetime = AFTER,
    *,
    dry_run: bool = False,
    promises: Promises = NOTHING_PROMISED,
) -> CheckReport:
    """Proves October."""
    checking = Checking(storage=books.storage, tariffs=books.tariffs, promises=promises)
    return await check_month(books.tenant, OCTOBER, checking=checking, now=now, dry_run=dry_run)


async def bill(books: Books, order_id: str, **amounts: tuple[int, int]) -> Invoice:
    """An invoice that another system drew up: quantity and price by code."""
    would = await books.run(dry_run=True)
    invoice = next(one for one in would.invoices if one.order_id == order_id)
    lines: list[InvoiceLine] = []
    for code, (quantity, cents) in amounts.items():
        line = next((one for one in invoice.lines if one.code == code), invoice.lines[0])
        lines.append(
            replace(
                line,
                number=len(lines) + 1,
                code=code,
                quantity=quantity,
                unit_cents=cents,
                amount_cents=quantity * cents,
            )
        )
    async with books.storage.write() as tx:
        await tx.invoices.one_at_a_time(books.tenant.id)
        [issued] = await tx.invoices.issue([replace(invoice, lines=tuple(lines))])
    return issued


async def notes(books: Books) -> list[Adjustment]:
    """All corrections, oldest first."""
    async with books.storage.read() as tx:
        return (await tx.adjustments.find([books.tenant.id]))[::-1]


async def findings(books: Books, *states: FindingState) -> list[FiledFinding]:
    """All findings that stand so."""
    async with books.storage.read() as tx:
        return await tx.findings.find([books.tenant.id], states=states or tuple(FindingState))


async def test_what_was_billed_rightly_is_no_finding() -> None:
    """Orders of a month and its statement, as they were drawn up, prove themselves."""
    books = await open_books()
    await books.hear([*shipped("SO-1"), *shipped("SO-2", picks=3)])
    await books.night(NIGHT)
    assert (await check(books, NIGHT + DAY)).found == ()
    await books.run()
    report = await check(books)
    assert (report.found, report.orders, report.invoices) == ((), 2, 3)
    assert report.expected_cents == report.billed_cents


async def test_an_invoice_of_9999_for_70_is_corrected_once() -> None:
    """One adjustment of -9929, however often the check runs."""
    books = await open_books()
    lay = told("work_done", "SO-1", OPENING, operations={"storage_days": 1})
    await books.hear([*shipped("SO-1"), lay])
    await bill(books, "SO-1", pick=(1, 30), pack=(1, 20), label=(1, 9944), storage=(1, 5))
    first = await check(books)
    assert [(one.cause, one.difference_cents) for one in first.found] == [(Cause.RATE, -9929)]
    for _ in range(3):
        again = await check(books)
        assert (again.filed, again.notes, again.unchanged) == (0, (), True)
    [note] = await notes(books)
    assert (note.amount_cents, note.status, note.approval) == (
        -9929,
        NoteStatus.PROPOSED,
        Approval.LEAD,
    )
    [filed] = await findings(books)
    assert (filed.state, filed.adjustment_id) == (FindingState.OPEN, note.id)


async def test_a_small_difference_is_corrected_by_itself() -> None:
    """Under the tariff's limit the note goes out at once, and the books still balance."""
    books = await open_books()
    await books.hear(shipped("SO-1"))
    await bill(books, "SO-1", pick=(2, 30), pack=(1, 20), label=(1, 15))
    await check(books)
    [note] = await notes(books)
    assert (note.amount_cents, note.status) == (-30, NoteStatus.ISSUED)
    [filed] = await findings(books, FindingState.ACCEPTED)
    assert (filed.decided_by, filed.finding.cause) == ("e2a", Cause.QUANTITY)
    assert (await check(books)).filed == 0


async def test_a_dry_run_files_nothing() -> None:
    """It says what would be found, and nothing is kept."""
    books = await open_books()
    await books.hear(shipped("SO-1"))
    await bill(books, "SO-1", pick=(2, 30), pack=(1, 20), label=(1, 15))
    report = await check(books, dry_run=True)
    assert (len(report.found), report.filed, report.dry_run) == (1, 0, True)
    assert (await findings(books), await notes(books)) == ([], [])


async def test_an_order_that_is_done_may_wait_for_its_night() -> None:
    """What shipped today is billed tonight; what was not billed then is a finding."""
    books = await open_books()
    await books.hear(shipped("SO-1"))
    assert (await check(books, NIGHT)).found == ()
    [found] = (await check(books, NIGHT + 2 * DAY)).found
    assert (found.cause, found.difference_cents) == (Cause.ORDER_NOT_BILLED, 65)
    await books.run()
    assert (await check(books)).found == ()
    [gone] = await findings(books)
    assert gone.state is FindingState.GONE


async def test_an_invoice_for_an_order_that_nobody_knows_is_found() -> None:
    """Every line is asked for an event, also where there is no order at all."""
    books = await open_books()
    await books.hear(shipped("SO-1"))
    strange = await bill(books, "SO-1", pick=(1, 30), pack=(1, 20), label=(1, 15))
    async with books.storage.write() as tx:
        lines = tuple(replace(line, order_id="SO-9") for line in strange.lines)
        await tx.invoices.one_at_a_time(books.tenant.id)
        await tx.invoices.issue([replace(strange, subject="SO-9", lines=lines)])
    [found] = (await check(books)).found
    assert (found.cause, found.order_id, found.difference_cents) == (
        Cause.UNKNOWN_ORDER,
        "SO-9",
        -65,
    )


async def test_a_late_event_that_was_corrected_already_is_no_finding() -> None:
    """What the run of invoices put right with a note of its own is right."""
    books = await open_books()
    await books.hear(shipped("SO-1"))
    await books.night(NIGHT)
    late = told("label_created", "SO-1", OPENING + timedelta(hours=3), event_id="z2")
    await books.hear([late], at=NIGHT + 2 * DAY)
    await books.night(NIGHT + 3 * DAY)
    before = await notes(books)
    assert [note.amount_cents for note in before] == [15]
    report = await check(books, NIGHT + 3 * DAY)
    assert (report.filed, report.notes) == (0, ())
    assert await notes(books) == before


async def test_what_turns_out_to_be_right_is_withdrawn() -> None:
    """An event that comes after the finding proves the line: finding and note go."""
    books = await open_books()
    await books.hear(shipped("SO-1"))
    await bill(books, "SO-1", pick=(1, 30), pack=(1, 20), label=(1, 15), custom_packaging=(3, 200))
    await check(books)
    [filed] = await findings(books, FindingState.OPEN)
    assert filed.finding.cause is Cause.NO_EVENT
    made = [
        told("custom_packaging_used", "SO-1", OPENING + timedelta(hours=2), event_id=f"b{place}")
        for place in range(3)
    ]
    await books.hear(made, at=AFTER)
    assert (await check(books, AFTER + DAY)).found == ()
    [gone] = await findings(books)
    [note] = await notes(books)
    assert (gone.state, note.status) == (FindingState.GONE, NoteStatus.REJECTED)


@pytest.mark.parametrize(
    ("cents", "cause"), [(1, Cause.ROUNDING), (-1, Cause.ROUNDING), (250, Cause.MINIMUM)]
)
async def test_the_statement_of_a_month_is_proved_too(cents: int, cause: Cause) -> None:
    """A month's minimum that is off is found, and by how much."""
    books = await open_books(PACKAGED)
    await books.hear(shipped("SO-1"))
    await books.night(NIGHT)
    would = (await books.run(dry_run=True)).invoices[-1]
    [line] = would.lines
    wrong = line.unit_cents + cents
    lines = (replace(line, unit_cents=wrong, amount_cents=wrong),)
    async with books.storage.write() as tx:
        await tx.invoices.one_at_a_time(books.tenant.id)
        await tx.invoices.issue([replace(would, lines=lines)])
    [found] = (await check(books)).found
    assert (found.cause, found.difference_cents, found.on_statement) == (cause, -cents, True)
    assert (await check(books)).filed == 0


async def test_a_broken_promise_owes_its_credit_once() -> None:
    """What was due in the month and late is credited by a note; the next night finds it given."""
    books = await open_books()
    late = shipped("SO-1", OPENING)
    paid = told("order_paid", "SO-1", OPENING - timedelta(hours=3), event_id="early")
    await books.hear([paid, *late[1:], *shipped("SO-2")])
    await books.night(NIGHT)
    rule = replace(PICK, remedy=Remedy(credit=Credit(cents=40), code="late_pick"))
    clocks = [
        (books.tenant.id, one)
        for events in ([paid, *late[1:]], shipped("SO-2"))
        for one in clocks_of(*events, now=NIGHT)
    ]
    async with books.storage.write() as tx:
        await tx.clocks.save(clocks, NIGHT)
    promises = Promises(rules=(rule,))
    [found] = (await check(books, NIGHT, promises=promises)).found
    assert (found.order_id, found.cause, found.code) == ("SO-1", Cause.CREDIT_OWED, "late_pick")
    assert found.difference_cents == -40
    [note] = await notes(books)
    assert (note.status, note.amount_cents) == (NoteStatus.ISSUED, -40)
    again = await check(books, NIGHT + DAY, promises=promises)
    assert (again.found, again.filed, again.unchanged) == ((), 0, True)
    [undue] = (await check(books, NIGHT + DAY)).found
    assert (undue.cause, undue.difference_cents) == (Cause.CREDIT_NOT_OWED, 40)

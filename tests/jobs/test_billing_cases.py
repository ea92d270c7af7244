"""The original's billing cases, told as events and invoiced."""

from datetime import timedelta

import pytest

from policies.facts import OrderEvent
from policies.money.invoicing import charge_alone, order_invoice
from policies.money.notes import correction
from policies.money.pricing import ChargeLine
from tests.jobs.books import AFTER, DAY, OCTOBER, OPENING, open_books, shipped, told
from tests.policies.test_pricing import CASES

ALONE = [(operations, flags, cents) for operations, flags, orders, cents in CASES if orders < 100]
"""Without those of a month's volume, for which test_run_invoices.py ships so many orders."""


def as_told(operations: dict[str, int], flags: list[str]) -> list[OrderEvent]:
    """What was done for SO-1 as a warehouse tells it: by kinds where there are, else in counts."""
    left = dict(operations)
    events = [told("order_paid", "SO-1", OPENING, flags=flags)]
    if picks := left.pop("pick", 0):
        events.append(told("pick_completed", "SO-1", OPENING, items=picks))
    for name, kind in (("label", "label_created"), ("returns", "return_processed")):
        events += [
            told(kind, "SO-1", OPENING + timedelta(minutes=place), tracking_number=f"1Z{place}")
            for place in range(left.pop(name, 0))
        ]
    if days := left.pop("storage_days", 0):
        events.append(told("storage_started", "SO-1", OPENING - (days - 1) * DAY))
        events.append(told("storage_ended", "SO-1", OPENING + timedelta(minutes=1)))
    return [*events, told("work_done", "SO-1", OPENING, operations=left)]


@pytest.mark.parametrize(("operations", "flags", "cents"), ALONE)
async def test_the_originals_cases_through_stored_events(
    operations: dict[str, int], flags: list[str], cents: int
) -> None:
    """Every case of the original's table is invoiced at what `bill rate` says."""
    books = await open_books()
    await books.hear(as_told(operations, flags))
    report = await books.run()
    assert report.unbillable == ()
    assert sum(one.total_cents for one in report.invoices) == cents == await books.owed()


async def test_an_invoice_of_9999_for_work_of_70_is_corrected_once() -> None:
    """One note of -9929, however often somebody asks for it."""
    books = await open_books()
    await books.hear(
        [
            *shipped("SO-1"),
            told("work_done", "SO-1", OPENING, event_id="stored", operations={"storage_days": 1}),
        ]
    )
    billed = books.billed
    found = await books.gathered("SO-1")
    wrong = [ChargeLine(code="pick", quantity=1, unit_cents=9999)]
    async with books.storage.write() as tx:
        drawn = order_invoice(billed, found, tuple(wrong), period=OCTOBER, now=AFTER)
        [invoice] = await tx.invoices.issue([drawn])
    right = charge_alone(billed, found)
    wanted = correction(billed, found, right, [invoice], [])
    assert wanted is not None
    for _ in range(3):
        await books.propose(wanted)
    [note] = await books.notes()
    assert (note.amount_cents, note.status, note.approval.value) == (-9929, "proposed", "lead")
    assert correction(billed, found, right, [invoice], [note]) is None

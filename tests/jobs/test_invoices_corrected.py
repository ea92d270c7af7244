"""What was told of an order after its invoice, in whatever order: it ends at what is due."""

from datetime import timedelta

import pytest

from jobs.check_invoices import Checking, check_month
from policies.facts import OrderEvent
from policies.money.periods import first_of, span_of
from policies.money.usage import UsageError
from policies.promises import Promises
from tests.jobs.books import AFTER, DAY, OCTOBER, OPENING, open_books, shipped, told
from tests.policies.tariffs import TABLES, with_lines

NIGHT = OPENING + timedelta(hours=18)
HOUR = timedelta(hours=1)
TENTH = with_lines("code: insurance, cents: 2, per: photo", beside="tax: {standard: 10}\n")


def photos(place: int, many: int) -> OrderEvent:
    """So many photos, in the place of what was told of them before."""
    before = {"corrects": f"photos-{place - 1}"} if place else {}
    at = OPENING + 3 * HOUR + place * timedelta(minutes=1)
    counts = {"photo": many}
    return told("work_done", "SO-1", at, event_id=f"photos-{place}", operations=counts, **before)


@pytest.mark.parametrize("counts", [(1, 0), (1, 2, 1, 2), (1, 2, 0, 1)])
async def test_what_was_corrected_may_be_corrected_again(counts: tuple[int, ...]) -> None:
    """However often somebody changes what was told, the books come to what is due then."""
    books = await open_books()
    await books.hear(shipped("SO-1"))
    await books.night(NIGHT)
    for place, many in enumerate(counts):
        heard = NIGHT + place * DAY + HOUR
        await books.hear([photos(place, many)], at=heard)
        await books.night(heard + DAY - HOUR)
        assert await books.owed() == 65 + 25 * many
        again = await books.night(heard + DAY)
        assert again.notes == ()


async def test_what_is_told_ahead_of_its_time_is_billed_later() -> None:
    """An event that was heard before the invoice and happened after it becomes a note."""
    books = await open_books()
    ahead = told("work_done", "SO-1", NIGHT + HOUR, operations={"photo": 1})
    await books.hear([*shipped("SO-1"), ahead], at=NIGHT - HOUR)
    await books.night(NIGHT)
    assert await books.owed() == 65
    await books.night(NIGHT + DAY)
    assert await books.owed() == 90


async def test_a_correction_is_taxed_with_what_it_corrects() -> None:
    """Invoice and note have together the tax of the whole order, rounded once."""
    books, at_once = await open_books(TENTH), await open_books(TENTH)
    await books.hear(shipped("SO-1"))
    await books.night(NIGHT)
    await books.hear([photos(0, 1)], at=NIGHT + HOUR)
    await books.night(NIGHT + DAY)
    await at_once.hear([*shipped("SO-1"), photos(0, 1)])
    await at_once.night(NIGHT)
    assert await books.owed() == await at_once.owed()


async def test_an_order_without_a_price_holds_up_no_proof() -> None:
    """The others of its month are proved, and it is named."""
    books = await open_books(with_lines("code: freight, freight: ups", beside=TABLES))
    nowhere = {"from": "ATL1", "to": "9", "weight_lb": 3}
    label = told("label_created", "SO-2", OPENING + 3 * HOUR, parcel=nowhere)
    await books.hear([*shipped("SO-1"), *shipped("SO-2")[:3], label])
    await books.run()
    checking = Checking(storage=books.storage, tariffs=books.tariffs, promises=Promises(rules=()))
    report = await check_month(books.tenant, OCTOBER, checking=checking, now=AFTER)
    assert ([one.subject for one in report.unbillable], report.found) == (["SO-2"], ())
    assert (report.invoices, report.expected_cents) == (2, 65)


@pytest.mark.parametrize("period", ["9999-12", "0001-01", "2026-13"])
def test_a_month_at_the_end_of_time_is_none(period: str) -> None:
    """It is refused by name, whatever the time zone."""
    with pytest.raises(UsageError, match="is no month"):
        first_of(period)
    with pytest.raises(UsageError, match="is no month"):
        span_of(period, "Asia/Tokyo")

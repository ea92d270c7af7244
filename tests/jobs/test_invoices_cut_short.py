"""A run that is killed at any point is made up by the next one, to the last byte."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from jobs.decide_note import decide_note
from policies.money.invoice_values import Adjustment, NoteStatus, Wanted
from policies.money.notes import Decided, Decider
from storage.memory import MemoryStorage, MemoryTransaction
from tests.jobs.books import AFTER, OPENING, Books, open_books, shipped, told

ORDERS = 12


class Killed(Exception):  # noqa: N818 - no error of ours: the process is gone
    """The process is gone."""


class MortalStorage(MemoryStorage):
    """Dies at its n-th commit: just before it, or just after it."""

    def __init__(self) -> None:
        super().__init__()
        self.commits, self.dies_at, self.after = 0, 0, False

    @asynccontextmanager
    async def write(self) -> AsyncIterator[MemoryTransaction]:
        """As the storage's own, until its time has come."""
        self.commits += 1
        last = self.commits == self.dies_at
        async with super().write() as tx:
            yield tx
            if last and not self.after:
                raise Killed
        if last:
            raise Killed


async def a_month(storage: MortalStorage) -> Books:
    """Books with invoiced orders of which more is known now, and others that are not invoiced."""
    opened = await open_books()
    books = Books(storage=storage, tariffs=opened.tariffs)
    async with storage.write() as tx:
        books.tenant = await tx.tenants.add(opened.tenant)
    for number in range(ORDERS // 2):
        await books.hear(shipped(f"SO-{number}", OPENING + timedelta(minutes=number)))
    await books.night(OPENING + timedelta(days=1))
    for number in range(ORDERS // 2, ORDERS):
        await books.hear(shipped(f"SO-{number}", OPENING + timedelta(minutes=number), picks=2))
    late = [
        told("photo_taken", f"SO-{number}", OPENING + timedelta(hours=5), event_id=f"late-{number}")
        for number in range(4)
    ]
    await books.hear(late, at=OPENING + timedelta(days=2))
    storage.commits = 0
    return books


async def bytes_of(books: Books) -> str:
    """All that is on the books and on the trail."""
    async with books.storage.read() as tx:
        entries = await tx.journal.entries(books.tenant.id)
    return repr((await books.invoices(), await books.notes(), entries))


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two invoices a transaction, so that there are many points to die at."""
    for module in ("bill_month", "correct_orders"):
        monkeypatch.setattr(f"jobs.{module}.PORTION", 2)


@pytest.mark.parametrize("after", [False, True])
async def test_a_run_that_was_killed_is_made_up(*, after: bool) -> None:
    """Killed before or after each of its commits, the next run gives the same as one whole run."""
    whole = MortalStorage()
    books = await a_month(whole)
    await books.run()
    expected, points = await bytes_of(books), whole.commits
    assert points > ORDERS // 4 + 2
    for point in range(1, points + 1):
        storage = MortalStorage()
        storage.after = after
        books = await a_month(storage)
        storage.dies_at = point
        with pytest.raises(Killed):
            await books.run()
        await books.run()
        assert await bytes_of(books) == expected, point


async def test_runs_at_once_are_one() -> None:
    """Five replicas that bill the same month at once issue each invoice once, in one series."""
    books = await a_month(MortalStorage())
    await books.run()
    expected = await bytes_of(books)
    books = await a_month(MortalStorage())
    await asyncio.gather(*(books.run() for _ in range(5)))
    assert await bytes_of(books) == expected


async def test_approving_ten_times_at_once_gives_one_note() -> None:
    """The first click issues it; the others hear that it was decided."""
    books = await open_books()
    await books.hear(shipped("SO-1", picks=30))
    await books.run()
    wanted = Wanted(key="k", invoice_id=1, amount_cents=-600, cause="rate", proposed_by="e2a")
    [note] = await books.propose(wanted)
    assert note.status is NoteStatus.PROPOSED

    async def approve(number: int) -> object:
        return await decide_note(
            books.tenant.id,
            note.id,
            Decider(name=f"slack:U{number % 3}"),
            approve=True,
            storage=books.storage,
            now=AFTER,
        )

    outcomes = await asyncio.gather(*(approve(number) for number in range(10)))
    assert sum(isinstance(one, Adjustment) for one in outcomes) == 1
    assert sum(isinstance(one, Decided) for one in outcomes) == 9
    [issued] = await books.notes()
    assert (issued.number, issued.status) == ("CN-000001", NoteStatus.ISSUED)
    assert await books.owed() == 935 - 600

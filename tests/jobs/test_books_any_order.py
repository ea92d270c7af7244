"""Whatever happens in whatever order, the books balance and nothing issued is ever changed.

`E2A_TEST_BOOKS=500` goes through so many histories.
"""

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from jobs.decide_note import decide_note
from policies.money.invoice_values import Adjustment, Approval, Invoice, NoteStatus, Wanted
from policies.money.notes import Decider, NotTheirs
from tests.jobs.books import DAY, OCTOBER, OPENING, Books, open_books, shipped, told

T = TypeVar("T")
RUNS = int(os.environ.get("E2A_TEST_BOOKS", "6"))
orders = st.sampled_from([f"SO-{number}" for number in range(4)])
people = st.sampled_from(["slack:U1", "slack:U2"])


class AnyOrder(RuleBasedStateMachine):
    """Orders, late events, nights, runs of the month, proposals and decisions."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.books: Books = self.do(open_books)
        self.now = OPENING + DAY
        self.told = 0
        self.issued: list[Invoice] = []
        self.decided: dict[int, Adjustment] = {}

    def do(self, work: Callable[[], Coroutine[object, object, T]]) -> T:
        """Runs to the end."""
        return self.loop.run(work())

    def teardown(self) -> None:
        """Lets the loop go."""
        self.loop.close()

    @rule(order_id=orders, picks=st.integers(1, 40), day=st.integers(0, 40))
    def ship(self, order_id: str, picks: int, day: int) -> None:
        """An order is picked, packed and shipped; the same one again is a repetition."""
        events = shipped(order_id, OPENING + day * DAY, picks=picks)
        self.do(lambda: self.books.hear(events, at=self.now))

    @rule(
        order_id=orders,
        kind=st.sampled_from(["photo", "label_created", "label_voided", "return_processed"]),
        day=st.integers(0, 40),
    )
    def tell_more(self, order_id: str, kind: str, day: int) -> None:
        """Something else was done, and is told now."""
        self.told += 1
        event = told(kind, order_id, OPENING + day * DAY, event_id=f"more-{self.told}")
        self.do(lambda: self.books.hear([event], at=self.now))

    @rule(days=st.integers(1, 12))
    def sleep(self, days: int) -> None:
        """Time passes, and a night bills."""
        self.now += days * DAY
        self.do(lambda: self.books.night(self.now))

    @rule(period=st.sampled_from([OCTOBER, "2026-11"]))
    def run_month(self, period: str) -> None:
        """Somebody bills a month, twice."""
        self.do(lambda: self.books.run(period, now=self.now))
        again = self.do(lambda: self.books.run(period, now=self.now))
        assert (again.invoices, again.notes) == ((), ())

    @rule(amount=st.sampled_from([-2001, -500, -499, 3, 2000]), who=people)
    def propose(self, amount: int, who: str) -> None:
        """Somebody wants the latest invoice corrected."""
        invoices = self.do(self.books.invoices)
        if invoices:
            wanted = Wanted(
                key=f"by hand {amount} on {invoices[-1].id}",
                invoice_id=invoices[-1].id,
                amount_cents=amount,
                cause="rate",
                proposed_by=who,
            )
            self.do(lambda: self.books.propose(wanted, now=self.now))

    @rule(note_id=st.integers(1, 6), who=people, approve=st.booleans(), lead=st.booleans())
    def decide(self, note_id: int, who: str, *, approve: bool, lead: bool) -> None:
        """Somebody decides on a note; never on their own proposal."""
        outcome = self.do(
            lambda: decide_note(
                self.books.tenant.id,
                note_id,
                Decider(name=who, lead=lead),
                approve=approve,
                storage=self.books.storage,
                now=self.now,
            )
        )
        if isinstance(outcome, Adjustment):
            assert lead or outcome.approval is not Approval.LEAD
            assert not approve or outcome.proposed_by != who
        assert not isinstance(outcome, NotTheirs) or outcome.why

    @invariant()
    def the_books_balance(self) -> None:
        """What the client owes is the sum of what was issued; the accounts sum to 0."""
        invoices, notes = self.do(self.books.invoices), self.do(self.books.notes)
        issued = [note for note in notes if note.status is NoteStatus.ISSUED]
        asked = sum(one.total_cents for one in invoices)
        assert self.do(self.books.owed) == asked + sum(note.amount_cents for note in issued)

    @invariant()
    def nothing_issued_changes(self) -> None:
        """Invoices are added at the end, and a decided note stays as it is."""
        invoices, notes = self.do(self.books.invoices), self.do(self.books.notes)
        assert invoices[: len(self.issued)] == self.issued
        self.issued = invoices
        for note_id, note in self.decided.items():
            assert notes[note_id - 1] == note
        self.decided = {n.id: n for n in notes if n.status is not NoteStatus.PROPOSED}

    @invariant()
    def numbers_have_no_gaps(self) -> None:
        """Invoices, credit notes and debit notes are each numbered from 1, in any order issued."""
        invoices, notes = self.do(self.books.invoices), self.do(self.books.notes)
        for series in ([one.number for one in invoices], *_series(notes)):
            numbers = sorted(int(number.split("-")[1]) for number in series)
            assert numbers == list(range(1, len(numbers) + 1))


def _series(notes: list[Adjustment]) -> tuple[list[str], list[str]]:
    issued = [note.number for note in notes if note.number]
    return [n for n in issued if n[:2] == "CN"], [n for n in issued if n[:2] == "DN"]


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=RUNS, stateful_step_count=20, deadline=None)

"""What the nightly proof of invoices left in the workspace: findings, and notes that correct.

Must not count them; billing_truths.py does.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.asking.workspace import NOW
from policies.money.findings.filed import FiledFinding, FindingState
from policies.money.findings.finding import Cause, Finding
from policies.money.invoice_values import Adjustment, Approval, NoteStatus
from storage.memory import MemoryStorage

_MONTHS = ("2026-02", "2026-03")
_CAUSES = ("no_event", "not_billed", "twice", "rate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """A finding or a note, plainly: `cents` are too much where they are below 0."""

    number: int
    tenant: int
    month: str
    cause: str
    state: str
    cents: int


def found(seed: int = 7) -> tuple[Billed, ...]:
    """The findings."""
    states = ("open", "open", "open", "accepted", "disputed", "our_error")
    return tuple(_made(random.Random(seed), 48, states))  # noqa: S311 - the same in every run


def noted(seed: int = 8) -> tuple[Billed, ...]:
    """The notes."""
    states = ("proposed", "proposed", "approved", "rejected", "issued")
    return tuple(_made(random.Random(seed), 36, states))  # noqa: S311 - the same in every run


def _made(luck: random.Random, count: int, states: Sequence[str]) -> Iterator[Billed]:
    for number in range(1, count + 1):
        yield Billed(
            number=number,
            tenant=luck.choice((1, 1, 2, 3, 4)),
            month=luck.choice(_MONTHS),
            cause=luck.choice(_CAUSES),
            state=luck.choice(states),
            cents=luck.choice((-1, 1)) * luck.randrange(5, 4000),
        )


async def bill(storage: MemoryStorage) -> None:
    """Puts them where E2A keeps them."""
    notes = noted()
    async with storage.write() as tx:
        await tx.findings.add([_filed(one) for one in found()])
        for tenant_id in sorted({one.tenant for one in notes}):
            await tx.invoices.one_at_a_time(tenant_id)
            await tx.adjustments.propose([_note(one) for one in notes if one.tenant == tenant_id])


def _filed(one: Billed) -> FiledFinding:
    finding = Finding(
        order_id=f"B-{one.number}",
        invoice_id=one.number,
        invoice=f"INV-{one.number}",
        code="pick",
        cause=Cause(one.cause),
        expected_cents=5000 + one.cents,
        billed_cents=5000,
        currency="USD",
        tariff_version="1",
    )
    state = FindingState(one.state)
    return FiledFinding(
        tenant_id=one.tenant, period=one.month, finding=finding, found_at=NOW, state=state
    )


def _note(one: Billed) -> Adjustment:
    return Adjustment(
        tenant_id=one.tenant,
        key=f"note-{one.number}",
        invoice_id=one.number,
        invoice_number=f"INV-{one.number}",
        amount_cents=one.cents,
        currency="USD",
        cause=one.cause,
        approval=Approval.LEAD,
        period=one.month,
        proposed_by="e2a",
        proposed_at=NOW,
        status=NoteStatus(one.state),
    )

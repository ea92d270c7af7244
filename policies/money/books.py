"""The books by double entry: what each document posts, and what must hold before it is issued.

Must not store an entry.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from policies.money.currency import one_currency
from policies.money.invoice_values import Adjustment, Invoice, JournalEntry
from policies.money.lines import TAX

RECEIVABLE, REVENUE, TAXES, CORRECTIONS = "receivable", "revenue", "tax", "corrections"
"""What clients owe, what was earned, what is owed to the tax office, what notes changed."""


class UnsoundError(ValueError):
    """An invoice does not add up and is not issued; the text says where."""


def entry_of_invoice(invoice: Invoice) -> JournalEntry:
    """What is asked for is owed by the client, earned, and in part owed as tax."""
    tax = sum(line.amount_cents for line in invoice.lines if line.code.startswith(TAX))
    postings = {RECEIVABLE: invoice.total_cents, REVENUE: tax - invoice.total_cents, TAXES: -tax}
    return JournalEntry(
        tenant_id=invoice.tenant_id,
        document=invoice.number,
        period=invoice.period,
        at=invoice.issued_at,
        currency=invoice.currency,
        postings=_moving(postings),
    )


def entry_of_note(note: Adjustment) -> JournalEntry:
    """What an issued note changes in what the client owes.

    Raises:
        UnsoundError: it is not issued.
    """
    if note.issued_at is None:
        message = f"note {note.id} is {note.status}, so it moves no money"
        raise UnsoundError(message)
    return JournalEntry(
        tenant_id=note.tenant_id,
        document=note.number,
        period=note.period,
        at=note.issued_at,
        currency=note.currency,
        postings=_moving({RECEIVABLE: note.amount_cents, CORRECTIONS: -note.amount_cents}),
    )


def refuse_unsound(invoice: Invoice) -> None:
    """Looks an invoice over before it is issued.

    Raises:
        UnsoundError: a line is not its quantity times its price, a measure is -0, or a line is
            not numbered in its place.
        MixedCurrenciesError: its lines are in several currencies.
    """
    one_currency([invoice.currency, *(line.currency for line in invoice.lines)])
    for place, line in enumerate(invoice.lines, start=1):
        where = f"{invoice.kind} {invoice.subject}, line {line.number} ({line.code})"
        if line.number != place:
            message = f"{where}: it stands in place {place}"
            raise UnsoundError(message)
        if line.amount_cents != line.quantity * line.unit_cents:
            message = f"{where}: {line.quantity} x {line.unit_cents} is not {line.amount_cents}"
            raise UnsoundError(message)
        if line.measured is not None and line.measured.is_signed() and not line.measured:
            message = f"{where}: there is no -0; write 0"
            raise UnsoundError(message)


def difference(entries: Iterable[JournalEntry]) -> Mapping[str, int]:
    """By how much the books do not balance, by currency; empty where they do."""
    sums: Counter[str] = Counter()
    for entry in entries:
        sums[entry.currency] += sum(entry.postings.values())
    return {currency: cents for currency, cents in sums.items() if cents}


def _moving(postings: Mapping[str, int]) -> Mapping[str, int]:
    return {account: cents for account, cents in postings.items() if cents}

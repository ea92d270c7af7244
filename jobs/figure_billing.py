"""Figures of the nightly proof of invoices: findings and the notes that correct, by month.

Must not decide on a finding or a note; these are counted, and the money is added up by currency.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import TypeVar

from jobs.figure_cases import Case, Told
from policies.money.cents import money
from policies.money.findings.filed import FindingState, TenantCluster
from policies.money.invoice_values import Adjustment, NoteKind, NoteStatus
from policies.questions import told
from policies.questions.shape import Split
from policies.questions.windows import month_of

_PAGE, _MOST_READ = 500, 20_000
Row = TypeVar("Row")


async def findings(case: Case) -> Told:
    """How many there are, and what was billed too high and too low."""
    state = FindingState(case.asked.state or FindingState.OPEN)
    found = await case.tx.findings.clusters(case.ids, states=(state,), period=_month(case))
    count = sum(one.cluster.count for one in found)
    head = f"{told.counted(count, 'finding')} {_word(state)}{_when(case)}"
    if not found:
        return Told(lines=(f"{head}.",))
    sums = [
        f"{sum(one.cluster.count for one in some)} billed too {way} by "
        f"{_amounts((abs(one.cluster.difference_cents), one.cluster.key.currency) for one in some)}"
        for way, over in (("high", True), ("low", False))
        if (some := [one for one in found if one.cluster.key.over is over])
    ]
    return Told(lines=(f"{head}: {', '.join(sums)}.", *_kinds(case, found, _cluster_counts)))


def _cluster_counts(case: Case, found: Sequence[TenantCluster]) -> Counter[str]:
    by_cause = case.asked.split is Split.REASON
    counts: Counter[str] = Counter()
    for one in found:
        name = str(one.cluster.key.cause) if by_cause else _client(case, one.tenant_id)
        counts[name.replace("_", " ") if by_cause else name] += one.cluster.count
    return counts


async def notes(case: Case) -> Told:
    """How many credits and debits there are, and what they come to."""
    status = NoteStatus(case.asked.state) if case.asked.state else None
    found = [one async for one in _notes(case, status)]
    if not found:
        return Told(lines=(f"No notes {_word(status)}{_when(case)}.".replace("  ", " "),))
    sums = [
        f"{told.counted(len(some), kind.value)} of "
        f"{_amounts((abs(one.amount_cents), one.currency) for one in some)}"
        for kind in NoteKind
        if (some := [one for one in found if one.kind is kind])
    ]
    head = f"{', '.join(sums)} {_word(status)}".rstrip()
    return Told(lines=(f"{head}{_when(case)}.", *_kinds(case, found, _note_counts)))


def _note_counts(case: Case, found: Sequence[Adjustment]) -> Counter[str]:
    if case.asked.split is Split.STATUS:
        return Counter(one.status.value for one in found)
    return Counter(_client(case, one.tenant_id) for one in found)


async def _notes(case: Case, status: NoteStatus | None) -> AsyncIterator[Adjustment]:
    """Page by page; a note's number counts for its client alone."""
    month, wanted = _month(case), (status.value,) if status else ()
    for tenant_id in case.ids:
        before: int | None = None
        for _ in range(_MOST_READ // _PAGE):
            page = await case.tx.adjustments.find(
                (tenant_id,), status=wanted, before_id=before, limit=_PAGE
            )
            for one in page:
                if month in (None, one.period):
                    yield one
            if len(page) < _PAGE:
                break
            before = page[-1].id


def _kinds(
    case: Case, found: Sequence[Row], counted: Callable[[Case, Sequence[Row]], Counter[str]]
) -> list[str]:
    if case.asked.split is None:
        return []
    most = told.most_listed(case.asked.limit)
    ranked = counted(case, found).most_common()
    listed = list(reversed(ranked)) if case.asked.least else ranked
    names = " · ".join(f"{name} {count}" for name, count in listed[:most])
    return [f"By {case.asked.split.value}: {names}."]


def _amounts(amounts: Iterable[tuple[int, str]]) -> str:
    """Each currency by itself: they are never added up."""
    sums: Counter[str] = Counter()
    for cents, currency in amounts:
        sums[currency] += cents
    return " and ".join(money(cents, currency) for currency, cents in sorted(sums.items()))


def _client(case: Case, tenant_id: int) -> str:
    return next((one.name for one in case.tenants if one.id == tenant_id), str(tenant_id))


def _month(case: Case) -> str | None:
    window = case.asked.window
    return month_of(window, case.asking.zone) if window else None


def _when(case: Case) -> str:
    return f" {told.in_words(case.asked.window.words)}" if case.asked.window else ""


def _word(state: FindingState | NoteStatus | None) -> str:
    return state.value.replace("_", " ") if state else ""

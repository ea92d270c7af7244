"""Files what a proof of invoices found, each finding once, with the note that would correct it.

Must not look for findings. A note under the tariff's limit goes out at once, others wait for a
person; what was found before and is not true any more is withdrawn with its note.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobs.correct_invoices import propose_notes, record
from jobs.ports import Storage, Transaction
from policies.money.billed_tenant import BilledTenant
from policies.money.findings.filed import FiledFinding, FindingState
from policies.money.findings.finding import CREDITS, Cause, Family, Finding
from policies.money.invoice_values import SYSTEM, Adjustment, NoteStatus, Wanted
from policies.money.notes import Decider, decide
from policies.records import AuditEntry

_NOT_CORRECTED = frozenset({Cause.CURRENCY})
"""No sum of one currency corrects an amount of another: a person has to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where findings go: whose they are, of which month, and the family that this is about."""

    billed: BilledTenant
    period: str
    storage: Storage
    now: datetime
    family: Family


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What came of filing: new findings, notes by cause, findings that are not true any more."""

    added: int = 0
    gone: int = 0
    notes: tuple[Adjustment, ...] = ()


async def file_findings(found: Sequence[Finding], order_ids: Sequence[str], shelf: Shelf) -> Filed:
    """Files what is new of these orders, and withdraws what is not true any more."""
    async with shelf.storage.read() as tx:
        earlier = await _earlier(tx, order_ids, shelf)
    if not _fresh(found, earlier) and not _gone(found, earlier):
        return Filed()
    async with shelf.storage.write() as tx:
        await tx.invoices.one_at_a_time(shelf.billed.id)
        earlier = await _earlier(tx, order_ids, shelf)
        gone = _gone(found, earlier)
        for one in gone:
            await _withdraw(tx, one, shelf)
        fresh = _fresh(found, earlier)
        added, notes = await _file(tx, fresh, found, earlier, shelf)
        if added or gone or notes:
            await tx.audit.append([_entry(added, gone, notes, shelf)])
    return Filed(added=added, gone=len(gone), notes=tuple(notes))


async def _earlier(
    tx: Transaction, order_ids: Sequence[str], shelf: Shelf
) -> dict[str, FiledFinding]:
    filed = await tx.findings.of_orders(shelf.billed.id, shelf.period, order_ids)
    return {one.finding.key: one for one in filed if one.finding.family is shelf.family}


def _fresh(found: Sequence[Finding], earlier: dict[str, FiledFinding]) -> list[Finding]:
    """Those that were never filed, or were withdrawn and are true again."""
    return [
        one
        for one in found
        if one.key not in earlier or earlier[one.key].state is FindingState.GONE
    ]


def _gone(found: Sequence[Finding], earlier: dict[str, FiledFinding]) -> list[FiledFinding]:
    """Those that wait for a decision and are not true any more."""
    keys = {one.key for one in found}
    return [
        one for key, one in earlier.items() if one.state is FindingState.OPEN and key not in keys
    ]


async def _withdraw(tx: Transaction, filed: FiledFinding, shelf: Shelf) -> None:
    gone = replace(filed, state=FindingState.GONE, decided_by=SYSTEM, decided_at=shelf.now)
    await tx.findings.save(gone, was=FindingState.OPEN)
    if filed.adjustment_id is None:
        return
    note = await tx.adjustments.get(filed.tenant_id, filed.adjustment_id)
    if note is None:
        return
    system = Decider(name=SYSTEM, lead=True)
    rejected = decide(note, system, shelf.now, approve=False, closed=())
    stored = await tx.adjustments.decide(rejected) if isinstance(rejected, Adjustment) else None
    await record([stored] if stored else [], tx=tx)


async def _file(
    tx: Transaction,
    fresh: Sequence[Finding],
    found: Sequence[Finding],
    earlier: dict[str, FiledFinding],
    shelf: Shelf,
) -> tuple[int, list[Adjustment]]:
    """Files them with their notes; how many, and which notes."""
    amounts = await _amounts(tx, fresh, found, earlier, shelf)
    wanted = [_wanted(one, cents, earlier) for one, cents in amounts if cents]
    notes = await propose_notes(wanted, tx=tx, billed=shelf.billed, now=shelf.now)
    by_key = {note.key: note for note in notes}
    filed = []
    for one, cents in amounts:
        before = earlier.get(one.key)
        note = by_key.get(_note_key(one, before)) if cents else None
        entry = _filed(one, note, shelf)
        if before is None:
            filed.append(entry)
        else:
            await tx.findings.save(replace(entry, id=before.id), was=FindingState.GONE)
    added = await tx.findings.add(filed)
    return len(added), notes


async def _amounts(
    tx: Transaction,
    fresh: Sequence[Finding],
    found: Sequence[Finding],
    earlier: dict[str, FiledFinding],
    shelf: Shelf,
) -> list[tuple[Finding, int]]:
    """What a note has to come to for each, so that all notes on an order make it right.

    What other notes on its documents changed already is taken off; where they changed all of
    it, nothing is wrong any more and nothing is filed.
    """
    if shelf.family is Family.CREDIT:
        return [(one, one.difference_cents) for one in fresh]
    corrected = await _corrected(tx, fresh, shelf)
    by_order: dict[str, list[Finding]] = defaultdict(list)
    for one in fresh:
        by_order[one.order_id].append(one)
    amounts: list[tuple[Finding, int]] = []
    for order_id, mine in by_order.items():
        held = [
            one.difference_cents
            for one in found
            if one.order_id == order_id and not _stands(earlier.get(one.key))
        ]
        off = sum(held) - corrected.get(order_id, 0)
        rest = off - sum(one.difference_cents for one in mine)
        if order_id and not off:
            continue
        first = mine[0]
        for one in mine:
            extra = rest if one is first and order_id else 0
            cents = one.difference_cents + extra
            amounts.append((one, cents if _correctable(one) else 0))
    return amounts


async def _corrected(tx: Transaction, fresh: Sequence[Finding], shelf: Shelf) -> dict[str, int]:
    """What notes on the invoices of these orders changed, by order."""
    ids = sorted({one.invoice_id for one in fresh if one.invoice_id and one.order_id})
    notes = await tx.adjustments.of_invoices(shelf.billed.id, ids)
    found: dict[str, int] = defaultdict(int)
    for some in notes.values():
        for note in some:
            about_charges = note.cause not in {cause.value for cause in CREDITS}
            if note.status is not NoteStatus.REJECTED and about_charges:
                found[note.order_id] += note.amount_cents
    return found


def _stands(filed: FiledFinding | None) -> bool:
    """Whether somebody decided that the invoice stands as it is."""
    return filed is not None and filed.state is FindingState.DISPUTED


def _correctable(one: Finding) -> bool:
    return bool(one.invoice_id) and one.cause not in _NOT_CORRECTED


def _wanted(one: Finding, cents: int, earlier: dict[str, FiledFinding]) -> Wanted:
    return Wanted(
        key=_note_key(one, earlier.get(one.key)),
        invoice_id=one.invoice_id,
        amount_cents=cents,
        cause=one.cause.value,
        proposed_by=SYSTEM,
        line=one.place or None,
        expected_cents=one.expected_cents,
        billed_cents=one.billed_cents,
        evidence=one.evidence,
        tariff_version=one.tariff_version,
    )


def _note_key(one: Finding, before: FiledFinding | None) -> str:
    """A finding that is true again has a note of its own: the former one was taken back."""
    again = "" if before is None else f":{before.adjustment_id or 0}"
    return f"finding:{one.key}{again}"


def _filed(one: Finding, note: Adjustment | None, shelf: Shelf) -> FiledFinding:
    """Decided by the tariff's limit where its note went out at once."""
    out = note is not None and note.status is NoteStatus.ISSUED
    return FiledFinding(
        tenant_id=shelf.billed.id,
        period=shelf.period,
        finding=one,
        found_at=shelf.now,
        state=FindingState.ACCEPTED if out else FindingState.OPEN,
        adjustment_id=note.id if note else None,
        decided_by=SYSTEM if out else "",
        decided_at=shelf.now if out else None,
    )


def _entry(
    added: int, gone: Sequence[FiledFinding], notes: Sequence[Adjustment], shelf: Shelf
) -> AuditEntry:
    after = {
        "found": added,
        "withdrawn": len(gone),
        "notes": len(notes),
        "issued": sum(note.status is NoteStatus.ISSUED for note in notes),
    }
    return AuditEntry(
        tenant_id=shelf.billed.id,
        at=shelf.now,
        actor=SYSTEM,
        action="check_invoices",
        subject=f"invoices:{shelf.period}",
        after=after,
    )

"""Decides on findings: the invoice is corrected, or it stands. One by one, or all of a cause.

Must not decide who may: the handler did, and policies/money/notes.py says who lets a note out.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from jobs.correct_invoices import record
from jobs.ports import Storage, Transaction
from policies.money.findings.clusters import ClusterKey
from policies.money.findings.filed import FiledFinding, FindingState
from policies.money.invoice_values import Adjustment, NoteStatus
from policies.money.notes import Decider, NotTheirs, decide
from policies.records import AuditEntry

_AT_ONCE = 100
FINDING = "finding"
"""How subjects of the trail begin that are about findings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What somebody decided: which state the finding gets, and why in their words."""

    state: FindingState
    by: Decider
    words: str = ""
    correlation_id: str | None = None

    @property
    def corrects(self) -> bool:
        """Whether the invoice is corrected."""
        return self.state is not FindingState.DISPUTED


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingDone:
    """It was decided; with the note that went out or was taken back, if there is one."""

    filed: FiledFinding
    note: Adjustment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedBefore:
    """Somebody else was first."""

    filed: FiledFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class NoFinding:
    """There is none of that number that they may see."""


FindingOutcome = FindingDone | DecidedBefore | NotTheirs | NoFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All open findings of one client and cause up to a number, as they were shown."""

    tenant_id: int
    key: ClusterKey
    up_to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDone:
    """How many were decided and what they come to; how many were not theirs, and why."""

    decided: int
    difference_cents: int
    currency: str
    not_theirs: int = 0
    why: str = ""


async def decide_finding(
    finding_id: int,
    verdict: Verdict,
    tenant_ids: Collection[int],
    *,
    storage: Storage,
    now: datetime,
) -> FindingOutcome:
    """Decides on one finding, once, and on the note that would correct the invoice."""
    async with storage.read() as tx:
        filed = await tx.findings.get(finding_id)
    if filed is None or filed.tenant_id not in tenant_ids:
        return NoFinding()
    async with storage.write() as tx:
        await tx.invoices.one_at_a_time(filed.tenant_id)
        current = await tx.findings.get(finding_id)
        return NoFinding() if current is None else await _decide(tx, current, verdict, now)


async def decide_group(
    group: Group, verdict: Verdict, *, storage: Storage, now: datetime
) -> GroupDone:
    """Decides on all of a group; those of an amount that is not theirs are left open."""
    after, decided, cents, refused, why = 0, 0, 0, 0, ""
    while True:
        async with storage.write() as tx:
            await tx.invoices.one_at_a_time(group.tenant_id)
            found = await tx.findings.find(
                [group.tenant_id], cluster=group.key, after_id=after, limit=_AT_ONCE
            )
            mine = [one for one in found if one.id <= group.up_to]
            for one in mine:
                outcome = await _decide(tx, one, verdict, now)
                if isinstance(outcome, FindingDone):
                    decided += 1
                    cents += one.finding.difference_cents
                elif isinstance(outcome, NotTheirs):
                    refused, why = refused + 1, outcome.why
        if len(mine) < _AT_ONCE:
            return GroupDone(
                decided=decided,
                difference_cents=cents,
                currency=group.key.currency,
                not_theirs=refused,
                why=why,
            )
        after = mine[-1].id


async def follow_note(note: Adjustment, *, tx: Transaction) -> None:
    """Has the finding follow a note that was decided elsewhere."""
    _, _, key = note.key.partition(f"{FINDING}:")
    if not key:
        return
    known = await tx.findings.known(note.tenant_id, [key.partition(":")[0]])
    for filed in known.values():
        if filed.adjustment_id == note.id:
            went_out = note.status is not NoteStatus.REJECTED
            followed = replace(
                filed,
                state=FindingState.ACCEPTED if went_out else FindingState.DISPUTED,
                decided_by=note.decided_by,
                decided_at=note.decided_at,
            )
            await tx.findings.save(followed, was=FindingState.OPEN)


async def _decide(
    tx: Transaction, filed: FiledFinding, verdict: Verdict, now: datetime
) -> FindingOutcome:
    if filed.state is not FindingState.OPEN:
        return DecidedBefore(filed=filed)
    note = None
    if filed.adjustment_id is not None:
        note = await tx.adjustments.get(filed.tenant_id, filed.adjustment_id)
    if note is not None and note.status is NoteStatus.PROPOSED:
        closed = await tx.invoices.closed(filed.tenant_id)
        outcome = decide(note, verdict.by, now, approve=verdict.corrects, closed=closed)
        if isinstance(outcome, NotTheirs):
            return outcome
        if isinstance(outcome, Adjustment):
            note = await tx.adjustments.decide(outcome)
            await record([note] if note else [], tx=tx)
    decided = replace(
        filed,
        state=verdict.state,
        decided_by=verdict.by.name,
        decided_at=now,
        words=verdict.words,
    )
    if not await tx.findings.save(decided, was=FindingState.OPEN):
        return DecidedBefore(filed=filed)
    await tx.audit.append([_entry(decided, verdict, now)])
    return FindingDone(filed=decided, note=note)


def _entry(filed: FiledFinding, verdict: Verdict, now: datetime) -> AuditEntry:
    finding = filed.finding
    return AuditEntry(
        tenant_id=filed.tenant_id,
        at=now,
        actor=verdict.by.name,
        action="decide_finding",
        subject=f"{FINDING}:{filed.id}",
        before={"state": FindingState.OPEN.value},
        after={
            "state": filed.state.value,
            "cause": finding.cause.value,
            "difference_cents": finding.difference_cents,
            "currency": finding.currency,
        },
        note=verdict.words or None,
        correlation_id=verdict.correlation_id,
    )

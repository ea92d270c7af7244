"""Lays dead letters aside for good, with the reason that a person gives.

Must not delete: a discarded letter stays to be read, and on the trail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobs.ports import Storage
from policies.queries import LetterFilter
from policies.records import AuditEntry, DeadLetter


@dataclass(frozen=True, slots=True, kw_only=True)
class Discarded:
    """`laid_aside` just now; `earlier` were dealt with before and are as they were."""

    laid_aside: tuple[DeadLetter, ...]
    earlier: tuple[DeadLetter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """There are no such letters among those that one may see; nothing was changed."""

    ids: tuple[int, ...]


async def discard_letters(
    ids: Sequence[int],
    tenant_ids: Sequence[int],
    *,
    reason: str,
    actor: str,
    storage: Storage,
    now: datetime,
    correlation_id: str | None = None,
) -> Discarded | Unknown:
    """Discards letters that wait, all or none; discarding twice is harmless."""
    wanted = LetterFilter(tenant_ids=tuple(tenant_ids), ids=tuple(ids), limit=len(ids))
    everything = LetterFilter(
        tenant_ids=wanted.tenant_ids, ids=wanted.ids, states=(), limit=wanted.limit
    )
    async with storage.write() as tx:
        before = {letter.id: letter for letter in await tx.dead_letters.find(everything)}
        if unknown := tuple(number for number in dict.fromkeys(ids) if number not in before):
            return Unknown(ids=unknown)
        aside = await tx.dead_letters.move(wanted, "discarded")
        await tx.audit.append(
            [
                AuditEntry(
                    tenant_id=letter.tenant_id,
                    at=now,
                    actor=actor,
                    action="discard",
                    subject=f"dead_letter:{letter.id}",
                    before={"state": before[letter.id].state, "reason": letter.reason},
                    after={"state": letter.state},
                    note=reason,
                    correlation_id=correlation_id or letter.correlation_id,
                )
                for letter in aside
            ]
        )
        now_there = await tx.dead_letters.find(everything)
    moved = {letter.id for letter in aside}
    earlier = tuple(letter for letter in now_there if letter.id not in moved)
    return Discarded(laid_aside=tuple(aside), earlier=earlier)

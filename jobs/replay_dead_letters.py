"""Gives dead letters another try because somebody asks: chosen ones, or a filter's in batches.

Must not run the work or understand a rejected delivery: it is handed what reads one again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from jobs.ports import EventLog, Storage
from jobs.record_events import record_events
from jobs.retry_dead_letters import put_back
from policies.queries import LetterFilter, Receipt
from policies.records import AuditEntry, DeadLetter, ReceivedEvent

SEND_AGAIN = "the body was not kept whole; its sender must send it again"
REPLAYED, REJECTED, NOT_FOUND = "replayed", "rejected", "not_found"
_CONFLICT = "event_id: event_conflict"
_LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Retold:
    """What a rejected delivery tells when it is read again, and why not all of it can be taken."""

    events: tuple[ReceivedEvent, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotKept:
    """There is no body that could be read again."""


class Retell(Protocol):
    """Reads a rejected delivery again, as its source would be read now."""

    async def __call__(self, letter: DeadLetter, now: datetime, /) -> Retold | NotKept:
        """What it tells, as of `now` (business time); it takes nothing in."""
        ...


async def nothing_kept(_letter: DeadLetter, _now: datetime) -> NotKept:
    """The reader of a process that takes no deliveries in."""
    return NotKept()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of a letter: `replayed`, `rejected` still, or `not_found` (not waiting).

    `why` says why it is rejected.
    """

    letter: DeadLetter
    result: str
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaying:
    """Who replays, and with what. `retell` reads what was rejected, `log` takes its events in."""

    actor: str
    storage: Storage
    log: EventLog
    retell: Retell
    business_now: Callable[[], datetime]
    wall_now: Callable[[], datetime]
    correlation_id: str | None = None


async def replay_letters(
    ids: Sequence[int],
    tenant_ids: Sequence[int],
    *,
    replaying: Replaying,
    dry_run: bool = False,
) -> list[tuple[int, str]]:
    """Replays chosen letters; says of each id `replayed`, `rejected` or `not_found`."""
    wanted = LetterFilter(tenant_ids=tuple(tenant_ids), ids=tuple(ids), limit=len(ids))
    async with replaying.storage.read() as tx:
        letters = await tx.dead_letters.find(wanted)
    tried = await _try(letters, replaying, dry_run=dry_run)
    results = {one.letter.id: one.result for one in tried}
    return [(id_, results.get(id_, NOT_FOUND)) for id_ in dict.fromkeys(ids)]


async def replay_batches(
    wanted: LetterFilter,
    *,
    replaying: Replaying,
    max_batches: int | None = None,
    rate: float = 0.0,
    dry_run: bool = False,
) -> AsyncIterator[Sequence[Tried]]:
    """Replays the letters that fit, oldest first, each batch in a transaction of its own.

    What comes or fails after the beginning is left alone, so that this ends.

    Args:
        wanted: which; its limit is the size of a batch.
        replaying: who, and with what.
        max_batches: after how many to stop; None for all.
        rate: letters a second at most; 0 for no limit.
        dry_run: says what would be and changes nothing.
    """
    async with replaying.storage.read() as tx:
        newest = await tx.dead_letters.find(replace(wanted, oldest_first=False, limit=1))
    end = newest[0].id + 1 if newest else 0
    page, done = replace(wanted, oldest_first=True, before_id=end), 0
    while max_batches is None or done < max_batches:
        async with replaying.storage.read() as tx:
            letters = await tx.dead_letters.find(page)
        if not letters:
            return
        if done and rate and not dry_run:
            await asyncio.sleep(wanted.limit / rate)
        yield await _try(letters, replaying, dry_run=dry_run)
        page, done = replace(page, after_id=letters[-1].id), done + 1


async def _try(
    letters: Sequence[DeadLetter], replaying: Replaying, *, dry_run: bool
) -> list[Tried]:
    """Events of rejected deliveries are recorded first: taking one in twice changes nothing."""
    refused: dict[int, str] = {}
    for letter in letters:
        why = await _refusal(letter, replaying, dry_run=dry_run) if letter.kind == "event" else None
        if why is not None:
            refused[letter.id] = why
    if dry_run:
        back = {letter.id for letter in letters} - refused.keys()
    else:
        back = await _put_back(letters, refused, replaying)
    return [
        Tried(letter=letter, result=REJECTED, why=refused[letter.id])
        if letter.id in refused
        else Tried(letter=letter, result=REPLAYED if letter.id in back else NOT_FOUND)
        for letter in letters
    ]


async def _refusal(letter: DeadLetter, replaying: Replaying, *, dry_run: bool) -> str | None:
    """Reads a rejected delivery again and takes its events in; why it is rejected still."""
    told = await replaying.retell(letter, replaying.business_now())
    if isinstance(told, NotKept):
        return SEND_AGAIN
    receipts = [] if dry_run else await record_events(told.events, log=replaying.log)
    why = told.reason or (_CONFLICT if Receipt.CONFLICT in receipts else None)
    return why[:_LONGEST_REASON] if why else None


async def _put_back(
    letters: Sequence[DeadLetter], refused: Mapping[int, str], replaying: Replaying
) -> set[int]:
    """Puts back what can be, notes new reasons, and puts both on the trail; the ids put back."""
    tenants = tuple(sorted({letter.tenant_id for letter in letters}))
    ids = tuple(letter.id for letter in letters if letter.id not in refused)
    wanted = LetterFilter(tenant_ids=tenants, ids=ids, limit=len(letters))
    async with replaying.storage.write() as tx:
        before = {letter.id: letter for letter in letters}
        back = await put_back(tx, wanted, replaying.wall_now()) if ids else []
        entries = [_entry(before[letter.id], letter, REPLAYED, replaying) for letter in back]
        for number, why in sorted(refused.items()):
            if why not in (SEND_AGAIN, before[number].reason):
                one = replace(wanted, ids=(number,))
                kept = await tx.dead_letters.move(one, "waiting", reason=why)
                entries += [_entry(before[number], now, REJECTED, replaying) for now in kept]
        await tx.audit.append(entries)
    return {letter.id for letter in back}


def _entry(before: DeadLetter, after: DeadLetter, result: str, replaying: Replaying) -> AuditEntry:
    return AuditEntry(
        tenant_id=after.tenant_id,
        at=replaying.business_now(),
        actor=replaying.actor,
        action="replay",
        subject=f"dead_letter:{after.id}",
        before={"state": before.state, "reason": before.reason},
        after={"state": after.state, "result": result},
        note=after.reason if result == REJECTED else None,
        correlation_id=replaying.correlation_id or after.correlation_id,
    )

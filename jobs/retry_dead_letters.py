"""Gives what failed another try: by itself after 5, 10 and 20 minutes, then when a person asks.

Must not run the work: it puts it back where it was taken from, once.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from jobs.ports import Storage, Transaction
from policies.records import AuditEntry, DeadLetter, OutboxMessage, WorkItem

RETRY_MINUTES = (5, 10, 20)
"""Waits before the automatic tries; after them the letter waits for a person."""
_SAME_TROUBLE = timedelta(hours=24)


async def retry_due(*, storage: Storage, now: datetime, limit: int = 100) -> int:
    """Puts letters whose time has come back to work; returns how many.

    Args:
        storage: where letters and work lie.
        now: wall time, which drives retries.
        limit: how many at most in one transaction.
    """
    async with storage.write() as tx:
        letters = await tx.dead_letters.due(now, limit)
        await retry_letters(tx, letters, now)
        return len(letters)


async def replay_letters(
    ids: Sequence[int],
    tenant_ids: Sequence[int],
    *,
    actor: str,
    storage: Storage,
    now: datetime,
    wall_now: datetime,
) -> list[tuple[int, str]]:
    """Replays chosen letters; says of each id `replayed`, `rejected` or `not_found`.

    An event that was rejected at the door has nothing to be put back to: its sender must send it
    again, corrected. It stays and is told as `rejected`.
    """
    async with storage.write() as tx:
        visible = {letter.id: letter for letter in await _waiting(tx, tenant_ids)}
        chosen = [visible[id_] for id_ in dict.fromkeys(ids) if id_ in visible]
        again = [letter for letter in chosen if letter.kind != "event"]
        await retry_letters(tx, again, wall_now)
        await tx.audit.append(
            [
                AuditEntry(
                    tenant_id=letter.tenant_id,
                    at=now,
                    actor=actor,
                    action="replay",
                    subject=f"dead_letter:{letter.id}",
                    correlation_id=letter.correlation_id,
                )
                for letter in again
            ]
        )
    replayed = {letter.id for letter in again}
    return [
        (id_, "replayed" if id_ in replayed else "rejected" if id_ in visible else "not_found")
        for id_ in dict.fromkeys(ids)
    ]


async def _waiting(tx: Transaction, tenant_ids: Sequence[int]) -> list[DeadLetter]:
    return await tx.dead_letters.find(tenant_ids, states=("waiting", "retrying"), limit=10_000)


async def retry_letters(tx: Transaction, letters: Sequence[DeadLetter], now: datetime) -> None:
    """Puts each letter's work back and marks the letter replayed."""
    for letter in letters:
        if letter.kind == "evaluate":
            await tx.work.put([_work(letter)], now)
        elif letter.kind == "slack":
            await tx.outbox.put([_message(letter)], now)
        await tx.dead_letters.save(replace(letter, state="replayed", next_retry_at=None))


async def bury(tx: Transaction, letter: DeadLetter, now: datetime) -> None:
    """Keeps failed work: a first failure waits for its automatic try, a fourth for a person.

    Work that fails again after a try goes on with its old letter, so that one trouble is one
    letter.
    """
    earlier = await tx.dead_letters.find(
        [letter.tenant_id], states=("replayed",), subject=letter.subject, limit=1
    )
    again = next((one for one in earlier if _goes_on(one, letter, now)), None)
    tries = again.attempts + 1 if again else 0
    wait = timedelta(minutes=RETRY_MINUTES[tries]) if tries < len(RETRY_MINUTES) else None
    kept = replace(
        letter,
        state="retrying" if wait else "waiting",
        attempts=tries,
        next_retry_at=now + wait if wait else None,
    )
    if again:
        await tx.dead_letters.save(replace(kept, id=again.id, created_at=again.created_at))
    else:
        await tx.dead_letters.add([kept], now)


def _goes_on(earlier: DeadLetter, letter: DeadLetter, now: datetime) -> bool:
    """Whether a failure is the same trouble again; what failed long ago is another."""
    recent = earlier.created_at is not None and now - earlier.created_at < _SAME_TROUBLE
    return recent and earlier.kind == letter.kind


def _work(letter: DeadLetter) -> WorkItem:
    return WorkItem(
        tenant_id=letter.tenant_id,
        kind="evaluate",
        subject=letter.subject,
        correlation_id=letter.correlation_id,
    )


def _message(letter: DeadLetter) -> OutboxMessage:
    return OutboxMessage(
        kind="slack",
        lane=str(letter.payload["lane"]),
        dedup_key=letter.subject,
        tenant_id=letter.tenant_id,
        payload=letter.payload["message"],
        priority=int(letter.payload.get("priority", 10)),
        correlation_id=letter.correlation_id,
    )

"""Keeps failed work as dead letters and tries it again after 5, 10 and 20 minutes.

Must not run the work: it puts it back where it was taken from, once.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from jobs.ports import Storage, Transaction
from policies.queries import OPEN_LETTERS, LetterFilter
from policies.records import DeadLetter, OutboxMessage, WorkItem

RETRY_MINUTES = (5, 10, 20)
"""Waits before the automatic tries; after them the letter waits for a person."""
RETRYABLE = ("evaluate", "slack")
"""Kinds whose work can be put back; what was rejected at the door has none."""
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
        due = LetterFilter(
            tenant_ids=tuple(sorted({letter.tenant_id for letter in letters})),
            ids=tuple(letter.id for letter in letters),
            states=("retrying",),
            limit=limit,
        )
        return len(await put_back(tx, due, now))


async def put_back(tx: Transaction, wanted: LetterFilter, now: datetime) -> list[DeadLetter]:
    """Puts the work of the letters that still fit back, once whoever asks; returns those."""
    letters = await tx.dead_letters.move(wanted, "replayed")
    await tx.work.put([_work(letter) for letter in letters if letter.kind == "evaluate"], now)
    await tx.outbox.put([_message(letter) for letter in letters if letter.kind == "slack"], now)
    return letters


async def bury(tx: Transaction, letter: DeadLetter, now: datetime) -> None:
    """Keeps failed work: a first failure waits for its automatic try, a fourth for a person.

    One trouble is one letter. Work that fails again after a try goes on with its old letter;
    work that fails while its letter still waits only brings the latest reason.
    """
    earlier = await _earlier(tx, letter, now)
    if earlier is None:
        await tx.dead_letters.add([_kept(letter, 0, now)], now)
        return
    if earlier.state in OPEN_LETTERS:
        after = replace(earlier, reason=letter.reason, correlation_id=letter.correlation_id)
    else:
        again = _kept(letter, earlier.attempts + 1, now)
        after = replace(again, id=earlier.id, created_at=earlier.created_at)
    await tx.dead_letters.save(after)


def _kept(letter: DeadLetter, tries: int, now: datetime) -> DeadLetter:
    wait = timedelta(minutes=RETRY_MINUTES[tries]) if tries < len(RETRY_MINUTES) else None
    return replace(
        letter,
        state="retrying" if wait else "waiting",
        attempts=tries,
        next_retry_at=now + wait if wait else None,
    )


async def _earlier(tx: Transaction, letter: DeadLetter, now: datetime) -> DeadLetter | None:
    """The letter that this trouble has already; what was tried again long ago was another."""
    same = LetterFilter(
        tenant_ids=(letter.tenant_id,), kinds=(letter.kind,), subject=letter.subject, limit=1
    )
    waiting = await tx.dead_letters.find(same)
    found = waiting or await tx.dead_letters.find(replace(same, states=("replayed",)))
    recent = [one for one in found if waiting or _is_recent(one, now)]
    return recent[0] if recent else None


def _is_recent(letter: DeadLetter, now: datetime) -> bool:
    return letter.created_at is not None and now - letter.created_at < _SAME_TROUBLE


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

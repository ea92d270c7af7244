"""Takes events in: durable before anybody is told so, and nothing rejected is forgotten.

Must not translate or judge: handlers/ingest did the one, evaluate_orders does the other.
"""

from collections.abc import Sequence
from datetime import datetime

from jobs.ports import EventLog, Storage
from policies.queries import Receipt
from policies.records import DeadLetter, ReceivedEvent


async def record_events(events: Sequence[ReceivedEvent], *, log: EventLog) -> list[Receipt]:
    """One receipt per event, given after the commit that holds it."""
    return await log.record(events) if events else []


async def keep_rejected(letters: Sequence[DeadLetter], *, storage: Storage, now: datetime) -> None:
    """Keeps what was authenticated and rejected, with the reason, for a person to read."""
    if letters:
        async with storage.write() as tx:
            await tx.dead_letters.add(letters, now)

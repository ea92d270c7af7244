"""Puts right what a clock that was set back has left in the future, where nobody would take it.

Must not move what waits for good reason: nothing here waits longer than LONGEST but for a
Retry-After, and who asks Slack too early is only told to wait again.
"""

from datetime import datetime, timedelta

from jobs.ports import Storage
from jobs.schedule import SCHEDULE

LONGEST = timedelta(minutes=1)


async def mend_clock(*, storage: Storage, now: datetime, lease: timedelta) -> None:
    """Brings back work, messages and slots that lie ahead of time.

    Args:
        storage: where they lie.
        now: wall time, as it is now held to be.
        lease: how long work is taken for.
    """
    async with storage.write() as tx:
        await tx.work.mend(now, lease, LONGEST)
        await tx.outbox.mend(now, lease, LONGEST)
        await tx.fires.take_back([job.name for job in SCHEDULE], now + LONGEST)

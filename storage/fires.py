"""The ledger of scheduled fires, so that replicas never fire twice.

Must not schedule anything.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.instants import micros
from storage.tables_work import fires

_BEGIN = text("""
INSERT INTO fires (job, slot, begun_at) VALUES (:job, :slot, :now)
ON CONFLICT (job, slot) DO NOTHING
""")


class SqlFires:
    """Fires in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def begin(self, job: str, slot: str, now: datetime) -> bool:
        """False when that (job, slot) was begun before, here or on another replica."""
        values = {"job": job, "slot": slot, "now": micros(now)}
        return (await self._connection.execute(_BEGIN, values)).rowcount == 1

    async def end(self, job: str, slot: str, now: datetime, outcome: str) -> None:
        """Notes how it ended."""
        mine = update(fires).where(fires.c.job == job, fires.c.slot == slot)
        await self._connection.execute(mine.values(ended_at=now, outcome=outcome))

    async def take_back(self, jobs: Collection[str], after: datetime) -> None:
        """Drops fires of these jobs that began after: a time that is yet to come again."""
        ahead = fires.c.job.in_(jobs), fires.c.begun_at > after
        await self._connection.execute(delete(fires).where(*ahead))

    async def forget(self, before: datetime) -> None:
        """Drops fires that began before."""
        await self._connection.execute(delete(fires).where(fires.c.begun_at < before))

    async def last(self, job: str) -> tuple[str, datetime, str | None] | None:
        """Slot, begin and outcome of the latest fire."""
        statement = (
            select(fires.c.slot, fires.c.begun_at, fires.c.outcome)
            .where(fires.c.job == job)
            .order_by(fires.c.begun_at.desc(), fires.c.slot.desc())
            .limit(1)
        )
        row = (await self._connection.execute(statement)).one_or_none()
        return (row.slot, row.begun_at, row.outcome) if row else None

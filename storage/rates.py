"""Rates that all replicas share: when the next one of a name may go.

Must not know what goes. On PostgreSQL the database's own clock counts, so that replicas with
different ones share a rate.
"""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.instants import micros

_TAKE = """
INSERT INTO rates (name, free_at) VALUES (:name, {now} + :cost)
ON CONFLICT (name) DO UPDATE SET free_at = :cost + CASE
    WHEN rates.free_at > {now} + :absurd THEN {now} ELSE {later}(rates.free_at, {now}) END
WHERE rates.free_at <= {now} + :ahead OR rates.free_at > {now} + :absurd
RETURNING 0
"""
_WAIT = "SELECT free_at - ({now} + :ahead) FROM rates WHERE name = :name"
_POSTGRES_NOW = "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"
_ABSURD = 3_600_000_000
"""Microseconds: nobody owes an hour; the clock was set back."""


class SqlRates:
    """Rates in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        on_postgres = connection.dialect.name == "postgresql"
        self._words = {
            "now": _POSTGRES_NOW if on_postgres else ":now",
            "later": "greatest" if on_postgres else "max",
        }

    async def take(self, name: str, cost: float, ahead: float, now: datetime) -> float:
        """Takes `cost` seconds of a name, or says how many seconds to wait until that can be.

        Args:
            name: whose rate it is.
            cost: seconds until the next one may go after this one.
            ahead: seconds that may be taken in advance; 0 lets one go at a time.
            now: wall time, where the database has no clock of its own.
        """
        values = {
            "name": name,
            "cost": round(cost * 1_000_000),
            "ahead": round(ahead * 1_000_000),
            "now": micros(now),
        }
        take = text(_TAKE.format(**self._words))
        taken = await self._connection.execute(take, {**values, "absurd": _ABSURD})
        if taken.one_or_none() is not None:
            return 0.0
        wait = await self._connection.execute(text(_WAIT.format(**self._words)), values)
        return max(0.001, float(wait.scalar_one()) / 1_000_000)

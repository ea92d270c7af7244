"""Counts what a tenant's model used on a day, so that no number of replicas goes past its limit.

Must not decide what a limit is or what a call may take: both are arguments.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.model_budget import NOTHING, DailyLimits, ModelUsage, Spent
from storage.instants import micros
from storage.tables_models import model_usage

_RESERVE = text("""
INSERT INTO model_usage (tenant_id, day, tokens, microcents, calls, failures, begun_at)
VALUES (:tenant_id, :day, :tokens, :microcents, 1, 0, :now)
ON CONFLICT (tenant_id, day) DO UPDATE SET
    tokens = model_usage.tokens + excluded.tokens,
    microcents = model_usage.microcents + excluded.microcents,
    calls = model_usage.calls + 1
WHERE (:most_tokens = 0 OR model_usage.tokens + excluded.tokens <= :most_tokens)
    AND (:most_microcents = 0 OR model_usage.microcents + excluded.microcents <= :most_microcents)
""")
_SETTLE = text("""
UPDATE model_usage SET tokens = tokens + :tokens, microcents = microcents + :microcents,
    failures = failures + :failures
WHERE tenant_id = :tenant_id AND day = :day
""")
_ALARM = text("""
UPDATE model_usage SET alarmed_at = :now
WHERE tenant_id = :tenant_id AND day = :day AND alarmed_at IS NULL
""")


class SqlModelUsage:
    """Usage in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def reserve(
        self, tenant_id: int, day: date, wanted: Spent, limits: DailyLimits, now: datetime
    ) -> bool:
        """Takes it from the day's limits; False where it does not fit, and nothing is taken.

        One statement: whoever comes second sees what the first one took.
        """
        if not limits.leaves_room(NOTHING, wanted):
            return False
        values = {
            "most_tokens": limits.tokens,
            "most_microcents": limits.microcents,
            "now": micros(now),
        }
        taken = await self._connection.execute(
            _RESERVE, {**_place(tenant_id, day), **_sums(wanted), **values}
        )
        return taken.rowcount == 1

    async def settle(self, tenant_id: int, day: date, more: Spent, *, failed: bool) -> None:
        """Corrects what was reserved by what it really was: `more` is the difference."""
        values = {**_place(tenant_id, day), **_sums(more), "failures": int(failed)}
        await self._connection.execute(_SETTLE, values)

    async def of(self, tenant_ids: Sequence[int], days: Sequence[date]) -> list[ModelUsage]:
        """What these tenants used on any of these days."""
        table = model_usage.c
        listed = [day.isoformat() for day in days]
        mine = (table.tenant_id.in_(list(tenant_ids)), table.day.in_(listed))
        found = select(model_usage).where(*mine).order_by(table.tenant_id, table.day)
        return [_usage(row) for row in await self._connection.execute(found)]

    async def alarm(self, tenant_id: int, day: date, now: datetime) -> bool:
        """Notes that somebody is told of that day; False when it had been noted before."""
        values = {**_place(tenant_id, day), "now": micros(now)}
        return (await self._connection.execute(_ALARM, values)).rowcount == 1


def _place(tenant_id: int, day: date) -> dict[str, int | str]:
    return {"tenant_id": tenant_id, "day": day.isoformat()}


def _sums(spent: Spent) -> dict[str, int]:
    return {"tokens": spent.tokens, "microcents": spent.microcents}


def _usage(row: Row[tuple[object, ...]]) -> ModelUsage:
    values = row._mapping  # noqa: SLF001 - a row's public name for it
    return ModelUsage(
        tenant_id=values["tenant_id"],
        day=date.fromisoformat(values["day"]),
        spent=Spent(tokens=values["tokens"], microcents=values["microcents"]),
        calls=values["calls"],
        failures=values["failures"],
    )

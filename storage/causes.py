"""Keeps causes as they are counted, for each channel, until they become storms.

Must not decide who is in a storm.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.grouping import Place, Seen, Tally
from storage.bulk import among_these, bulk_insert, chunks
from storage.columns import from_json, to_json
from storage.instants import instant, micros
from storage.tables_storms import causes, storm_members

_CAUSE = ("channel", "cause", "recent", "storm_id", "last_at")
_LOCK = bulk_insert(
    causes,
    _CAUSE,
    "ON CONFLICT (channel, cause) DO UPDATE SET cause = excluded.cause "
    f"RETURNING {', '.join(_CAUSE)}",
)
"""Makes the row where there is none, and holds it until the transaction ends."""
_REMEMBER = bulk_insert(
    causes,
    _CAUSE,
    "ON CONFLICT (channel, cause) DO UPDATE SET recent = excluded.recent, "
    "storm_id = excluded.storm_id, last_at = excluded.last_at",
)


class SqlCauses:
    """Causes in the database, and who of those that had one is in a storm."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def tallies(self, places: Collection[Place], now: datetime) -> Mapping[Place, Tally]:
        """What is known of each place; held in one order, so that two never wait for each other."""
        rows = [(*place, "[]", None, micros(now)) for place in sorted(places)]
        told = await _LOCK.told(self._connection, rows)
        return {(row[0], row[1]): _tally(row) for row in told}

    async def remember(self, tallies: Mapping[Place, Tally], now: datetime) -> None:
        """Replaces what is known of these places."""
        rows = [_cause(place, tallies[place], now) for place in sorted(tallies)]
        await _REMEMBER.run(self._connection, rows)

    async def members_among(self, exception_ids: Collection[int]) -> set[tuple[str, int]]:
        """Those of the exceptions that are in a storm, each with the channel of its storm."""
        found: set[tuple[str, int]] = set()
        member = storm_members.c
        for part in chunks(sorted(exception_ids)):
            among = among_these(self._connection, member.exception_id, part)
            pairs = select(member.channel, member.exception_id).where(among)
            found.update((row[0], row[1]) for row in await self._connection.execute(pairs))
        return found

    async def forget(self, before: datetime) -> None:
        """Drops causes that nobody had since."""
        await self._connection.execute(delete(causes).where(causes.c.last_at < before))


def _tally(row: Sequence[Any]) -> Tally:
    """Of a row as the driver has it."""
    recent = tuple(
        Seen(tenant_id=tenant_id, exception_id=exception_id, at=instant(at))
        for tenant_id, exception_id, at in from_json(row[2])
    )
    return Tally(recent=recent, storm=row[3], last_at=instant(row[4]))


def _cause(place: Place, tally: Tally, now: datetime) -> tuple[Any, ...]:
    recent = [[seen.tenant_id, seen.exception_id, micros(seen.at)] for seen in tally.recent]
    return (*place, to_json(recent), tally.storm, micros(tally.last_at or now))

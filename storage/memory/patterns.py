"""Patterns in memory.

Must not promise more or less than the SQL ones: the same contract suite holds them to it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from policies.pattern_news import Told
from policies.records import ExceptionRecord
from policies.sightings import Sighting
from storage.memory.state import MemoryState


class MemoryPatterns:
    """Patterns in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows, self._exceptions = state.told_patterns, state.exceptions

    async def seen(
        self, tenant_id: int, since: datetime, until: datetime, limit: int
    ) -> list[Sighting]:
        """A tenant's exceptions that opened in [since, until), newest first; no complexity yet."""
        mine = [
            record
            for record in self._exceptions.values()
            if record.tenant_id == tenant_id and since <= record.opened_at < until
        ]
        mine.sort(key=lambda record: (record.opened_at, record.id), reverse=True)
        return [_sighting(record) for record in mine[:limit]]

    async def told(self, tenant_id: int, channel_id: str) -> Mapping[str, Told]:
        """What that channel was told of that tenant, by key."""
        places = sorted(place for place in self._rows if place[:2] == (tenant_id, channel_id))
        return {place[2]: self._rows[place] for place in places}

    async def note(self, rows: Sequence[Told]) -> None:
        """Inserts or replaces them."""
        self._rows.update({(one.tenant_id, one.channel_id, one.key): one for one in rows})

    async def take_back(self, tenant_id: int, channel_id: str, told_at: datetime) -> None:
        """Forgets what was to be told then, because it could not be."""
        for place, one in list(self._rows.items()):
            if place[:2] == (tenant_id, channel_id) and one.told_at == told_at:
                del self._rows[place]

    async def forget(self, before: datetime, channels: Collection[tuple[int, str]]) -> None:
        """Lets go of what was told before then, or to none of these tenants' channels."""
        for place, one in list(self._rows.items()):
            if one.told_at < before or place[:2] not in channels:
                del self._rows[place]


def _sighting(record: ExceptionRecord) -> Sighting:
    return Sighting(
        id=record.id,
        order_id=record.order_id,
        opened_at=record.opened_at,
        reason=record.reason_code.value,
        deadline_at=record.deadline_at,
        ended_at=record.stopped_at or record.resolved_at,
        active=record.active,
        facts=record.facts,
    )

"""Enrichment in memory.

Must not promise more or less than the SQL one: the same contract suite holds them to it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from policies.enrichment import Enrichment, Note
from policies.enrichment_figures import IN_TIME, Group, Level, Measure
from policies.enrichment_retries import LEAST_SURE
from policies.records import ExceptionRecord
from storage.memory.state import MemoryState


class MemoryEnrichments:
    """Enrichment in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows, self._exceptions = state.enrichments, state.exceptions
        self._alarms = state.enrichment_alarms

    async def opened_without(
        self, tenant_id: int, since: datetime, limit: int
    ) -> list[ExceptionRecord]:
        """Exceptions that opened since then (business time) and have no row yet, by number."""
        return [one for one in self._without(tenant_id) if one.opened_at >= since][:limit]

    async def active_without(self, tenant_id: int, limit: int) -> list[ExceptionRecord]:
        """Active exceptions of any age without a row, by number."""
        return [one for one in self._without(tenant_id) if one.active][:limit]

    def _without(self, tenant_id: int) -> list[ExceptionRecord]:
        return [
            record
            for number, record in sorted(self._exceptions.items())
            if record.tenant_id == tenant_id and number not in self._rows
        ]

    async def due(self, now: datetime, limit: int) -> list[Enrichment]:
        """Those to be looked at by now, longest due first."""
        looks = [(one.next_at, number) for number, one in self._rows.items() if one.next_at]
        return [self._rows[number] for at, number in sorted(looks) if at <= now][:limit]

    async def of(self, exception_ids: Sequence[int]) -> list[Enrichment]:
        """Those of these exceptions that there are, by number."""
        return [self._rows[number] for number in sorted(exception_ids) if number in self._rows]

    async def save(self, rows: Sequence[Enrichment]) -> None:
        """Inserts or replaces them."""
        self._rows.update({one.exception_id: one for one in rows})

    async def hurry(self, tenant_id: int, now: datetime) -> int:
        """Has looked at now what is not complete, and active ones nobody would look at again."""
        wanted = [
            one
            for number, one in self._rows.items()
            if one.tenant_id == tenant_id and (one.next_at is None or one.next_at > now)
            if one.completed_at is None or (one.next_at is None and self._exceptions[number].active)
        ]
        await self.save([replace(one, next_at=now) for one in wanted])
        return len(wanted)

    async def groups(
        self, tenant_ids: Collection[int], since: datetime, until: datetime
    ) -> list[Group]:
        """Rows that were begun in [since, until), those that stand alike together."""
        alike: dict[tuple[Note, ...], list[Enrichment]] = {}
        for one in self._mine(tenant_ids):
            if since <= one.begun_at < until:
                alike.setdefault(tuple(one.stages.values()), []).append(one)
        return [_group(rows) for _, rows in sorted(alike.items(), key=lambda pair: str(pair[0]))]

    async def backlog(self, tenant_ids: Collection[int]) -> int:
        """How many are not complete and are still followed."""
        mine = self._mine(tenant_ids)
        return sum(one.completed_at is None and one.next_at is not None for one in mine)

    async def incomplete(
        self, tenant_ids: Collection[int], before_id: int | None, limit: int
    ) -> list[Enrichment]:
        """Those that are not complete, of exceptions with a smaller number, newest first."""
        found = [one for one in self._mine(tenant_ids) if one.completed_at is None]
        earlier = (one for one in found if before_id is None or one.exception_id < before_id)
        return sorted(earlier, key=lambda one: -one.exception_id)[:limit]

    async def alarms(self, tenant_id: int) -> Mapping[Measure, Level]:
        """What was told and is not over."""
        return {name: level for (mine, name), level in self._alarms.items() if mine == tenant_id}

    async def alarm(self, tenant_id: int, measure: Measure, level: Level, now: datetime) -> bool:
        """Notes what is told, OK: that it is over; False where that was known already."""
        del now
        known = self._alarms.get((tenant_id, measure), Level.OK)
        if level is Level.OK:
            self._alarms.pop((tenant_id, measure), None)
        else:
            self._alarms[tenant_id, measure] = level
        return known is not level

    def _mine(self, tenant_ids: Collection[int]) -> Iterable[Enrichment]:
        return [one for one in self._rows.values() if one.tenant_id in tenant_ids]


def _group(rows: Sequence[Enrichment]) -> Group:
    stated = [one.confidence for one in rows if one.confidence is not None]
    ended = [one.completed_at - one.begun_at for one in rows if one.completed_at]
    return Group(
        order_analysis=rows[0].order_analysis,
        classification=rows[0].classification,
        automation=rows[0].automation,
        records=len(rows),
        in_time=sum(took <= IN_TIME for took in ended),
        filled=sum(one.filled for one in rows),
        expected=sum(one.expected for one in rows),
        quality=sum(one.quality for one in rows),
        answered=len(stated),
        sure=sum(one >= LEAST_SURE for one in stated),
        confidence=sum(stated),
    )

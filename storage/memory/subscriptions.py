"""Subscriptions in memory. Must not be used where data must survive the process."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from policies.records import JsonObject
from policies.routing import Subscription
from storage.memory.state import MemoryState


class MemorySubscriptions:
    """Which channel asked to be told what, in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows, self._number = state.subscriptions, state.next_number

    async def add(
        self,
        kind: str,
        channel_id: str,
        tenant_ids: Sequence[int],
        actor: str,
        now: datetime,
        *,
        filters: JsonObject | None = None,
        channel: str = "",
    ) -> bool:
        """Subscribes the channel for these tenants; False when it was for all of them."""
        added = False
        for tenant_id in sorted(tenant_ids):
            if self._same(kind, channel_id, tenant_id, filters or {}):
                continue
            fresh = Subscription(
                id=self._number("subscriptions"),
                tenant_id=tenant_id,
                channel_id=channel_id,
                channel=channel,
                kind=kind,
                filters=dict(filters or {}),
                created_by=actor,
                created_at=now,
            )
            self._rows[fresh.id], added = fresh, True
        return added

    async def remove(
        self,
        kind: str,
        channel_id: str,
        *,
        tenant_ids: Collection[int] | None = None,
        filters: JsonObject | None = None,
        number: int | None = None,
    ) -> list[Subscription]:
        """Takes away what the channel has of that kind and fits; returns what that was."""
        gone = [
            one
            for one in await self.find(kinds=[kind], tenant_ids=tenant_ids, channel_id=channel_id)
            if (filters is None or one.filters == filters) and number in (None, one.id)
        ]
        for one in gone:
            del self._rows[one.id]
        return gone

    async def change(self, number: int, filters: JsonObject) -> bool:
        """Narrows it otherwise; False where there is none, or another one is the same then."""
        known = self._rows.get(number)
        if known is None:
            return False
        same = self._same(known.kind, known.channel_id, known.tenant_id, filters)
        if any(one.id != number for one in same):
            return False
        self._rows[number] = replace(known, filters=dict(filters))
        return True

    async def get(self, number: int) -> Subscription | None:
        """The subscription of that number."""
        return self._rows.get(number)

    async def find(
        self,
        *,
        kinds: Collection[str] = (),
        tenant_ids: Collection[int] | None = None,
        channel_id: str | None = None,
    ) -> list[Subscription]:
        """By number; what is not given does not narrow."""
        return [
            one
            for one in self._rows.values()
            if (not kinds or one.kind in kinds)
            and (tenant_ids is None or one.tenant_id in tenant_ids)
            and channel_id in (None, one.channel_id)
        ]

    async def channels(self, kind: str) -> dict[str, list[int]]:
        """The subscribed channels, each with its tenants in order."""
        pairs = {(one.channel_id, one.tenant_id) for one in await self.find(kinds=[kind])}
        found: dict[str, list[int]] = {}
        for channel_id, tenant_id in sorted(pairs):
            found.setdefault(channel_id, []).append(tenant_id)
        return found

    def _same(
        self, kind: str, channel_id: str, tenant_id: int, filters: JsonObject
    ) -> list[Subscription]:
        key = (kind, channel_id, tenant_id, filters)
        return [
            one
            for one in self._rows.values()
            if (one.kind, one.channel_id, one.tenant_id, one.filters) == key
        ]

"""Subscriptions in memory. Must not be used where data must survive the process."""

from collections.abc import Sequence
from datetime import datetime

from storage.memory_state import MemoryState


class MemorySubscriptions:
    """Which channel asked to be told what, in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows = state.subscriptions

    async def add(
        self, kind: str, channel_id: str, tenant_ids: Sequence[int], actor: str, now: datetime
    ) -> bool:
        """Subscribes the channel for these tenants; False when it was for all of them."""
        del now
        fresh = [id_ for id_ in tenant_ids if (kind, channel_id, id_) not in self._rows]
        self._rows.update(dict.fromkeys([(kind, channel_id, id_) for id_ in fresh], actor))
        return bool(fresh)

    async def remove(self, kind: str, channel_id: str) -> bool:
        """Ends the channel's subscription; False when there was none."""
        mine = [key for key in self._rows if key[:2] == (kind, channel_id)]
        for key in mine:
            del self._rows[key]
        return bool(mine)

    async def channels(self, kind: str) -> dict[str, list[int]]:
        """The subscribed channels, each with its tenants in order."""
        found: dict[str, list[int]] = {}
        for subscribed, channel_id, tenant_id in sorted(self._rows):
            if subscribed == kind:
                found.setdefault(channel_id, []).append(tenant_id)
        return found

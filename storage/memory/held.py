"""What quiet hours hold back, in memory.

Must not promise more or less than the SQL one: the same contract suite holds it to that.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from policies.storms import Told
from storage.memory.state import MemoryState


class MemoryHeld:
    """What is held, in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._storms, self._members = state.storms, state.storm_members
        self._exceptions = state.exceptions

    async def hold(self, storm_id: int, until: datetime | None) -> None:
        """It is told at `until` and not before; None: it may be told."""
        self._storms[storm_id] = replace(self._storms[storm_id], held_until=until)

    async def storms(self) -> list[int]:
        """The storms that are held, by number."""
        return sorted(one.id for one in self._storms.values() if one.held_until is not None)

    async def of_channel(self, channel: str, cause: str) -> int | None:
        """The storm that is held of that channel; the cause names its workspace too."""
        known = [self._storms[number] for number in await self.storms()]
        here = (one.id for one in known if (one.channel, one.cause) == (channel, cause))
        return next(here, None)

    async def count(self, tenant_ids: Collection[int]) -> int:
        """How many open exceptions of these tenants some channel was not told of yet."""
        held = set(await self.storms())
        found = {
            one.exception_id
            for one in self._members.values()
            if one.storm_id in held and one.told is Told.LISTED and one.tenant_id in tenant_ids
        }
        return sum(self._exceptions[number].active for number in found)

"""Policy versions, feeds and alarms in memory.

Must not promise more or less than the SQL ones: the same contract suite holds them to it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from policies.queries import PolicyVersion
from policies.silence import Feed, Voice
from storage.memory.state import MemoryState

_READER = "feeds"


class MemoryPolicyVersions:
    """Policy versions in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows, self._number = state.versions, state.next_number

    async def all(self) -> list[PolicyVersion]:
        """Oldest first."""
        return sorted(self._rows.values(), key=attrgetter("adopted_at", "id"))

    async def one_at_a_time(self) -> None:
        """Transactions in memory come one after the other anyway."""

    async def adopt(self, version: PolicyVersion) -> PolicyVersion:
        """Inserts it and returns it with its number; the one that is there if it was adopted."""
        key = (version.scope, version.digest, version.adopted_at)
        if key not in self._rows:
            self._rows[key] = replace(version, id=self._number("policy_versions"))
        return self._rows[key]


class MemoryFeeds:
    """Feeds in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows, self._watermarks = state.feeds, state.watermarks

    async def all(self) -> list[Feed]:
        """Every feed, by tenant and source."""
        return [self._rows[key] for key in sorted(self._rows)]

    async def voices(self, tenant_ids: Sequence[int]) -> list[Voice]:
        """What the rules of these tenants need of their feeds, by tenant and source."""
        mine = [feed for feed in await self.all() if feed.tenant_id in tenant_ids]
        return [Voice(feed.tenant_id, feed.source, feed.kinds, feed.silence) for feed in mine]

    async def save(self, feeds: Sequence[Feed]) -> None:
        """Inserts or replaces them."""
        self._rows.update({(feed.tenant_id, feed.source): feed for feed in feeds})

    async def read_up_to(self) -> int:
        """The id of the last event that the feeds know of, 0 at first."""
        return self._watermarks.get(_READER, 0)

    async def set_read_up_to(self, event_id: int) -> None:
        """Notes that the feeds know of everything up to that event."""
        self._watermarks[_READER] = event_id


class MemoryAlarms:
    """Alarms of targets in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows = state.alarms

    async def ring(self, tenant_id: int, key: str, now: datetime) -> bool:
        """Notes it; False when it had been noted before."""
        if (tenant_id, key) in self._rows:
            return False
        self._rows[tenant_id, key] = now
        return True

"""What the jobs ask of the store of patterns: exceptions to count, and what channels were told.

Must not name a concrete class: bot/wiring.py plugs it in.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from policies.pattern_news import Told
from policies.sightings import Sighting


class Patterns(Protocol):
    """Exceptions as patterns see them, and what was told of patterns."""

    async def seen(
        self, tenant_id: int, since: datetime, until: datetime, limit: int
    ) -> list[Sighting]:
        """A tenant's exceptions that opened in [since, until), newest first; no complexity yet."""
        ...

    async def told(self, tenant_id: int, channel_id: str) -> Mapping[str, Told]:
        """What that channel was told of that tenant, by key."""
        ...

    async def note(self, rows: Sequence[Told]) -> None:
        """Inserts or replaces them."""
        ...

    async def take_back(self, tenant_id: int, channel_id: str, told_at: datetime) -> None:
        """Forgets what was to be told then, because it could not be."""
        ...

    async def forget(self, before: datetime, channels: Collection[tuple[int, str]]) -> None:
        """Lets go of what was told before then, or to none of these tenants' channels."""
        ...

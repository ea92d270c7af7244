"""What the jobs ask of the world about policies, targets and sources, as small Protocols.

Must not name a concrete class: bot/wiring.py plugs those in.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from policies.queries import PolicyVersion
from policies.silence import Feed, Voice


class PolicyVersions(Protocol):
    """Policy texts as they were adopted, oldest first. Never altered."""

    async def all(self) -> list[PolicyVersion]: ...

    async def one_at_a_time(self) -> None:
        """Lets nobody else adopt until the transaction ends; waits for who does just now."""
        ...

    async def adopt(self, version: PolicyVersion) -> PolicyVersion: ...


class Feeds(Protocol):
    """What every source usually tells, and since when it is silent."""

    async def all(self) -> list[Feed]: ...

    async def voices(self, tenant_ids: Sequence[int]) -> list[Voice]:
        """What the rules of these tenants need of their feeds, by tenant and source."""
        ...

    async def save(self, feeds: Sequence[Feed]) -> None: ...

    async def read_up_to(self) -> int:
        """The id of the last event that the feeds know of, 0 at first."""
        ...

    async def set_read_up_to(self, event_id: int) -> None: ...


class Alarms(Protocol):
    """What was already told about a target in a window, so that it is told once."""

    async def ring(self, tenant_id: int, key: str, now: datetime) -> bool:
        """Notes it; False when it had been noted before."""
        ...

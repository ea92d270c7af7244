"""What authority asks of the store: roles that were given, acts that wait for approval.

Must not name a concrete class: bot/wiring.py plugs those in.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from policies.roles import Approval, Role, RoleGrant


class RoleGrants(Protocol):
    """Who was given which role for which client."""

    async def all(self) -> Sequence[RoleGrant]:
        """Every grant, in the order of being given."""
        ...

    async def give(self, grant: RoleGrant, now: datetime) -> bool:
        """False where it was given before."""
        ...

    async def take(self, principal: str, role: Role | None, tenant_id: int | None) -> int:
        """Takes a role back, or all of them where None; returns how many there were."""
        ...


class Approvals(Protocol):
    """Acts that wait for somebody's approval."""

    async def ask(self, approval: Approval) -> int:
        """Keeps it; returns its number."""
        ...

    async def get(self, approval_id: int) -> Approval | None: ...

    async def decide(self, approval_id: int, outcome: str, actor: str, now: datetime) -> bool:
        """Decides it once; False where that was done before."""
        ...

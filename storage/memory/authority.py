"""Roles and approvals in memory. Must not be used where data must survive the process."""

from dataclasses import replace
from datetime import datetime

from policies.roles import Approval, Role, RoleGrant
from storage.memory.state import MemoryState


class MemoryRoleGrants:
    """Who was given which role for which client, in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows = state.role_grants

    async def all(self) -> list[RoleGrant]:
        """Every grant, in the order of being given."""
        return list(self._rows.values())

    async def give(self, grant: RoleGrant, now: datetime) -> bool:
        """False where it was given before."""
        key = (grant.principal, grant.role, grant.tenant_id)
        if key in self._rows:
            return False
        self._rows[key] = replace(grant, granted_at=now)
        return True

    async def take(self, principal: str, role: Role | None, tenant_id: int | None) -> int:
        """Takes a role back, or all of them where None; returns how many there were."""
        mine = [
            key
            for key in self._rows
            if (key[0], key[2]) == (principal, tenant_id) and role in (None, key[1])
        ]
        for key in mine:
            del self._rows[key]
        return len(mine)


class MemoryApprovals:
    """Acts that wait for somebody's approval, in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    async def ask(self, approval: Approval) -> int:
        """Keeps it; returns its number."""
        number = self._state.next_number("approvals")
        self._state.approvals[number] = replace(approval, id=number)
        return number

    async def get(self, approval_id: int) -> Approval | None:
        """That one, or None."""
        return self._state.approvals.get(approval_id)

    async def decide(self, approval_id: int, outcome: str, actor: str, now: datetime) -> bool:
        """Decides it once; False where that was done before."""
        known = self._state.approvals.get(approval_id)
        if known is None or known.decided_at is not None:
            return False
        self._state.approvals[approval_id] = replace(
            known, outcome=outcome, decided_by=actor, decided_at=now
        )
        return True

"""Keeps who may what: roles that were given, acts that wait for somebody's approval.

Must not decide who may.
"""

from dataclasses import fields
from datetime import datetime

from sqlalchemy import Row, delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.roles import Approval, Role, RoleGrant
from storage.instants import micros
from storage.tables_authority import approvals, role_grants

_EVERY_CLIENT = 0
_GIVE = text("""
INSERT INTO role_grants (principal, role, scope_id, granted_by, granted_at)
VALUES (:principal, :role, :scope_id, :granted_by, :granted_at)
ON CONFLICT (principal, role, scope_id) DO NOTHING
""")


class SqlRoleGrants:
    """Roles in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self) -> list[RoleGrant]:
        """Every grant, in the order of being given."""
        found = await self._connection.execute(select(role_grants).order_by(role_grants.c.id))
        return [
            RoleGrant(
                principal=row.principal,
                role=Role(row.role),
                tenant_id=row.scope_id or None,
                granted_by=row.granted_by,
                granted_at=row.granted_at,
            )
            for row in found
        ]

    async def give(self, grant: RoleGrant, now: datetime) -> bool:
        """False where it was given before."""
        values = {
            "principal": grant.principal,
            "role": grant.role.value,
            "scope_id": grant.tenant_id or _EVERY_CLIENT,
            "granted_by": grant.granted_by,
            "granted_at": micros(now),
        }
        return (await self._connection.execute(_GIVE, values)).rowcount == 1

    async def take(self, principal: str, role: Role | None, tenant_id: int | None) -> int:
        """Takes a role back, or all of them where None; returns how many there were."""
        mine = (
            role_grants.c.principal == principal,
            role_grants.c.scope_id == (tenant_id or _EVERY_CLIENT),
        )
        statement = delete(role_grants).where(*mine)
        if role is not None:
            statement = statement.where(role_grants.c.role == role.value)
        return (await self._connection.execute(statement)).rowcount


class SqlApprovals:
    """Approvals in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def ask(self, approval: Approval) -> int:
        """Keeps it; returns its number."""
        kept = {
            field.name: getattr(approval, field.name)
            for field in fields(approval)
            if field.name not in ("id", "wish")
        }
        statement = insert(approvals).values(**kept, act=approval.wish).returning(approvals.c.id)
        number: int = (await self._connection.execute(statement)).scalar_one()
        return number

    async def get(self, approval_id: int) -> Approval | None:
        """That one, or None."""
        mine = select(approvals).where(approvals.c.id == approval_id)
        row = (await self._connection.execute(mine)).one_or_none()
        return _approval(row) if row else None

    async def decide(self, approval_id: int, outcome: str, actor: str, now: datetime) -> bool:
        """Decides it once; False where that was done before."""
        open_one = approvals.c.id == approval_id, approvals.c.decided_at.is_(None)
        statement = update(approvals).where(*open_one)
        decided = statement.values(outcome=outcome, decided_by=actor, decided_at=now)
        return (await self._connection.execute(decided)).rowcount == 1


def _approval(row: Row[tuple[object, ...]]) -> Approval:
    values = dict(row._mapping)  # noqa: SLF001 - a row's public name for it
    return Approval(wish=values.pop("act"), **values)

"""Keeps the tenants and the channel that each one's alerts go to.

Must not decide who may see what.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import Row, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.records import Tenant
from storage.errors import NameTakenError
from storage.tables import tenants

_ADD = text("""
INSERT INTO tenants (name, channel, channel_id, timezone, synthetic, workspace_id)
VALUES (:name, :channel, :channel_id, :timezone, :synthetic, :workspace_id)
ON CONFLICT (name) DO NOTHING RETURNING id
""")


class SqlTenants:
    """Tenants in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self) -> list[Tenant]:
        """Every tenant, synthetic ones too, by number."""
        rows = await self._connection.execute(select(tenants).order_by(tenants.c.id))
        return [_tenant(row) for row in rows]

    async def get(self, tenant_id: int) -> Tenant | None:
        """The tenant of that number."""
        found = await self._connection.execute(select(tenants).where(tenants.c.id == tenant_id))
        return _tenant(row) if (row := found.one_or_none()) else None

    async def by_name(self, name: str) -> Tenant | None:
        """The tenant of exactly that name."""
        found = await self._connection.execute(select(tenants).where(tenants.c.name == name))
        return _tenant(row) if (row := found.one_or_none()) else None

    async def add(self, tenant: Tenant) -> Tenant:
        """Inserts it and returns it with its number.

        Raises:
            NameTakenError: A tenant of that name exists.
        """
        values = {
            "name": tenant.name,
            "channel": tenant.channel,
            "channel_id": tenant.channel_id,
            "timezone": tenant.timezone,
            "synthetic": tenant.synthetic,
            "workspace_id": tenant.workspace_id,
        }
        row = (await self._connection.execute(_ADD, values)).one_or_none()
        if row is None:
            raise NameTakenError
        return replace(tenant, id=row.id)

    async def move(self, tenant_id: int, workspace_id: str | None) -> None:
        """Says in which Slack workspace the tenant's channel is."""
        mine = update(tenants).where(tenants.c.id == tenant_id)
        await self._connection.execute(mine.values(workspace_id=workspace_id))

    async def learn_channel_id(self, tenant_id: int, channel_id: str) -> None:
        """Notes Slack's id of the tenant's channel."""
        mine = update(tenants).where(tenants.c.id == tenant_id)
        await self._connection.execute(mine.values(channel_id=channel_id))


def _tenant(row: Row[Any]) -> Tenant:
    return Tenant(**row._asdict())

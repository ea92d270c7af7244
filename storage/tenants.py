"""Keeps the tenants, the channel that each one's alerts go to, and further ones that see it.

Must not decide who may see what.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.records import Tenant
from policies.routing import Showing
from storage.errors import NameTakenError
from storage.instants import micros
from storage.tables import showings, tenants

_ADD = text("""
INSERT INTO tenants (name, channel, channel_id, timezone, synthetic, workspace_id)
VALUES (:name, :channel, :channel_id, :timezone, :synthetic, :workspace_id)
ON CONFLICT (name) DO NOTHING RETURNING id
""")
_SHOW = text("""
INSERT INTO showings (tenant_id, channel_id, shown_by, shown_at)
VALUES (:tenant_id, :channel_id, :shown_by, :shown_at)
ON CONFLICT (tenant_id, channel_id) DO NOTHING
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
        """Says in which Slack workspace the tenant's channel is.

        Further channels were those of the workspace before: they see the tenant no more.
        """
        await self._connection.execute(delete(showings).where(showings.c.tenant_id == tenant_id))
        mine = update(tenants).where(tenants.c.id == tenant_id)
        await self._connection.execute(mine.values(workspace_id=workspace_id))

    async def set_channel(self, tenant_id: int, channel: str, channel_id: str | None) -> None:
        """Where the tenant's alerts go from now on."""
        mine = update(tenants).where(tenants.c.id == tenant_id)
        await self._connection.execute(mine.values(channel=channel, channel_id=channel_id))

    async def show_in(self, tenant_id: int, channel_id: str, actor: str, now: datetime) -> bool:
        """Lets a further channel see the tenant; False where it does already."""
        values = {
            "tenant_id": tenant_id,
            "channel_id": channel_id,
            "shown_by": actor,
            "shown_at": micros(now),
        }
        return (await self._connection.execute(_SHOW, values)).rowcount > 0

    async def hide_from(self, tenant_id: int, channel_id: str) -> bool:
        """The further channel sees the tenant no more; False where it did not."""
        pair = (showings.c.tenant_id == tenant_id) & (showings.c.channel_id == channel_id)
        return (await self._connection.execute(delete(showings).where(pair))).rowcount > 0

    async def showings(self, tenant_ids: Collection[int] | None = None) -> list[Showing]:
        """The further channels of these tenants, or of all, by tenant and channel."""
        found = select(showings).order_by(showings.c.tenant_id, showings.c.channel_id)
        if tenant_ids is not None:
            found = found.where(showings.c.tenant_id.in_(sorted(tenant_ids)))
        return [Showing(**row._asdict()) for row in await self._connection.execute(found)]

    async def learn_channel_id(self, tenant_id: int, channel_id: str) -> None:
        """Notes Slack's id of the tenant's channel."""
        mine = update(tenants).where(tenants.c.id == tenant_id)
        await self._connection.execute(mine.values(channel_id=channel_id))


def _tenant(row: Row[Any]) -> Tenant:
    return Tenant(**row._asdict())

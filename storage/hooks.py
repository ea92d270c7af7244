"""Keeps the addresses of vendor-signed webhooks and the secrets that prove them.

A secret is kept as it is, because a signature can only be computed with it. Must not
write one to a log.
"""

import secrets as randomness
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.records import Hook
from storage.tables import hooks

_LIVE_SECRETS = 2


class SqlHooks:
    """Hooks in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, tenant_id: int, source: str, secret: str, now: datetime) -> Hook:
        """A new address for that tenant's source."""
        hook = Hook(
            id=randomness.token_hex(12), tenant_id=tenant_id, source=source, secrets=(secret,)
        )
        values = {"id": hook.id, "tenant_id": tenant_id, "source": source, "secrets": [secret]}
        await self._connection.execute(insert(hooks).values(**values, created_at=now))
        return hook

    async def get(self, hook_id: str) -> Hook | None:
        """The hook of that address."""
        found = await self._connection.execute(select(hooks).where(hooks.c.id == hook_id))
        return _hook(row) if (row := found.one_or_none()) else None

    async def all(self, tenant_id: int | None = None) -> list[Hook]:
        """The hooks of one tenant or of all, oldest first."""
        statement = select(hooks).order_by(hooks.c.created_at, hooks.c.id)
        if tenant_id is not None:
            statement = statement.where(hooks.c.tenant_id == tenant_id)
        return [_hook(row) for row in await self._connection.execute(statement)]

    async def rotate(self, hook_id: str, secret: str) -> Hook | None:
        """Adds a new secret; the one before stays valid, older ones do not."""
        hook = await self.get(hook_id)
        if hook is None:
            return None
        live = (secret, *(old for old in hook.secrets if old != secret))[:_LIVE_SECRETS]
        statement = update(hooks).where(hooks.c.id == hook_id).values(secrets=list(live))
        await self._connection.execute(statement)
        return Hook(id=hook.id, tenant_id=hook.tenant_id, source=hook.source, secrets=live)

    async def remove(self, hook_id: str) -> bool:
        """Closes the address; False when there is none."""
        result = await self._connection.execute(delete(hooks).where(hooks.c.id == hook_id))
        return result.rowcount == 1


def _hook(row: Row[Any]) -> Hook:
    return Hook(id=row.id, tenant_id=row.tenant_id, source=row.source, secrets=tuple(row.secrets))

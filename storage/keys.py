"""Keeps the callers' API keys, as a prefix to find them by and a hash of their secret.

Must not keep or return a secret but once, at its creation.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.records import ApiKey
from storage.key_secrets import draw_key, fits, split_key
from storage.tables import api_keys

_TOUCH_EVERY = timedelta(minutes=1)


class SqlKeys:
    """API keys in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def create(
        self, tenant_id: int, scopes: Iterable[str], now: datetime
    ) -> tuple[str, ApiKey]:
        """Draws a key; the plain text is returned here and nowhere else."""
        new = draw_key()
        wanted = frozenset(scopes)
        values = {
            "tenant_id": tenant_id,
            "prefix": new.prefix,
            "secret_hash": new.secret_hash,
            "scopes": sorted(wanted),
            "created_at": now,
        }
        result = await self._connection.execute(
            insert(api_keys).values(values).returning(*api_keys.c)
        )
        return new.plain, _key(result.one())

    async def verify(self, plain: str) -> ApiKey | None:
        """The key that was presented, or None when it is unknown, wrong or revoked."""
        presented = split_key(plain)
        if presented is None:
            return None
        prefix, secret = presented
        found = await self._connection.execute(select(api_keys).where(api_keys.c.prefix == prefix))
        row = found.one_or_none()
        if row is None or row.revoked_at is not None or not fits(secret, row.secret_hash):
            return None
        return _key(row)

    async def revoke(self, key_id: int, now: datetime) -> bool:
        """Refuses it from now on; False when there is none or it was revoked before."""
        live = api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None)
        statement = update(api_keys).where(*live).values(revoked_at=now)
        return (await self._connection.execute(statement)).rowcount == 1

    async def all(self, tenant_id: int | None = None) -> list[ApiKey]:
        """The keys of one tenant or of all, revoked ones too, by number."""
        statement = select(api_keys).order_by(api_keys.c.id)
        if tenant_id is not None:
            statement = statement.where(api_keys.c.tenant_id == tenant_id)
        return [_key(row) for row in await self._connection.execute(statement)]

    async def touch(self, key_id: int, now: datetime) -> None:
        """Notes that it was used, once a minute at most."""
        long_ago = api_keys.c.last_used_at <= now - _TOUCH_EVERY
        worth_it = or_(api_keys.c.last_used_at.is_(None), long_ago)
        statement = update(api_keys).where(api_keys.c.id == key_id, worth_it)
        await self._connection.execute(statement.values(last_used_at=now))


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        tenant_id=row.tenant_id,
        prefix=row.prefix,
        scopes=frozenset(row.scopes),
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )

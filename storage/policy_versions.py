"""Keeps policy texts as they were adopted. Must not alter one, and must not read what it says."""

from dataclasses import replace

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.queries import PolicyVersion
from storage.columns import storable
from storage.instants import micros, micros_or_none
from storage.tables_policy import policy_versions

_ADOPT = text("""
INSERT INTO policy_versions (scope, version, digest, text, file, adopted_at, since)
VALUES (:scope, :version, :digest, :text, :file, :adopted_at, :since)
ON CONFLICT (scope, digest, adopted_at) DO NOTHING RETURNING id
""")
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7243003)")


class SqlPolicyVersions:
    """Policy versions in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self) -> list[PolicyVersion]:
        """Oldest first."""
        order = (policy_versions.c.adopted_at, policy_versions.c.id)
        rows = await self._connection.execute(select(policy_versions).order_by(*order))
        return [PolicyVersion(**row._asdict()) for row in rows]

    async def mark(self) -> int:
        """Something that is another one after every change: they are only ever added."""
        last = select(func.coalesce(func.max(policy_versions.c.id), 0))
        mark: int = (await self._connection.execute(last)).scalar_one()
        return mark

    async def one_at_a_time(self) -> None:
        """Waits for who adopts just now; on SQLite one transaction writes at a time anyway."""
        if self._connection.dialect.name == "postgresql":
            await self._connection.execute(_ONE_AT_A_TIME)

    async def adopt(self, version: PolicyVersion) -> PolicyVersion:
        """Inserts it and returns it with its number; the one that is there if it was adopted."""
        values = {
            "scope": version.scope,
            "version": version.version,
            "digest": version.digest,
            "text": storable(version.text),
            "file": storable(version.file),
            "adopted_at": micros(version.adopted_at),
            "since": micros_or_none(version.since),
        }
        number = (await self._connection.execute(_ADOPT, values)).scalar_one_or_none()
        if number is not None:
            return replace(version, id=number)
        table = policy_versions.c
        same = select(policy_versions).where(
            table.scope == version.scope,
            table.digest == version.digest,
            table.adopted_at == version.adopted_at,
        )
        return PolicyVersion(**(await self._connection.execute(same)).one()._asdict())

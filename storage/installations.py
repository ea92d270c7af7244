"""Keeps in which Slack workspaces E2A is installed, with their tokens.

A token is kept as it is, because Slack wants it with every call: protect the database.
Must not write one to a log.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.installations import Installation, Pair
from storage.tables_slack import installations

_C = installations.c


class SqlInstallations:
    """Installations in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def save(self, installed: Installation) -> None:
        """Adds it, or replaces what was known of that workspace but when it was first installed."""
        values = {
            "workspace_id": installed.workspace_id,
            "name": installed.name,
            "bot_token": installed.bot_token,
            "bot_user_id": installed.bot_user_id,
            "bot_id": installed.bot_id,
            "scopes": sorted(installed.scopes),
            "installed_by": installed.installed_by,
            "installed_at": installed.installed_at,
            "refresh_token": installed.refresh_token,
            "expires_at": installed.expires_at,
            "refreshing_until": None,
            "removed_at": None,
            "removal": None,
        }
        on_postgres = self._connection.dialect.name == "postgresql"
        insert = postgres_insert if on_postgres else sqlite_insert
        adding = insert(installations).values(**values, first_installed_at=installed.installed_at)
        await self._connection.execute(
            adding.on_conflict_do_update(index_elements=["workspace_id"], set_=values)
        )

    async def get(self, workspace_id: str) -> Installation | None:
        """That workspace's, also when it was removed."""
        wanted = select(installations).where(_C.workspace_id == workspace_id)
        row = (await self._connection.execute(wanted)).one_or_none()
        return _installation(row) if row else None

    async def all(self) -> list[Installation]:
        """Every one, the first installed first; removed ones too."""
        ordered = select(installations).order_by(_C.first_installed_at, _C.workspace_id)
        return [_installation(row) for row in await self._connection.execute(ordered)]

    async def remove(self, workspace_id: str, reason: str, told_at: datetime) -> bool:
        """Forgets its tokens; False for one that is gone, or was installed again after `told_at`.

        Args:
            workspace_id: the team or organisation.
            reason: how it was told.
            told_at: when it was taken out; Slack tells late, and more than once.
        """
        wanted = update(installations).where(
            _C.workspace_id == workspace_id, _C.removed_at.is_(None), _C.installed_at <= told_at
        )
        gone = wanted.values(
            bot_token="",
            refresh_token=None,
            expires_at=None,
            refreshing_until=None,
            removed_at=told_at,
            removal=reason,
        )
        return (await self._connection.execute(gone)).rowcount == 1

    async def claim_refresh(
        self, workspace_id: str, refresh_token: str, now: datetime, lease: timedelta
    ) -> bool:
        """Whether the caller alone may now replace the token, for so long."""
        wanted = update(installations).where(
            _C.workspace_id == workspace_id,
            _C.refresh_token == refresh_token,
            or_(_C.refreshing_until.is_(None), _C.refreshing_until <= now),
        )
        claimed = await self._connection.execute(wanted.values(refreshing_until=now + lease))
        return claimed.rowcount == 1

    async def refreshed(self, workspace_id: str, spent: str, pair: Pair) -> bool:
        """Puts the new pair in place of the one whose refresh token was spent."""
        wanted = update(installations).where(
            _C.workspace_id == workspace_id, _C.refresh_token == spent
        )
        done = await self._connection.execute(
            wanted.values(
                bot_token=pair.bot_token,
                refresh_token=pair.refresh_token,
                expires_at=pair.expires_at,
                refreshing_until=None,
            )
        )
        return done.rowcount == 1


_KNOWN: Sequence[str] = [name for name in Installation.__dataclass_fields__ if name != "scopes"]


def _installation(row: Row[Any]) -> Installation:
    values = {name: getattr(row, name) for name in _KNOWN}
    return Installation(**values, scopes=frozenset(row.scopes))

"""Keeps what people in Slack set for themselves, and whose Home is open. Must not draw."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.personal_settings import OpenHome, PersonalSettings
from policies.quiet import Quiet
from storage.columns import to_json
from storage.instants import micros
from storage.tables_people import homes, personal_settings

_SET = text("""
INSERT INTO personal_settings
    (user_id, quiet, tell_assigned, tell_worse, language, updated_at)
VALUES (:user_id, :quiet, :tell_assigned, :tell_worse, :language, :updated_at)
ON CONFLICT (user_id) DO UPDATE SET quiet = excluded.quiet,
    tell_assigned = excluded.tell_assigned, tell_worse = excluded.tell_worse,
    language = excluded.language, updated_at = excluded.updated_at
""")
_OPENED = text("""
INSERT INTO homes (user_id, workspace_id, opened_at, drawn_at, digest)
VALUES (:user_id, :workspace_id, :now, :now, :digest)
ON CONFLICT (user_id) DO UPDATE SET workspace_id = excluded.workspace_id,
    opened_at = excluded.opened_at, drawn_at = excluded.drawn_at, digest = excluded.digest
""")
_ALONE = text("SELECT pg_advisory_xact_lock(hashtext('e2a.homes'))")


class SqlPeople:
    """Settings and open Homes in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def settings(self, user_id: str) -> PersonalSettings:
        """Theirs, or those of somebody who set nothing."""
        mine = select(personal_settings).where(personal_settings.c.user_id == user_id)
        row = (await self._connection.execute(mine)).one_or_none()
        if row is None:
            return PersonalSettings(user_id=user_id)
        return PersonalSettings(
            user_id=user_id,
            quiet=_quiet(row.quiet) if row.quiet else None,
            tell_assigned=row.tell_assigned,
            tell_worse=row.tell_worse,
            language=row.language,
        )

    async def set_settings(self, settings: PersonalSettings, now: datetime) -> None:
        """Keeps them in the place of any before."""
        values = {
            "user_id": settings.user_id,
            "quiet": to_json(_json(settings.quiet)) if settings.quiet else None,
            "tell_assigned": settings.tell_assigned,
            "tell_worse": settings.tell_worse,
            "language": settings.language,
            "updated_at": micros(now),
        }
        await self._connection.execute(_SET, values)

    async def home_opened(
        self, user_id: str, workspace_id: str, digest: str, now: datetime
    ) -> None:
        """Somebody looks at their Home, which was drawn just now."""
        values = {"user_id": user_id, "workspace_id": workspace_id, "digest": digest}
        await self._connection.execute(_OPENED, {**values, "now": micros(now)})

    async def claim_homes(
        self, *, opened_after: datetime, drawn_before: datetime, now: datetime, most: int
    ) -> list[OpenHome]:
        """Homes to be drawn anew, for the caller alone; replicas count together, one by one."""
        if self._connection.dialect.name == "postgresql":
            await self._connection.execute(_ALONE)
        drawn = homes.c.drawn_at
        fresh = select(func.count()).where(drawn > drawn_before, drawn <= now)
        left = most - (await self._connection.execute(fresh)).scalar_one()
        if left <= 0:
            return []
        due = or_(drawn <= drawn_before, drawn > now)  # later than now: the clock was set back
        mine = (
            select(homes.c.user_id)
            .where(homes.c.opened_at > opened_after, due)
            .order_by(drawn, homes.c.user_id)
            .limit(left)
        )
        claim = update(homes).where(homes.c.user_id.in_(mine)).values(drawn_at=now).returning(homes)
        found = await self._connection.execute(claim)
        return [
            OpenHome(
                user_id=row.user_id,
                workspace_id=row.workspace_id,
                drawn_at=row.drawn_at,
                digest=row.digest,
            )
            for row in found
        ]

    async def home_drawn(self, home: OpenHome, digest: str) -> bool:
        """Notes what is about to be published; False where it was drawn by another since."""
        same = (homes.c.user_id == home.user_id) & (homes.c.drawn_at == home.drawn_at)
        noted = await self._connection.execute(update(homes).where(same).values(digest=digest))
        return noted.rowcount == 1

    async def forget_homes(self, opened_before: datetime) -> None:
        """Drops those that nobody opened since."""
        await self._connection.execute(delete(homes).where(homes.c.opened_at <= opened_before))


def _json(quiet: Quiet) -> dict[str, Any]:
    return {
        "begins": quiet.begins,
        "ends": quiet.ends,
        "days": sorted(quiet.days),
        "zone": quiet.zone,
    }


def _quiet(kept: Mapping[str, Any]) -> Quiet:
    return Quiet(
        begins=kept["begins"], ends=kept["ends"], days=tuple(kept["days"]), zone=kept["zone"]
    )

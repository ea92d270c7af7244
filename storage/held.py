"""Keeps what quiet hours hold back: a storm of everything that a channel was not told.

Must not decide when it is quiet, nor tell anything.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.storms import Told
from storage.bulk import among_these
from storage.tables_orders import ACTIVE, exceptions
from storage.tables_storms import storm_members, storms

_HELD = storms.c.held_until.is_not(None)


class SqlHeld:
    """What is held, in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def hold(self, storm_id: int, until: datetime | None) -> None:
        """It is told at `until` and not before; None: it may be told."""
        mine = update(storms).where(storms.c.id == storm_id)
        await self._connection.execute(mine.values(held_until=until))

    async def storms(self) -> list[int]:
        """The storms that are held, by number."""
        held = select(storms.c.id).where(_HELD).order_by(storms.c.id)
        return list((await self._connection.execute(held)).scalars())

    async def of_channel(self, channel: str, cause: str) -> int | None:
        """The storm that is held of that channel; the cause names its workspace too."""
        here = (storms.c.channel == channel, storms.c.cause == cause)
        held = select(storms.c.id).where(_HELD, *here)
        return (await self._connection.execute(held)).scalar_one_or_none()

    async def count(self, tenant_ids: Collection[int]) -> int:
        """How many open exceptions of these tenants some channel was not told of yet."""
        member = storm_members.c
        counted = (
            select(func.count(member.exception_id.distinct()))
            .select_from(storm_members)
            .join(storms, storms.c.id == member.storm_id)
            .join(
                exceptions,
                (exceptions.c.tenant_id == member.tenant_id)
                & (exceptions.c.id == member.exception_id),
            )
            .where(_HELD, ACTIVE, member.told == Told.LISTED.value)
            .where(among_these(self._connection, member.tenant_id, sorted(tenant_ids)))
        )
        return (await self._connection.execute(counted)).scalar_one()

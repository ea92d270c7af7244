"""Units of work over all stores: everything in one happens, or nothing.

Must not know what a unit of work is for.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.alarms import SqlAlarms
from storage.alerts import SqlAlerts
from storage.audit import SqlAudit
from storage.clocks import SqlClocks
from storage.dead_letters import SqlDeadLetters
from storage.engine import Engines
from storage.errors import StorageError
from storage.events import SqlEvents
from storage.exceptions import SqlExceptions
from storage.feeds import SqlFeeds
from storage.fires import SqlFires
from storage.hooks import SqlHooks
from storage.instants import micros
from storage.keys import SqlKeys
from storage.outbox import SqlOutbox
from storage.policy_versions import SqlPolicyVersions
from storage.seen import SqlSeen
from storage.subscriptions import SqlSubscriptions
from storage.tenants import SqlTenants
from storage.work_items import SqlWorkItems

_PROBE = text("""
INSERT INTO seen (key, seen_at) VALUES ('probe', :now)
ON CONFLICT (key) DO UPDATE SET seen_at = excluded.seen_at
""")


class SqlTransaction:
    """The stores over one connection in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.events = SqlEvents(connection)
        self.clocks = SqlClocks(connection)
        self.exceptions = SqlExceptions(connection)
        self.alerts = SqlAlerts(connection)
        self.outbox = SqlOutbox(connection)
        self.work = SqlWorkItems(connection)
        self.dead_letters = SqlDeadLetters(connection)
        self.audit = SqlAudit(connection)
        self.tenants = SqlTenants(connection)
        self.fires = SqlFires(connection)
        self.seen = SqlSeen(connection)
        self.subscriptions = SqlSubscriptions(connection)
        self.policies = SqlPolicyVersions(connection)
        self.feeds = SqlFeeds(connection)
        self.alarms = SqlAlarms(connection)
        self.keys = SqlKeys(connection)
        self.hooks = SqlHooks(connection)


class SqlStorage:
    """Where transactions come from. The engines belong to who opened them."""

    def __init__(self, engines: Engines) -> None:
        self.engines = engines
        self._probing: asyncio.Task[bool] | None = None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[SqlTransaction]:
        """Commits at the end of the block, rolls back when it raises.

        Raises:
            StorageError: One that says what is the matter with the database.
        """
        async with self.engines.write() as connection:
            yield SqlTransaction(connection)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlTransaction]:
        """A consistent view; never waits for writers and cannot write."""
        async with self.engines.read() as connection:
            yield SqlTransaction(connection)

    async def can_write(self, now: datetime, timeout_seconds: float = 2.0) -> bool:
        """Whether a row can be written and committed in that time, by really doing it.

        A probe that hangs is asked again and not doubled.
        """
        if self._probing is None or self._probing.done():
            self._probing = asyncio.create_task(self._probe(now))
        done, _ = await asyncio.wait({self._probing}, timeout=timeout_seconds)
        return self._probing in done and self._probing.result()

    async def close(self) -> None:
        """Waits for a probe under way and closes the engines."""
        if self._probing is not None:
            await self._probing
        await self.engines.close()

    async def _probe(self, now: datetime) -> bool:
        try:
            async with self.engines.write() as connection:
                await connection.execute(_PROBE, {"now": micros(now)})
        except StorageError:
            return False
        return True

"""Units of work over all stores: everything in one happens, or nothing.

Must not know what a unit of work is for.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.adjustments import SqlAdjustments
from storage.alarms import SqlAlarms
from storage.alerts import SqlAlerts
from storage.answers import SqlAnswers
from storage.audit import SqlAudit
from storage.authority import SqlApprovals, SqlRoleGrants
from storage.bills import SqlBillAudits
from storage.clocks import SqlClocks
from storage.comparisons import SqlComparisons
from storage.dead_letters import SqlDeadLetters
from storage.documents import SqlDocuments
from storage.engine import Engines
from storage.enrichments import SqlEnrichments
from storage.errors import StorageError
from storage.escalations import SqlEscalations
from storage.events import SqlEvents
from storage.exceptions import SqlExceptions
from storage.feeds import SqlFeeds
from storage.figures import SqlFigures
from storage.findings import SqlFindings
from storage.fires import SqlFires
from storage.held import SqlHeld
from storage.hooks import SqlHooks
from storage.installations import SqlInstallations
from storage.instants import micros
from storage.invoices import SqlInvoices
from storage.journal import SqlJournal
from storage.keys import SqlKeys
from storage.model_answers import SqlModelAnswers
from storage.model_usage import SqlModelUsage
from storage.notable import SqlNotable
from storage.order_names import SqlOrderNames
from storage.outbox import SqlOutbox
from storage.patterns import SqlPatterns
from storage.people import SqlPeople
from storage.policy_versions import SqlPolicyVersions
from storage.rates import SqlRates
from storage.resolution_attempts import SqlAttempts
from storage.seen import SqlSeen
from storage.storms import SqlStorms
from storage.subscriptions import SqlSubscriptions
from storage.tenants import SqlTenants
from storage.warnings import SqlWarnings
from storage.work_items import SqlWorkItems
from storage.worked import SqlWorked

_SERVER_TIME = text("SELECT clock_timestamp()")
_PROBE = text("""
INSERT INTO seen (key, seen_at) VALUES ('probe', :now)
ON CONFLICT (key) DO UPDATE SET seen_at = excluded.seen_at
""")


class SqlTransaction:
    """The stores over one connection in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.events = SqlEvents(connection)
        self.names = SqlOrderNames(connection)
        self.clocks = SqlClocks(connection)
        self.exceptions = SqlExceptions(connection)
        self.alerts = SqlAlerts(connection)
        self.outbox = SqlOutbox(connection)
        self.work = SqlWorkItems(connection)
        self.dead_letters = SqlDeadLetters(connection)
        self.documents = SqlDocuments(connection)
        self.audit = SqlAudit(connection)
        self.tenants = SqlTenants(connection)
        self.fires = SqlFires(connection)
        self.seen = SqlSeen(connection)
        self.subscriptions = SqlSubscriptions(connection)
        self.policies = SqlPolicyVersions(connection)
        self.feeds = SqlFeeds(connection)
        self.alarms = SqlAlarms(connection)
        self.comparisons = SqlComparisons(connection)
        self.figures = SqlFigures(connection)
        self.storms = SqlStorms(connection)
        self.held = SqlHeld(connection)
        self.warnings = SqlWarnings(connection)
        self.escalations = SqlEscalations(connection)
        self.roles = SqlRoleGrants(connection)
        self.approvals = SqlApprovals(connection)
        self.attempts = SqlAttempts(connection)
        self.model_usage = SqlModelUsage(connection)
        self.model_answers = SqlModelAnswers(connection)
        self.people = SqlPeople(connection)
        self.patterns = SqlPatterns(connection)
        self.worked = SqlWorked(connection)
        self.invoices = SqlInvoices(connection)
        self.adjustments = SqlAdjustments(connection)
        self.journal = SqlJournal(connection)
        self.answers = SqlAnswers(connection)
        self.notable = SqlNotable(connection)
        self.enrichments = SqlEnrichments(connection)
        self.bills = SqlBillAudits(connection)
        self.findings = SqlFindings(connection)
        self.keys = SqlKeys(connection)
        self.installations = SqlInstallations(connection)
        self.rates = SqlRates(connection)
        self.hooks = SqlHooks(connection)


class SqlStorage:
    """Where transactions come from. The engines belong to who opened them.

    Args:
        engines: the database.
        tenants: on PostgreSQL transactions reach the rows of these only; of all when None.
    """

    def __init__(self, engines: Engines, tenants: Collection[int] | None = None) -> None:
        self.engines = engines
        self._tenants = tenants
        self._probing: asyncio.Task[bool] | None = None

    def of(self, tenant_ids: Collection[int]) -> "SqlStorage":
        """The same stores, behind the wall of these tenants."""
        return SqlStorage(self.engines, frozenset(tenant_ids))

    @asynccontextmanager
    async def write(self) -> AsyncIterator[SqlTransaction]:
        """Commits at the end of the block, rolls back when it raises.

        Raises:
            StorageError: One that says what is the matter with the database.
        """
        async with self.engines.write(self._tenants) as connection:
            yield SqlTransaction(connection)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlTransaction]:
        """A consistent view; never waits for writers and cannot write."""
        async with self.engines.read(self._tenants) as connection:
            yield SqlTransaction(connection)

    async def server_time(self) -> datetime | None:
        """The time of the server that replicas share; None on SQLite, which has none."""
        if self.engines.on_sqlite:
            return None
        async with self.engines.read() as connection:
            told: datetime = (await connection.execute(_SERVER_TIME)).scalar_one()
            return told

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

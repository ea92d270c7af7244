"""What the jobs ask of the world, as small Protocols that they own.

Must not name a concrete class: bot/wiring.py plugs those in.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol

from jobs.ports.answers import Answers
from jobs.ports.authority import Approvals, RoleGrants
from jobs.ports.bills import BillAudits
from jobs.ports.comparisons import Comparisons
from jobs.ports.documents import Documents
from jobs.ports.enrichment import Enrichments
from jobs.ports.escalation import Escalations
from jobs.ports.figures import FiguresStore
from jobs.ports.findings import Findings
from jobs.ports.invoices import Adjustments, Invoices, Journal, Worked
from jobs.ports.model import ModelAnswers, ModelUses
from jobs.ports.names import OrderNames
from jobs.ports.patterns import Patterns
from jobs.ports.people import People
from jobs.ports.policy import Alarms, Feeds, PolicyVersions
from jobs.ports.records import Alerts, Audit, Exceptions
from jobs.ports.resolution import Attempts
from jobs.ports.storms import Held, Storms
from jobs.ports.warnings import Warnings
from jobs.ports.work import DeadLetters, Fires, Outbox, Seen, Subscriptions, WorkItems
from policies.clock import Clock
from policies.facts import OrderEvent
from policies.queries import ClockRow, ExceptionFilter, Heard, Peers, Receipt, Tally
from policies.records import (
    OrderKey,
    ReceivedEvent,
    Tenant,
)
from policies.routing import Showing

__all__ = [
    "Alerts",
    "Audit",
    "ClockRow",
    "Clocks",
    "DeadLetters",
    "EventLog",
    "Events",
    "ExceptionFilter",
    "Exceptions",
    "Fires",
    "Outbox",
    "Peers",
    "Receipt",
    "Seen",
    "Storage",
    "Tenants",
    "Transaction",
    "WorkItems",
]


class EventLog(Protocol):
    """The group-commit writer: answers after the commit that holds the rows."""

    async def record(self, events: Sequence[ReceivedEvent]) -> list[Receipt]:
        """Stores new events durably and asks for their orders' evaluation, one receipt each."""
        ...


class Events(Protocol):
    """Stored events of orders."""

    async def of_orders(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, list[OrderEvent]]:
        """With what was told of them under another name; an id that is one is not followed."""
        ...

    async def volume(
        self, wanted: Sequence[tuple[int, datetime, timedelta]]
    ) -> Mapping[tuple[int, datetime, timedelta], int]:
        """Orders of a tenant that began (created or paid) in the window up to a moment, by both."""
        ...

    async def orders_between(
        self, tenant_id: int, since: datetime, until: datetime, *, after: str = "", limit: int = 500
    ) -> list[str]:
        """Orders with an event that occurred in [since, until), by id, those after `after`."""
        ...

    async def heard(self, after_id: int, limit: int) -> tuple[list[Heard], int]:
        """What was told in rows after `after_id`, by source, kind and hour; the last id."""
        ...


class Clocks(Protocol):
    """Clock rows and their ledger."""

    async def of_orders(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, list[ClockRow]]: ...

    async def save(self, tenant_clocks: Sequence[tuple[int, Clock]], now: datetime) -> None:
        """Writes the clocks (insert or replace) and adds what is new to the ledger."""
        ...

    async def retire(self, rows: Sequence[ClockRow]) -> None:
        """Calls off clocks whose rule is no longer in force, so that no sweep finds them."""
        ...

    async def peers(self, tenant_id: int, sla_id: str, at_most: int | None = None) -> Peers:
        """Counts no further than `at_most` in each state."""
        ...

    async def at_risk(self, tenant_ids: Sequence[int], limit: int) -> list[ClockRow]: ...

    async def tally(
        self,
        tenant_id: int,
        sla_id: str,
        since: datetime,
        until: datetime,
        *,
        clients: Sequence[str] = (),
        channels: Sequence[str] = (),
    ) -> Tally:
        """How the clocks stand whose deadline is in [since, until); empty lists do not restrict."""
        ...

    async def decided(
        self, tenant_id: int, sla_id: str, until: datetime, limit: int
    ) -> list[ClockRow]:
        """Met and breached clocks whose deadline was before `until`, latest deadline first."""
        ...

    async def running(
        self, tenant_id: int, sla_id: str, until: datetime, limit: int
    ) -> list[ClockRow]:
        """Running clocks that are due before `until`, next deadline first; not those of no data."""
        ...

    async def waiting_for(self, tenant_id: int, sla_ids: Sequence[str], limit: int) -> list[str]:
        """Orders with a clock of these rules whose verdict is no_data."""
        ...


class Tenants(Protocol):
    """Tenants and the channels that see them."""

    async def all(self) -> list[Tenant]: ...

    async def get(self, tenant_id: int) -> Tenant | None: ...

    async def by_name(self, name: str) -> Tenant | None: ...

    async def add(self, tenant: Tenant) -> Tenant:
        """Raises NameTakenError when a tenant of that name exists."""
        ...

    async def learn_channel_id(self, tenant_id: int, channel_id: str) -> None: ...

    async def set_channel(self, tenant_id: int, channel: str, channel_id: str | None) -> None:
        """Where its alerts go from now on."""
        ...

    async def show_in(self, tenant_id: int, channel_id: str, actor: str, now: datetime) -> bool:
        """Lets a further channel see the tenant; False where it does already."""
        ...

    async def hide_from(self, tenant_id: int, channel_id: str) -> bool:
        """The further channel sees the tenant no more; False where it did not."""
        ...

    async def showings(self, tenant_ids: Collection[int] | None = None) -> list[Showing]:
        """The further channels of these tenants, or of all, by tenant and channel."""
        ...


class Transaction(Protocol):
    """One unit of work over all stores: everything in it happens, or nothing."""

    @property
    def events(self) -> Events: ...
    @property
    def names(self) -> OrderNames: ...
    @property
    def clocks(self) -> Clocks: ...
    @property
    def exceptions(self) -> Exceptions: ...
    @property
    def alerts(self) -> Alerts: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def work(self) -> WorkItems: ...
    @property
    def dead_letters(self) -> DeadLetters: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def tenants(self) -> Tenants: ...
    @property
    def fires(self) -> Fires: ...
    @property
    def seen(self) -> Seen: ...
    @property
    def subscriptions(self) -> Subscriptions: ...
    @property
    def policies(self) -> PolicyVersions: ...
    @property
    def feeds(self) -> Feeds: ...
    @property
    def alarms(self) -> Alarms: ...
    @property
    def storms(self) -> Storms: ...
    @property
    def held(self) -> Held: ...
    @property
    def warnings(self) -> Warnings: ...
    @property
    def escalations(self) -> Escalations: ...
    @property
    def figures(self) -> FiguresStore: ...
    @property
    def comparisons(self) -> Comparisons: ...
    @property
    def roles(self) -> RoleGrants: ...
    @property
    def approvals(self) -> Approvals: ...
    @property
    def attempts(self) -> Attempts: ...
    @property
    def model_usage(self) -> ModelUses: ...
    @property
    def model_answers(self) -> ModelAnswers: ...
    @property
    def people(self) -> People: ...
    @property
    def patterns(self) -> Patterns: ...
    @property
    def worked(self) -> Worked: ...
    @property
    def invoices(self) -> Invoices: ...
    @property
    def adjustments(self) -> Adjustments: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def answers(self) -> Answers: ...
    @property
    def findings(self) -> Findings: ...
    @property
    def enrichments(self) -> Enrichments: ...
    @property
    def bills(self) -> BillAudits: ...
    @property
    def documents(self) -> Documents: ...


class Storage(Protocol):
    """Where transactions come from."""

    def of(self, tenant_ids: Collection[int]) -> "Storage":
        """The same, behind the wall of these tenants: no row of another one is reached."""
        ...

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        """Commits at the end of the block, rolls back when it raises."""
        ...

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """A consistent view; never waits for writers."""
        ...

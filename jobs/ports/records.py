"""What the jobs ask of the records that people follow: exceptions, alerts, the trail.

Must not name a concrete class: bot/wiring.py plugs those in.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from policies.queries import ExceptionFilter
from policies.reasons import ReasonCode
from policies.records import Alert, AuditEntry, ExceptionRecord, Explanation, JsonObject, OrderKey


class Exceptions(Protocol):
    """Exception records."""

    async def of_orders(
        self, keys: Sequence[OrderKey]
    ) -> Mapping[OrderKey, list[ExceptionRecord]]: ...

    async def get(self, exception_id: int) -> ExceptionRecord | None: ...

    async def among(self, exception_ids: Sequence[int]) -> list[ExceptionRecord]:
        """Those of these numbers that there are, by number."""
        ...

    async def find(self, wanted: ExceptionFilter) -> list[ExceptionRecord]:
        """Newest first."""
        ...

    async def count(self, wanted: ExceptionFilter) -> int: ...

    async def active(self, tenant_id: int, reason: ReasonCode, at_most: int) -> int:
        """How many active ones of that reason there are; counts no further than `at_most`."""
        ...

    async def open(self, records: Sequence[ExceptionRecord]) -> list[ExceptionRecord]:
        """Inserts and returns them with their ids; one that exists already is left out.

        "Exists" is decided by the unique key (tenant, order, sla, subject).
        """
        ...

    async def save(self, record: ExceptionRecord, *, was: int) -> bool:
        """Replaces the record if its stored version is still `was`; False when it is not."""
        ...

    async def explain(self, record: ExceptionRecord, explanation: Explanation) -> bool:
        """Replaces the explanation alone; False where the record was changed since it was read."""
        ...

    async def first_opened(self, tenant_id: int) -> datetime | None:
        """When the oldest that is kept of that tenant opened."""
        ...

    async def opened_between(
        self, tenant_id: int, reason: ReasonCode, since: datetime, until: datetime, limit: int
    ) -> list[tuple[datetime, JsonObject]]:
        """When they opened in [since, until) and their facts, newest first."""
        ...

    async def waking(self, now: datetime, limit: int) -> list[ExceptionRecord]:
        """Active ones whose snooze ended at or before `now`."""
        ...

    async def closable(self, before: datetime, limit: int) -> list[ExceptionRecord]:
        """RESOLVED ones that were resolved before `before`."""
        ...


class Alerts(Protocol):
    """Alerts and what of them is in Slack."""

    async def open(self, alerts: Sequence[Alert]) -> list[Alert]:
        """Inserts them with their exceptions; returns them with ids, in the same order."""
        ...

    async def get(self, alert_id: int) -> Alert | None: ...

    async def of_exception(self, exception_id: int) -> list[Alert]: ...

    async def channels_of(self, exception_ids: Collection[int]) -> Mapping[int, frozenset[str]]:
        """Names and ids of the channels in which each of them has an alert."""
        ...

    async def drop(self, alert_id: int) -> None:
        """Forgets it with its messages."""
        ...

    async def leave(self, tenant_id: int, channel: Collection[str]) -> None:
        """Forgets what stands of a tenant in a channel, which is known by these names."""
        ...

    async def by_message(self, channel_id: str, ts: str) -> Alert | None:
        """The alert whose card (thread root) is that message."""
        ...

    async def of_message(self, channel_id: str, ts: str) -> Alert | None:
        """The alert of which that message is a part: the card, or one in its thread."""
        ...

    async def sent(
        self, alert_id: int, part: str, *, channel_id: str, ts: str, digest: str
    ) -> None: ...

    async def forget(self, alert_id: int, part: str) -> None:
        """Takes a part for unsent; with the card go all, because they stood in its thread."""
        ...

    async def refresh_later(self, alert_id: int, at: datetime | None) -> None: ...

    async def stale(self, now: datetime, limit: int) -> list[Alert]:
        """Alerts whose refresh_at has come."""
        ...


class Audit(Protocol):
    """The append-only, hash-chained (per tenant) trail."""

    async def append(self, entries: Sequence[AuditEntry]) -> None: ...

    async def of_subject(self, tenant_id: int, subject: str) -> list[AuditEntry]:
        """Oldest first."""
        ...

    async def find(
        self, tenant_ids: Sequence[int], *, before_id: int | None = None, limit: int = 50
    ) -> list[AuditEntry]:
        """Newest first."""
        ...

"""Exceptions and alerts in memory.

Must not promise more or less than the SQL ones: the same contract suite holds them to it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from policies.queries import ExceptionFilter
from policies.reasons import ReasonCode, Status
from policies.records import Alert, AlertPart, ExceptionRecord, Explanation, JsonObject, OrderKey
from storage.alerts import CARD
from storage.columns import stated_as
from storage.exceptions import identity_of
from storage.memory.state import MemoryState, by_order


class MemoryExceptions:
    """Exception records in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows, self._number = state.exceptions, state.next_number

    async def of_orders(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, list[ExceptionRecord]]:
        """The exceptions of these orders, oldest first."""
        return by_order(keys, sorted(self._rows.values(), key=attrgetter("id")))

    async def get(self, exception_id: int) -> ExceptionRecord | None:
        """The record of that number."""
        return self._rows.get(exception_id)

    async def among(self, exception_ids: Sequence[int]) -> list[ExceptionRecord]:
        """Those of these numbers that there are, by number."""
        return [self._rows[number] for number in sorted(exception_ids) if number in self._rows]

    async def find(self, wanted: ExceptionFilter) -> list[ExceptionRecord]:
        """Those that fit, newest first."""
        fitting = [record for record in self._rows.values() if _fits(record, wanted)]
        if wanted.soonest_first:
            return sorted(fitting, key=attrgetter("deadline_at", "id"))[: wanted.limit]
        return sorted(fitting, key=attrgetter("id"), reverse=True)[: wanted.limit]

    async def count(self, wanted: ExceptionFilter) -> int:
        """How many fit, whatever the limit and the page."""
        every = replace(wanted, before_id=None)
        return sum(_fits(record, every) for record in self._rows.values())

    async def active(self, tenant_id: int, reason: ReasonCode, at_most: int) -> int:
        """How many active ones of that reason there are; counts no further than `at_most`."""
        meant = (tenant_id, reason, True)
        every = ((r.tenant_id, r.reason_code, r.active) == meant for r in self._rows.values())
        return min(at_most, sum(every))

    async def open(self, records: Sequence[ExceptionRecord]) -> list[ExceptionRecord]:
        """Inserts them and returns those that are new, with their numbers."""
        present = {identity_of(record) for record in self._rows.values()}
        opened = []
        for record in records:
            if identity_of(record) not in present:
                present.add(identity_of(record))
                opened.append(replace(record, id=self._number("exceptions")))
        self._rows.update({record.id: record for record in opened})
        return opened

    async def save(self, record: ExceptionRecord, *, was: int) -> bool:
        """Replaces it if its stored version is still `was`."""
        stored = self._rows.get(record.id)
        if stored is None or (stored.tenant_id, stored.version) != (record.tenant_id, was):
            return False
        self._rows[record.id] = record
        return True

    async def explain(self, record: ExceptionRecord, explanation: Explanation) -> bool:
        """Replaces the explanation alone; False where the record was changed since it was read."""
        held = self._rows.get(record.id)
        seen = (record.tenant_id, record.version, record.updated_at)
        if held is None or (held.tenant_id, held.version, held.updated_at) != seen:
            return False
        self._rows[record.id] = replace(held, explanation=explanation)
        return True

    async def first_opened(self, tenant_id: int) -> datetime | None:
        """When the oldest that is kept of that tenant opened."""
        mine = [record for record in self._rows.values() if record.tenant_id == tenant_id]
        return min(mine, key=attrgetter("id")).opened_at if mine else None

    async def opened_between(
        self, tenant_id: int, reason: ReasonCode, since: datetime, until: datetime, limit: int
    ) -> list[tuple[datetime, JsonObject]]:
        """When they opened in [since, until) and their facts, newest first."""
        meant = (tenant_id, reason)
        fitting = [
            record
            for record in self._rows.values()
            if (record.tenant_id, record.reason_code) == meant and since <= record.opened_at < until
        ]
        newest = sorted(fitting, key=attrgetter("opened_at"), reverse=True)[:limit]
        return [(record.opened_at, record.facts) for record in newest]

    async def waking(self, now: datetime, limit: int) -> list[ExceptionRecord]:
        """Active ones whose snooze is over, longest over first."""
        over = [
            (record.snoozed_until, record.id)
            for record in self._rows.values()
            if record.active and record.snoozed_until and record.snoozed_until <= now
        ]
        return [self._rows[number] for _, number in sorted(over)[:limit]]

    async def closable(self, before: datetime, limit: int) -> list[ExceptionRecord]:
        """RESOLVED ones that were resolved before `before`, longest ago first."""
        old = [
            (record.resolved_at, record.id)
            for record in self._rows.values()
            if record.status is Status.RESOLVED
            and record.resolved_at
            and record.resolved_at < before
        ]
        return [self._rows[number] for _, number in sorted(old)[:limit]]


class MemoryAlerts:
    """Alerts in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows, self._number = state.alerts, state.next_number

    async def open(self, alerts: Sequence[Alert]) -> list[Alert]:
        """Inserts them with their exceptions; returns them with numbers, in the same order."""
        opened = []
        for alert in alerts:
            about = tuple(sorted(set(alert.exception_ids)))
            opened.append(replace(alert, id=self._number("alerts"), exception_ids=about, parts=()))
        self._rows.update({alert.id: alert for alert in opened})
        return opened

    async def get(self, alert_id: int) -> Alert | None:
        """The alert of that number."""
        return self._rows.get(alert_id)

    async def of_exception(self, exception_id: int) -> list[Alert]:
        """The alerts that are about that exception, oldest first."""
        about = (alert for alert in self._rows.values() if exception_id in alert.exception_ids)
        return sorted(about, key=attrgetter("id"))

    async def channels_of(self, exception_ids: Collection[int]) -> Mapping[int, frozenset[str]]:
        """Names and ids of the channels in which each of them has an alert."""
        found: dict[int, frozenset[str]] = {}
        for number in exception_ids:
            for alert in await self.of_exception(number):
                names = frozenset(filter(None, (alert.channel, alert.channel_id)))
                found[number] = found.get(number, frozenset()) | names
        return found

    async def drop(self, alert_id: int) -> None:
        """Forgets it with its messages."""
        self._rows.pop(alert_id, None)

    async def leave(self, tenant_id: int, channel: Collection[str]) -> None:
        """Forgets what stands of a tenant in a channel, which is known by these names."""
        for alert in list(self._rows.values()):
            if alert.tenant_id == tenant_id and {alert.channel, alert.channel_id} & set(channel):
                del self._rows[alert.id]

    async def by_message(self, channel_id: str, ts: str) -> Alert | None:
        """The alert whose card is that message."""
        return next(
            (
                alert
                for alert in self._rows.values()
                if alert.channel_id == channel_id and alert.part(CARD).ts == ts
            ),
            None,
        )

    async def of_message(self, channel_id: str, ts: str) -> Alert | None:
        """The alert whose card, or a part in whose thread, is that message."""
        here = (alert for alert in self._rows.values() if alert.channel_id == channel_id)
        return next((one for one in here if ts in {part.ts for part in one.parts}), None)

    async def sent(
        self, alert_id: int, part: str, *, channel_id: str, ts: str, digest: str
    ) -> None:
        """Notes that this part stands in Slack as `ts` with that content."""
        alert = self._rows.get(alert_id)
        if alert is None:
            return
        parts = {known.part: known for known in alert.parts}
        parts[part] = AlertPart(part=part, ts=ts, digest=digest)
        ordered = tuple(parts[name] for name in sorted(parts))
        self._rows[alert_id] = replace(alert, channel_id=channel_id, parts=ordered)

    async def forget(self, alert_id: int, part: str) -> None:
        """Takes that part for unsent; with the card go all, because they stood in its thread."""
        alert = self._rows.get(alert_id)
        if alert is not None:
            kept = () if part == "card" else tuple(p for p in alert.parts if p.part != part)
            self._rows[alert_id] = replace(alert, parts=kept)

    async def refresh_later(self, alert_id: int, at: datetime | None) -> None:
        """Has the card drawn again at `at` (business time), or no more."""
        alert = self._rows.get(alert_id)
        if alert is not None:
            self._rows[alert_id] = replace(alert, refresh_at=at)

    async def stale(self, now: datetime, limit: int) -> list[Alert]:
        """Alerts whose time to be drawn again has come, longest ago first."""
        due = [
            (alert.refresh_at, alert.id)
            for alert in self._rows.values()
            if alert.refresh_at and alert.refresh_at <= now
        ]
        return [self._rows[number] for _, number in sorted(due)[:limit]]


def _settled_since(record: ExceptionRecord, since: datetime | None) -> bool:
    return since is None or (record.resolved_at is not None and record.resolved_at >= since)


def _states(record: ExceptionRecord, fact: str, value: str) -> bool:
    known = record.facts.get(fact)
    return isinstance(known, str) and stated_as(fact, known) == stated_as(fact, value)


def _fits(record: ExceptionRecord, wanted: ExceptionFilter) -> bool:
    asked = {
        "severity": wanted.severity,
        "reason_code": wanted.reason_code,
        "order_id": wanted.order_id,
        "assignee": wanted.assignee,
    }
    return (
        record.tenant_id in wanted.tenant_ids
        and (not wanted.statuses or record.status in wanted.statuses)
        and (wanted.since is None or record.opened_at >= wanted.since)
        and (wanted.before_id is None or record.id < wanted.before_id)
        and _settled_since(record, wanted.settled_since)
        and all(_states(record, fact, value) for fact, value in wanted.stated)
        and not (wanted.unowned and record.assignee is not None)
        and not (wanted.snoozed and record.snoozed_until is None)
        and all(
            getattr(record, name) == value for name, value in asked.items() if value is not None
        )
    )

"""Events, clocks, exceptions and alerts in memory.

Must not promise more or less than the SQL ones: the same contract suite holds them to it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import TypeVar

from policies.facts import OrderEvent
from policies.queries import ClockRow, ExceptionFilter, Peers
from policies.reasons import ClockState, Status
from policies.records import Alert, AlertPart, ExceptionRecord, OrderKey
from policies.sla import Clock
from storage.alerts import CARD
from storage.clocks import calendar_version, ledger_notes
from storage.memory_state import MemoryState

Row = TypeVar("Row", ClockRow, ExceptionRecord)


class MemoryEvents:
    """Events in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows = state.events

    async def of_orders(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, list[OrderEvent]]:
        """The events of these orders, in no order; an unknown order has none."""
        found: dict[OrderKey, list[OrderEvent]] = {key: [] for key in keys}
        for received in self._rows.values():
            key = OrderKey(tenant_id=received.tenant_id, order_id=received.event.order_id)
            if key in found:
                found[key].append(received.event)
        return found


class MemoryClocks:
    """Clocks in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows, self._ledger = state.clocks, state.ledger

    async def of_orders(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, list[ClockRow]]:
        """The clocks of these orders by rule and instance."""
        return _by_order(keys, (self._rows[key] for key in sorted(self._rows)))

    async def save(self, tenant_clocks: Sequence[tuple[int, Clock]], now: datetime) -> None:
        """Writes the clocks and adds to the ledger what it does not hold yet."""
        for tenant_id, clock in tenant_clocks:
            key = (tenant_id, clock.order_id, clock.rule.sla_id, clock.instance)
            self._rows[key] = _clock_row(tenant_id, clock)
            for kind, at, event in ledger_notes(clock):
                source, event_id = (event.source, event.event_id) if event else ("", "")
                self._ledger.setdefault((key, kind, at, source, event_id), now)

    async def retire(self, rows: Sequence[ClockRow]) -> None:
        """Calls off clocks whose rule is no longer in force, so that no sweep finds them."""
        for row in rows:
            key = (row.tenant_id, row.order_id, row.sla_id, row.instance)
            self._rows[key] = replace(row, state=ClockState.CANCELLED.value, check_at=None)

    async def peers(self, tenant_id: int, sla_id: str) -> Peers:
        """Orders whose clock of that rule has not stopped: going on, and over its deadline."""
        orders: dict[str, set[str]] = {}
        for row in self._rows.values():
            if (row.tenant_id, row.sla_id, row.stopped_at) == (tenant_id, sla_id, None):
                orders.setdefault(row.state, set()).add(row.order_id)
        going_on = (ClockState.RUNNING, ClockState.PAUSED)
        return Peers(
            running=sum(len(orders.get(state, ())) for state in going_on),
            breached=len(orders.get(ClockState.BREACHED, ())),
        )

    async def at_risk(self, tenant_ids: Sequence[int], limit: int) -> list[ClockRow]:
        """Running clocks that were past their warning when last judged, next deadline first."""
        waiting = [
            (row.check_at, row.tenant_id, row.order_id, row)
            for row in self._rows.values()
            if row.tenant_id in tenant_ids and row.check_at and row.check_at > row.at_risk_at
        ]
        return [entry[-1] for entry in sorted(waiting, key=lambda entry: entry[:-1])][:limit]


class MemoryExceptions:
    """Exception records in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows, self._number = state.exceptions, state.next_number

    async def of_orders(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, list[ExceptionRecord]]:
        """The exceptions of these orders, oldest first."""
        return _by_order(keys, sorted(self._rows.values(), key=attrgetter("id")))

    async def get(self, exception_id: int) -> ExceptionRecord | None:
        """The record of that number."""
        return self._rows.get(exception_id)

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

    async def open(self, records: Sequence[ExceptionRecord]) -> list[ExceptionRecord]:
        """Inserts them and returns those that are new, with their numbers."""
        present = {_identity(record) for record in self._rows.values()}
        opened = []
        for record in records:
            if _identity(record) not in present:
                present.add(_identity(record))
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


def _by_order(keys: Sequence[OrderKey], rows: Iterable[Row]) -> dict[OrderKey, list[Row]]:
    found: dict[OrderKey, list[Row]] = {key: [] for key in keys}
    for row in rows:
        key = OrderKey(tenant_id=row.tenant_id, order_id=row.order_id)
        if key in found:
            found[key].append(row)
    return found


def _identity(record: ExceptionRecord) -> tuple[int, str, str, int]:
    return (record.tenant_id, record.order_id, record.sla_id, record.instance)


def _settled_since(record: ExceptionRecord, since: datetime | None) -> bool:
    return since is None or (record.resolved_at is not None and record.resolved_at >= since)


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
        and not (wanted.unowned and record.assignee is not None)
        and not (wanted.snoozed and record.snoozed_until is None)
        and all(
            getattr(record, name) == value for name, value in asked.items() if value is not None
        )
    )


def _clock_row(tenant_id: int, clock: Clock) -> ClockRow:
    rule = clock.rule
    return ClockRow(
        tenant_id=tenant_id,
        order_id=clock.order_id,
        sla_id=rule.sla_id,
        instance=clock.instance,
        stage=rule.stage,
        state=clock.state.value,
        started_at=clock.started_at,
        deadline_at=clock.deadline_at,
        at_risk_at=clock.at_risk_at,
        stopped_at=clock.stopped_at,
        breached_at=clock.breached_at,
        check_at=clock.check_at,
        target_minutes=rule.target_minutes,
        elapsed_minutes=clock.elapsed_minutes,
        delay_minutes=clock.delay_minutes,
        reason_code=rule.reason_code.value,
        severity=rule.severity.value,
        rule_version=rule.version,
        calendar_version=calendar_version(clock),
        subject="",
    )

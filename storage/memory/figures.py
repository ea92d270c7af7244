"""Answers questions about figures from memory, for tests and tools.

Must not read words: the question is a value by now.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from policies.money.at_risk import value_of
from policies.questions.plain import Known
from policies.questions.results import Share, Spread, spread_of
from policies.questions.shape import FACT_OF, NOBODY, Dated, Figures, Measure, Names, Split
from policies.records import ExceptionRecord
from storage.memory.state import MemoryState

_NAMES: Mapping[Split, Callable[[ExceptionRecord], object]] = {
    Split.CLIENT: lambda record: record.tenant_id,
    Split.REASON: lambda record: record.reason_code.value,
    Split.SEVERITY: lambda record: record.severity.value,
    Split.STATUS: lambda record: record.status.value,
    Split.OWNER: lambda record: record.assignee,
    Split.STAGE: lambda record: record.stage.value,
    Split.PROMISE: lambda record: record.sla_id,
}
_ANSWERS = ("acknowledge", "assign", "resolve", "snooze")


class MemoryFigures:
    """Figures of what is in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    async def count(self, tenant_ids: Sequence[int], asked: Figures) -> int:
        """How many fit."""
        return len(self._fitting(tenant_ids, asked))

    async def find(
        self, tenant_ids: Sequence[int], asked: Figures, limit: int
    ) -> list[ExceptionRecord]:
        """Those that fit, newest first; OLDEST by when they opened, WORST by how long over."""
        found = self._fitting(tenant_ids, asked)
        if asked.measure is Measure.OLDEST:
            return sorted(found, key=lambda record: (record.opened_at, record.id))[:limit]
        if asked.measure is Measure.WORST:
            return sorted(found, key=lambda record: _longest_first(record, asked.now))[:limit]
        return sorted(found, key=lambda record: -record.id)[:limit]

    async def shares(self, tenant_ids: Sequence[int], asked: Figures, by: Split) -> list[Share]:
        """How many of each kind, most first; clients by their number."""
        counts = Counter(_name(record, by) for record in self._fitting(tenant_ids, asked))
        return _most_first(counts)

    async def quarters(
        self, tenant_ids: Sequence[int], asked: Figures
    ) -> list[tuple[datetime, int]]:
        """How many began in which quarter of an hour, in the order of time."""
        moments = [_dated(record, asked.dated) for record in self._fitting(tenant_ids, asked)]
        counts = Counter(_quarter(moment) for moment in moments if moment is not None)
        return sorted(counts.items())

    async def delays(self, tenant_ids: Sequence[int], asked: Figures, now: datetime) -> Spread:
        """Minutes over the deadline, of those that are not settled up to now."""
        found = self._fitting(tenant_ids, asked)
        return spread_of([record.delay_at(now) for record in found])

    async def settling(self, tenant_ids: Sequence[int], asked: Figures) -> Spread:
        """Minutes from opening to resolution."""
        found = self._fitting(tenant_ids, asked)
        return spread_of(
            [
                _minutes(record.opened_at, record.resolved_at)
                for record in found
                if record.resolved_at is not None and not record.active
            ]
        )

    async def answering(self, tenant_ids: Sequence[int], asked: Figures) -> Spread:
        """Minutes from opening to the first act of a person."""
        first: dict[tuple[int, str], datetime] = {}
        for entry in (held.entry for held in self._state.audit.values()):
            if entry.action in _ANSWERS and entry.actor != "system":
                key = (entry.tenant_id, entry.subject)
                first[key] = min(entry.at, first.get(key, entry.at))
        found = self._fitting(tenant_ids, asked)
        return spread_of(
            [
                _minutes(record.opened_at, first[key])
                for record in found
                if (key := (record.tenant_id, f"exception:{record.id}")) in first
            ]
        )

    async def repeated(self, tenant_ids: Sequence[int], asked: Figures, limit: int) -> list[Share]:
        """Orders with more than one, most first."""
        found = self._fitting(tenant_ids, asked)
        counts = Counter((record.tenant_id, record.order_id) for record in found)
        several = [Share(name=key[1], count=count) for key, count in counts.items() if count > 1]
        return sorted(several, key=lambda share: (-share.count, share.name))[:limit]

    async def values(self, tenant_ids: Sequence[int], asked: Figures) -> tuple[int, int]:
        """The order values in cents of those that fit, each order once, and how many state one."""
        found = sorted(self._fitting(tenant_ids, asked), key=lambda record: record.id)
        worth = {
            (record.tenant_id, record.order_id): value
            for record in found
            if (value := value_of(record.facts)) is not None
        }
        return sum(worth.values()), len(worth)

    async def known(self, tenant_ids: Sequence[int], since: datetime) -> Known:
        """The names that exceptions state since then; clients and people are not among them."""
        recent = [
            record
            for record in self._state.exceptions.values()
            if record.tenant_id in tenant_ids and record.opened_at >= since
        ]
        names = {
            by: tuple(sorted({_name(record, by) for record in recent} - {""})) for by in FACT_OF
        }
        return Known(
            sites=names[Split.SITE],
            carriers=names[Split.CARRIER],
            services=names[Split.SERVICE],
            waves=names[Split.WAVE],
        )

    def _fitting(self, tenant_ids: Sequence[int], asked: Figures) -> list[ExceptionRecord]:
        return [
            record
            for record in self._state.exceptions.values()
            if record.tenant_id in tenant_ids and _fits(record, asked)
        ]


def _fits(record: ExceptionRecord, asked: Figures) -> bool:
    only, window = asked.only, asked.window
    listed: tuple[tuple[Sequence[object], object], ...] = (
        (only.statuses, record.status),
        (only.severities, record.severity),
        (only.reasons, record.reason_code),
        (only.stages, record.stage),
        (only.sites, record.facts.get("warehouse")),
        (only.carriers, record.facts.get("carrier")),
        (only.services, record.facts.get("service")),
        (only.waves, record.facts.get("wave")),
    )
    if only.but is not None and _left_out(record, only.but):
        return False
    if window is not None:
        moment = _dated(record, asked.dated)
        if moment is None or not window.since <= moment < window.until:
            return False
    if only.owner is not None and record.assignee != (None if only.owner == NOBODY else only.owner):
        return False
    if only.snoozed and record.snoozed_until is None:
        return False
    least, now = only.over_minutes, asked.now
    if least is not None and now is not None and record.delay_at(now) <= least:
        return False
    return all(value in values for values, value in listed if values)


def _left_out(record: ExceptionRecord, but: Names) -> bool:
    stated = record.facts.get
    return (
        stated("warehouse") in but.sites
        or stated("carrier") in but.carriers
        or stated("service") in but.services
        or stated("wave") in but.waves
    )


def _longest_first(
    record: ExceptionRecord, now: datetime | None
) -> tuple[timedelta, datetime, int]:
    end = record.stopped_at or record.resolved_at or now or record.deadline_at
    over = end - record.deadline_at if now else timedelta()
    return -over, record.deadline_at, record.id


def _dated(record: ExceptionRecord, dated: Dated) -> datetime | None:
    moments = {
        Dated.OPENED: record.opened_at,
        Dated.SETTLED: record.resolved_at,
        Dated.DUE: record.deadline_at,
    }
    return moments[dated]


def _name(record: ExceptionRecord, by: Split) -> str:
    stated = record.facts.get(FACT_OF[by]) if by in FACT_OF else _NAMES[by](record)
    return "" if stated is None else str(stated)


def _quarter(moment: datetime) -> datetime:
    within = timedelta(
        minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond
    )
    return moment - within


def _minutes(begun: datetime, ended: datetime) -> float:
    return max(0.0, (ended - begun).total_seconds() / 60)


def _most_first(counts: Counter[str]) -> list[Share]:
    found = [Share(name=name, count=count) for name, count in counts.items()]
    return sorted(found, key=lambda share: (-share.count, share.name))

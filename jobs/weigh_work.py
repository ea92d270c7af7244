"""Weighs a person's work: what is theirs, and what of the rest saves most if it is done next.

Must not change anything. How urgent something is decides policies/urgency.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobs.assess_risk import Judged, judged_of, outlooks_of
from jobs.ports import Transaction
from jobs.views import ClockName
from jobs.views.home import OpenWork, RunningWork, Work, Worth
from policies.money.at_risk import credit_for, value_of
from policies.promise import SlaRule
from policies.promises import Promises
from policies.queries import ClockRow, ExceptionFilter
from policies.reasons import ACTIVE_STATUSES, Severity
from policies.records import ExceptionRecord, Tenant
from policies.urgency import Stake, urgency

MINE, SAVES = 8, 10
"""How many rows there are of each."""
_LOOKED_AT, _AT_RISK = 200, 30
"""Exceptions and clocks that are weighed against each other; more are counted only."""
_HOUR = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """`mine` has the earliest deadline first; `saves` what saves most. The rest counts.

    `saves` are exceptions that nobody owns and promises at risk; `unowned` and `running` say how
    many of each there are, snoozed ones among them.
    """

    mine: tuple[OpenWork, ...]
    mine_total: int
    saves: tuple[Work, ...]
    unowned: int
    running: int


async def weigh_work(
    tx: Transaction,
    user_id: str,
    tenants: Sequence[Tenant],
    promises: Promises,
    now: datetime,
) -> Weighed:
    """What a person works on, of these clients; snoozed ones are counted and not shown."""
    by_id = {tenant.id: tenant for tenant in tenants}
    active = ExceptionFilter(
        tenant_ids=tuple(by_id), statuses=ACTIVE_STATUSES, soonest_first=True, limit=_LOOKED_AT
    )
    own, free = replace(active, assignee=user_id), replace(active, unowned=True)
    rows = await tx.clocks.at_risk(list(by_id), _AT_RISK)
    judged = await judged_of(tx, rows, tenants, promises, now)
    running = _running(rows, judged, now)
    unowned = _works(await tx.exceptions.find(free), by_id, promises, now)
    first: list[Work] = sorted([*unowned, *running], key=_first)
    return Weighed(
        mine=tuple(_works(await tx.exceptions.find(own), by_id, promises, now)[:MINE]),
        mine_total=await tx.exceptions.count(own),
        saves=await _with_outlooks(tx, first[:SAVES], judged, promises, now),
        unowned=await tx.exceptions.count(free),
        running=len(running),
    )


def _first(work: Work) -> tuple[float, datetime, str]:
    """What saves most comes first; ties go to the earlier deadline."""
    one = work.record if isinstance(work, OpenWork) else work.row
    return (-work.points, one.deadline_at, one.order_id)


def _works(
    records: Iterable[ExceptionRecord],
    tenants: Mapping[int, Tenant],
    promises: Promises,
    now: datetime,
) -> list[OpenWork]:
    return [
        _open_work(record, tenants[record.tenant_id], promises, now)
        for record in records
        if record.tenant_id in tenants and not _sleeps(record, now)
    ]


def _open_work(
    record: ExceptionRecord, tenant: Tenant, promises: Promises, now: datetime
) -> OpenWork:
    rule = promises.rule(tenant.name, record.sla_id, record.rule_version)
    worth = _worth(rule, record.facts)
    points = _points(record.deadline_at, record.severity, worth, now)
    return OpenWork(record=record, tenant=tenant, worth=worth, points=points)


def _running(
    rows: Iterable[ClockRow], judged: Iterable[Judged], now: datetime
) -> list[RunningWork]:
    by_name = {one.name: one for one in judged}
    pairs = [(row, by_name.get(_name(row))) for row in rows]
    return [_running_work(row, one, now) for row, one in pairs if one is not None]


async def _with_outlooks(
    tx: Transaction,
    works: Sequence[Work],
    judged: Iterable[Judged],
    promises: Promises,
    now: datetime,
) -> tuple[Work, ...]:
    """How to save those that are shown: measuring that for all of them would take long."""
    shown = {_name(work.row) for work in works if isinstance(work, RunningWork)}
    found = await outlooks_of(tx, [one for one in judged if one.name in shown], promises, now)
    return tuple(
        replace(work, outlook=found.get(_name(work.row))) if isinstance(work, RunningWork) else work
        for work in works
    )


def _running_work(row: ClockRow, judged: Judged, now: datetime) -> RunningWork:
    rule = judged.clock.rule
    worth = _worth(rule, judged.timeline.facts())
    return RunningWork(
        row=row,
        tenant=judged.tenant,
        promise=rule.promise,
        worth=worth,
        points=_points(row.deadline_at, Severity(row.severity), worth, now),
    )


def _name(row: ClockRow) -> ClockName:
    return (row.tenant_id, row.order_id, row.sla_id, row.subject)


def _worth(rule: SlaRule | None, facts: Mapping[str, Any]) -> Worth:
    tier = facts.get("customer_tier")
    return Worth(
        value_cents=value_of(facts),
        credit_cents=credit_for(rule, facts),
        tier=tier if isinstance(tier, str) and tier.strip() else None,
    )


def _points(deadline: datetime, severity: Severity, worth: Worth, now: datetime) -> float:
    left = (deadline - now).total_seconds() / _HOUR
    return urgency(Stake(minutes_left=left, severity=severity, cents=worth.cents, tier=worth.tier))


def _sleeps(record: ExceptionRecord, now: datetime) -> bool:
    return record.snoozed_until is not None and record.snoozed_until > now

"""Gathers what is shown of a warning: the clock as judged now, and what became of it.

Must not change anything.
"""

from datetime import datetime

from jobs.assess_risk import Judged, judged_of, outlooks_of
from jobs.ports import Transaction
from jobs.show_storm import thread_of
from jobs.views.warnings import WarningView
from policies.clock import Clock
from policies.instants import us_of
from policies.judgement import known_facts
from policies.money.at_risk import credit_for
from policies.promises import Promises
from policies.queries import ClockRow
from policies.reasons import ClockKind, ClockState, Severity
from policies.records import ExceptionRecord, OrderKey, Tenant
from policies.risk import next_kind
from policies.warnings import LiveWarning, Standing, standing_of

_MINUTE = 60.0


async def warning_view(
    tx: Transaction, warning: LiveWarning, promises: Promises, now: datetime
) -> tuple[WarningView, Clock | None] | None:
    """The view and its clock (None: nothing is promised any more); None without its tenant."""
    tenant = await tx.tenants.get(warning.tenant_id)
    key = OrderKey(tenant_id=warning.tenant_id, order_id=warning.order_id)
    rows = (await tx.clocks.of_orders([key])).get(key, [])
    mine = (warning.sla_id, warning.subject)
    row = next((one for one in rows if (one.sla_id, one.subject) == mine), None)
    if tenant is None or row is None:
        return None
    judged = await _judged(tx, row, tenant, promises, now)
    if judged is None:
        return _called_off(row, tenant, promises, now), None
    outlooks = await outlooks_of(tx, [judged], promises, now)
    record = await _record(tx, key, row)
    thread = await thread_of(tx, record.id) if record else None
    clock, facts = judged.clock, known_facts(judged.timeline.until(now))
    view = WarningView(
        order_id=row.order_id,
        tenant=tenant,
        promise=clock.rule.promise,
        sla_id=row.sla_id,
        rule_version=clock.rule.version,
        deadline_at=clock.deadline_at,
        now=now,
        standing=standing_of(clock),
        severity=clock.severity,
        kind=clock.rule.kind,
        fault=clock.fault,
        next_kind=next_kind(clock, judged.timeline),
        left_minutes=clock.left_minutes,
        spare_minutes=_spare(clock),
        hold=_hold(clock),
        facts=facts,
        credit_cents=credit_for(clock.rule, facts),
        outlook=outlooks.get(judged.name),
        thread=thread,
    )
    return view, clock


async def _judged(
    tx: Transaction, row: ClockRow, tenant: Tenant, promises: Promises, now: datetime
) -> Judged | None:
    """The clock as of now; None where it was called off or nothing promises it any more."""
    if row.state == ClockState.CANCELLED:
        return None
    found = await judged_of(tx, [row], [tenant], promises, now)
    return found[0] if found else None


def _called_off(row: ClockRow, tenant: Tenant, promises: Promises, now: datetime) -> WarningView:
    rule = promises.rule(tenant.name, row.sla_id, row.rule_version)
    return WarningView(
        order_id=row.order_id,
        tenant=tenant,
        promise=rule.promise if rule else row.sla_id,
        sla_id=row.sla_id,
        rule_version=row.rule_version,
        deadline_at=row.deadline_at,
        now=now,
        standing=Standing.CALLED_OFF,
        severity=Severity(row.severity),
        kind=ClockKind(row.kind),
    )


async def _record(tx: Transaction, key: OrderKey, row: ClockRow) -> ExceptionRecord | None:
    """What was opened about the same promise."""
    records = (await tx.exceptions.of_orders([key])).get(key, [])
    mine = (row.sla_id, row.subject)
    return next((one for one in records if (one.sla_id, one.subject) == mine), None)


def _spare(clock: Clock) -> float:
    """Minutes between the stop and the deadline, none where it came later."""
    if clock.stopped_at is None:
        return 0.0
    return max(0.0, (clock.deadline_at - clock.stopped_at).total_seconds() / _MINUTE)


def _hold(clock: Clock) -> str | None:
    """Why it stands still."""
    if clock.state is not ClockState.PAUSED:
        return None
    at = us_of(clock.counted_until)
    return next((hold.reason for hold in clock.course.holds if hold.covers(at)), None)

"""Puts into the outbox what the channel hears besides its cards: it got worse, it is open again.

Must not draw, send or decide who wants it: deliver_broadcast does, with the state as it is by then.
"""

from datetime import datetime

from jobs.ports import Transaction
from jobs.tell import CARD, FIRST
from policies.cards import risen_at, worse
from policies.judgement import Corrected, Dropped, Reopened, Settled, Woken
from policies.reasons import Severity
from policies.records import Alert, ExceptionRecord, OutboxMessage
from policies.storms import Storm

RISE, REOPENED = "rise:", "reopened:"
"""Parts of a thread, each followed by what makes it the only one: the severity, the version."""


async def tell_followed(
    tx: Transaction,
    decision: Settled | Corrected | Reopened | Dropped | Woken,
    now: datetime,
    wall_now: datetime,
    correlation_id: str | None = None,
) -> None:
    """What a channel may hear of a decision although its card stands there."""
    record, before = decision.record, decision.before
    if isinstance(decision, Reopened):
        await tell_reopened(tx, record, wall_now, correlation_id)
        return
    grown = record.active and worse(record.severity, before.severity)
    if grown and isinstance(decision, Corrected | Woken):
        since = risen_at(decision.clock.rule, record.deadline_at, record.severity, now)
        await tell_risen(tx, record, since, wall_now, correlation_id)


async def tell_risen(
    tx: Transaction,
    record: ExceptionRecord,
    since: datetime,
    wall_now: datetime,
    correlation_id: str | None = None,
) -> None:
    """Tells the channels whose cards showed a lesser severity; once for each that it rises to."""
    part = f"{RISE}{record.severity.value}"
    await _tell(tx, record, part, since, wall_now, correlation_id)


async def tell_reopened(
    tx: Transaction, record: ExceptionRecord, wall_now: datetime, correlation_id: str | None = None
) -> None:
    """Tells the channels whose cards said that it was over; once for each reopening."""
    part = f"{REOPENED}{record.version}"
    await _tell(tx, record, part, None, wall_now, correlation_id)


async def tell_storm_risen(
    tx: Transaction, storm: Storm, severity: Severity, since: datetime, wall_now: datetime
) -> None:
    """Tells the channel that the worst of a storm is graver than it was told."""
    part = f"{RISE}{severity.value}"
    message = OutboxMessage(
        kind="slack",
        lane=storm.channel_id or storm.channel,
        dedup_key=f"storm:{storm.id}:{part}",
        tenant_id=storm.first_tenant_id,
        payload={"broadcast": part, "storm_id": storm.id, "since": since.isoformat()},
        priority=FIRST[severity],
    )
    await tx.outbox.put([message], wall_now)


async def _tell(
    tx: Transaction,
    record: ExceptionRecord,
    part: str,
    since: datetime | None,
    wall_now: datetime,
    correlation_id: str | None,
) -> None:
    alerts = await tx.alerts.of_exception(record.id)
    shown = [alert for alert in alerts if alert.part(CARD).ts is not None]
    messages = [_message(alert, record, part, since, correlation_id) for alert in shown]
    await tx.outbox.put(messages, wall_now)


def _message(
    alert: Alert,
    record: ExceptionRecord,
    part: str,
    since: datetime | None,
    correlation_id: str | None,
) -> OutboxMessage:
    return OutboxMessage(
        kind="slack",
        lane=alert.channel_id or alert.channel,
        dedup_key=f"alert:{alert.id}:{part}",
        tenant_id=alert.tenant_id,
        payload={
            "broadcast": part,
            "alert_id": alert.id,
            "order_id": record.order_id,
            "since": since.isoformat() if since else None,
        },
        priority=FIRST[record.severity],
        correlation_id=correlation_id,
    )

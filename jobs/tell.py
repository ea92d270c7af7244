"""Puts what people are to hear about an exception into the outbox.

Must not draw or send: deliver_alert does, with the state as it is by then.
"""

from collections.abc import Sequence
from datetime import datetime

from jobs.ports import Transaction
from policies.reasons import Severity
from policies.records import Alert, ExceptionRecord, OutboxMessage

CARD, EXPLANATION, HISTORY = "card", "explanation", "history"
_NEW = {EXPLANATION: 20, HISTORY: 30}
"""New cards go first: a lane that is behind tells what is late before it tells why."""
FIRST = {Severity.CRITICAL: 6, Severity.HIGH: 8, Severity.MEDIUM: 9, Severity.LOW: 10}
"""And of new cards the worst first."""
_EDIT, _URGENT_EDIT = 15, 5
EDITS = "/edits"
"""Edits have a limit of their own at Slack, and so a lane of their own beside the channel's."""


async def tell_opened(
    tx: Transaction,
    told: Sequence[tuple[ExceptionRecord, str, str | None]],
    now: datetime,
    wall_now: datetime,
) -> None:
    """Opens an alert for each (record, channel, correlation id)."""
    drafts = [
        Alert(
            id=0,
            tenant_id=record.tenant_id,
            kind="exception",
            channel=channel,
            exception_ids=(record.id,),
            created_at=now,
        )
        for record, channel, _ in told
    ]
    alerts = await tx.alerts.open(drafts)
    messages = [
        part_message(alert, part, correlation_id, record.order_id, severity=record.severity)
        for alert, (record, _, correlation_id) in zip(alerts, told, strict=True)
        for part in (CARD, EXPLANATION)
    ]
    await tx.outbox.put(messages, wall_now)


async def tell_changed(
    tx: Transaction,
    record: ExceptionRecord,
    wall_now: datetime,
    correlation_id: str | None,
    parts: Sequence[str] = (CARD, EXPLANATION, HISTORY),
    *,
    urgent: bool = False,
) -> None:
    """Asks for a record's alerts to be brought up to date; waiting requests merge.

    `urgent` edits go first: somebody pressed a button and looks at the card.
    """
    for alert in await tx.alerts.of_exception(record.id):
        messages = [
            part_message(alert, part, correlation_id, record.order_id, urgent=urgent)
            for part in parts
        ]
        await tx.outbox.put(messages, wall_now)


def part_message(
    alert: Alert,
    part: str,
    correlation_id: str | None = None,
    order_id: str | None = None,
    *,
    urgent: bool = False,
    severity: Severity = Severity.LOW,
) -> OutboxMessage:
    """The outbox row that brings one part of an alert up to date.

    `order_id` lets the order's replay find the row should it be given up.
    """
    fresh = alert.part(part).ts is None
    edit = _URGENT_EDIT if urgent else _EDIT
    new = FIRST[severity] if part == CARD else _NEW[part]
    return OutboxMessage(
        kind="slack",
        lane=alert.channel if fresh else alert.channel + EDITS,
        dedup_key=f"alert:{alert.id}:{part}",
        tenant_id=alert.tenant_id,
        payload={"alert_id": alert.id, "part": part, "order_id": order_id},
        priority=new if fresh else edit,
        correlation_id=correlation_id,
    )

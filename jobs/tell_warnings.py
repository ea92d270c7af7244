"""Warns of a promise before it is broken, and has the warning kept up to date.

Must not draw or send: deliver_warning does, with the state as it is by then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from jobs.ports import Transaction
from jobs.tell import EDITS
from policies.clock import Clock
from policies.records import OutboxMessage, Tenant
from policies.warnings import ClockName, LiveWarning

RISK = "risk"
_PRIORITY = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """A clock that came to be at risk, and who is warned of it."""

    tenant: Tenant
    clock: Clock
    channel: str
    correlation_id: str | None = None


async def warn(tx: Transaction, risks: Sequence[Risk], now: datetime, wall_now: datetime) -> None:
    """Warns of each once: what was warned of before is only brought up to date."""
    if not risks:
        return
    await tx.warnings.open([_fresh(one, now) for one in risks])
    messages = [warning_message(_fresh(one, now), one.correlation_id) for one in risks]
    await tx.outbox.put(messages, wall_now)


async def tell_warnings(tx: Transaction, names: Iterable[ClockName], wall_now: datetime) -> None:
    """Has the warnings about these clocks brought up to date; most clocks have none."""
    meant = list(dict.fromkeys(names))
    if meant:
        known = await tx.warnings.among(meant)
        await tx.outbox.put([warning_message(one) for one in known], wall_now)


def warning_message(warning: LiveWarning, correlation_id: str | None = None) -> OutboxMessage:
    """The outbox row that brings a warning up to date; one a clock, because the key is its."""
    lane = warning.channel_id or warning.channel
    return OutboxMessage(
        kind="slack",
        lane=lane if warning.ts is None else lane + EDITS,
        dedup_key=":".join((RISK, *map(str, warning.name))),
        tenant_id=warning.tenant_id,
        payload={
            "notice": RISK,
            "channel": warning.channel,
            "order_id": warning.order_id,
            "sla_id": warning.sla_id,
            "subject": warning.subject,
        },
        priority=_PRIORITY,
        correlation_id=correlation_id,
    )


def _fresh(risk: Risk, now: datetime) -> LiveWarning:
    clock = risk.clock
    return LiveWarning(
        tenant_id=risk.tenant.id,
        order_id=clock.order_id,
        sla_id=clock.rule.sla_id,
        subject=clock.subject,
        channel=risk.channel,
        warned_at=now,
    )

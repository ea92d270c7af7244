"""Puts the generated workspace where E2A keeps things, as its own stores and rules would have it.

Must not count or answer anything.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.resources import files

from bench.asking.billed import bill
from bench.asking.workspace import CLIENTS, NOW, Promise, Row, Workspace
from policies.book.read import read_sla_book
from policies.clock import Clock
from policies.facts import OrderEvent, timeline_of
from policies.money.remedy import Credit, Remedy
from policies.order_facts import Silence
from policies.promises import Promises, promises_of
from policies.reasons import ReasonCode, Severity, Stage, Status
from policies.records import (
    AuditEntry,
    DeadLetter,
    ExceptionRecord,
    Explanation,
    ReceivedEvent,
    Tenant,
)
from policies.silence import Feed
from policies.sla import evaluate
from storage.memory import MemoryEventLog, MemoryStorage

CREDIT_CENTS = 250
"""What a missed handover to the carrier gives back to the client."""
SILENT = ((2, "wms"), (4, "shopify"))
LETTERS = {1: 2, 3: 1, 4: 5}
"""Dead letters that wait, by client."""
_TARGET = {"pick": 120, "pack": 180, "ship": 1440}
_MINUTE = timedelta(minutes=1)


def promises() -> Promises:
    """The packaged promises, of which the handover to the carrier gives a credit when missed."""
    text = (files("policies") / "defaults" / "sla.yaml").read_text(encoding="utf-8")
    book = read_sla_book(text)
    remedy = Remedy(credit=Credit(cents=CREDIT_CENTS), code="late_ship")
    rules = tuple(
        replace(rule, remedy=remedy) if rule.sla_id == "ship" else rule for rule in book.rules
    )
    return promises_of(replace(book, rules=rules))


async def stored(workspace: Workspace, kept: Promises) -> MemoryStorage:
    """A storage in memory that holds the workspace."""
    storage = MemoryStorage()
    log = MemoryEventLog(storage)
    async with storage.write() as tx:
        for number, name in CLIENTS.items():
            await tx.tenants.add(Tenant(id=number, name=name, channel=f"#{number}"))
    await log.record([_received(row.tenant, paid) for row in workspace.rows for paid in _told(row)])
    async with storage.write() as tx:
        opened = await tx.exceptions.open([_record(row) for row in workspace.rows])
        if [record.id for record in opened] != [row.number for row in workspace.rows]:
            message = "exceptions were not numbered as they were generated"
            raise ValueError(message)
        await tx.audit.append([entry for row in workspace.rows for entry in _acts(row)])
        await tx.clocks.save([(one.tenant, _clock(one, kept)) for one in workspace.promises], NOW)
        await tx.feeds.save([_silent(tenant, source) for tenant, source in SILENT])
        await tx.dead_letters.add(list(_letters()), NOW)
    await bill(storage)
    return storage


def _told(row: Row) -> Sequence[OrderEvent]:
    paid = OrderEvent(
        source="shopify",
        event_id=f"paid-{row.tenant}-{row.number}",
        event_type="order_paid",
        order_id=row.order,
        occurred_at=row.opened - timedelta(hours=6),
        payload=_facts(row),
    )
    return (paid,)


def _received(tenant_id: int, event: OrderEvent) -> ReceivedEvent:
    return ReceivedEvent(
        tenant_id=tenant_id,
        event=event,
        content_hash=hashlib.sha256(event.event_id.encode()).digest(),
        received_at=event.occurred_at,
    )


def _facts(row: Row) -> dict[str, object]:
    stated = {
        "warehouse": row.site,
        "carrier": row.carrier,
        "service": row.service,
        "wave": row.wave,
        "order_value_cents": row.worth,
    }
    return {key: value for key, value in stated.items() if value is not None}


def _record(row: Row) -> ExceptionRecord:
    what = row.reason.replace("_", " ").lower()
    return ExceptionRecord(
        id=0,
        tenant_id=row.tenant,
        order_id=row.order,
        sla_id=row.sla,
        instance=1,
        reason_code=ReasonCode(row.reason),
        severity=Severity(row.severity),
        status=Status(row.status),
        stage=Stage(row.stage),
        fault=None,
        opened_at=row.opened,
        started_at=row.deadline - timedelta(hours=2),
        deadline_at=row.deadline,
        breached_at=row.deadline,
        target_minutes=120,
        delay_minutes=(row.opened - row.deadline) / _MINUTE,
        stopped_at=row.stopped,
        rule_version="1",
        facts=_facts(row),
        assignee=row.owner,
        snoozed_until=NOW + timedelta(hours=3) if row.snoozed else None,
        resolved_at=row.resolved,
        resolution="handled" if row.resolved else None,
        explanation=Explanation(
            label=what.capitalize(),
            ops_note=f"Paid, then a {what} [1].",
            client_note="We are looking into it.",
            next_step="Look at the order.",
            evidence=(f"paid-{row.tenant}-{row.number}",),
            sources=("paid",),
        ),
        updated_at=row.resolved or row.opened,
    )


def _acts(row: Row) -> Iterator[AuditEntry]:
    if row.answered is not None:
        yield AuditEntry(
            tenant_id=row.tenant,
            at=row.answered,
            actor=f"slack:{row.owner or 'U0JOE'}",
            action="acknowledge",
            subject=f"exception:{row.number}",
        )


def _clock(promise: Promise, kept: Promises) -> Clock:
    """As the rule judges an order that was started and ended in time, too late, or not yet."""
    rule = kept.rule(CLIENTS[promise.tenant], promise.sla)
    if rule is None:
        message = f"no promise {promise.sla}"
        raise ValueError(message)
    begun = promise.deadline - timedelta(minutes=_TARGET[promise.sla])
    ended = {"met": -_MINUTE, "late": 9 * _MINUTE}.get(promise.state)
    told = [_event(promise, rule.start[0], begun)]
    if ended is not None:
        told.append(_event(promise, rule.stop[0], promise.deadline + ended))
    (clock,) = evaluate(timeline_of(promise.order, told), [rule], NOW)
    return clock


def _event(promise: Promise, kind: str, moment: datetime) -> OrderEvent:
    return OrderEvent(
        source="wms",
        event_id=f"{kind}-{promise.order}",
        event_type=kind,
        order_id=promise.order,
        occurred_at=moment,
        payload={},
    )


def _silent(tenant: int, source: str) -> Feed:
    since = NOW - timedelta(hours=5)
    return Feed(
        tenant_id=tenant,
        source=source,
        last_at=since,
        first_at=NOW - timedelta(days=40),
        silence=Silence(source=source, since=since, reported_at=NOW - timedelta(hours=3)),
    )


def _letters() -> Iterator[DeadLetter]:
    for tenant, count in LETTERS.items():
        for number in range(count):
            yield DeadLetter(
                tenant_id=tenant,
                kind="event",
                subject=f"bad-{tenant}-{number}",
                reason="occurred_at is not a time",
                payload={},
            )

"""Evaluates a tenant's stored orders of a span of days again, by the promises in force.

First looks, page by page, and says what would change; then puts the orders to work. Must not
evaluate by itself: evaluate_orders does, as with every event.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from jobs.judge_again import judge_again
from jobs.ports import Storage
from policies.judgement import Corrected, Decision, Dropped, Opened, Reopened, Settled, Woken
from policies.promises import Promises
from policies.records import AuditEntry, OrderKey, Tenant, WorkItem

_PAGE = 200
_EXAMPLES = 10
_CHANGES: dict[type[Decision], str] = {
    Opened: "opened",
    Settled: "settled",
    Dropped: "settled",
    Reopened: "reopened",
    Corrected: "corrected",
    Woken: "woken",
}
Told = Callable[[int], None]
"""Hears how many orders more are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Whose orders, by when something happened to them: [since, until)."""

    tenant: Tenant
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One exception that would change, and how. The number is None for one yet to be opened."""

    order_id: str
    sla_id: str
    change: str
    exception_id: int | None
    delay_minutes: float


@dataclass(slots=True, kw_only=True)
class Changes:
    """What evaluating again would change: orders looked at, counts by rule and change, examples."""

    orders: int = 0
    changed: int = 0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)

    def add(self, decided: Iterable[Sequence[Decision]]) -> None:
        """Counts what was decided for some orders."""
        for decisions in decided:
            self.orders += 1
            self.changed += bool(decisions)
            for decision in decisions:
                example = _example(decision)
                self.counts[example.sla_id, example.change] += 1
                if self.counts[example.sla_id, example.change] <= _EXAMPLES:
                    self.examples.append(example)


async def preview_span(
    span: Span, *, storage: Storage, promises: Promises, now: datetime, told: Told
) -> Changes:
    """What would change as of `now` (business time). Changes nothing."""
    changes = Changes()
    async for keys in _pages(span, storage):
        async with storage.read() as tx:
            changes.add((await judge_again(tx, keys, promises, now)).values())
        told(len(keys))
    return changes


async def put_span_to_work(
    span: Span,
    changes: Changes,
    *,
    actor: str,
    storage: Storage,
    now: datetime,
    wall_now: datetime,
    told: Told,
) -> int:
    """Asks for every order's evaluation, with one entry on the trail; returns how many.

    Each page is a transaction of its own and the first one holds the entry. Interrupted, what was
    asked for is done all the same; asked for again, an order is evaluated once more and no more.
    """
    asked = 0
    async for keys in _pages(span, storage):
        items = [
            WorkItem(tenant_id=key.tenant_id, kind="evaluate", subject=key.order_id) for key in keys
        ]
        async with storage.write() as tx:
            if not asked:
                await tx.audit.append([_entry(span, changes, actor, now)])
            await tx.work.put(items, wall_now - timedelta(seconds=1))
        asked += len(items)
        told(len(items))
    return asked


async def _pages(span: Span, storage: Storage) -> AsyncIterator[list[OrderKey]]:
    tenant_id, after = span.tenant.id, ""
    while True:
        async with storage.read() as tx:
            page = await tx.events.orders_between(
                tenant_id, span.since, span.until, after=after, limit=_PAGE
            )
        if not page:
            return
        yield [OrderKey(tenant_id=tenant_id, order_id=order_id) for order_id in page]
        after = page[-1]


def _example(decision: Decision) -> Example:
    record = decision.record
    return Example(
        order_id=record.order_id,
        sla_id=record.sla_id,
        change=_CHANGES[type(decision)],
        exception_id=record.id or None,
        delay_minutes=round(record.delay_minutes, 2),
    )


def _entry(span: Span, changes: Changes, actor: str, now: datetime) -> AuditEntry:
    rules: dict[str, dict[str, int]] = {}
    for (sla_id, change), count in sorted(changes.counts.items()):
        rules.setdefault(sla_id, {})[change] = count
    return AuditEntry(
        tenant_id=span.tenant.id,
        at=now,
        actor=actor,
        action="reevaluate",
        subject=f"orders:{span.since.isoformat()}/{span.until.isoformat()}",
        after={"orders": changes.orders, "changed": changes.changed, "rules": rules},
    )

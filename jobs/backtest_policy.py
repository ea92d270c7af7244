"""Back-tests a policy on a tenant's stored orders: what it would have done to them.

Must not change anything. Orders are read by the page, each page in a transaction of its own, so
that nobody waits for it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from jobs.gather_around import gather_around
from jobs.ports import Storage
from jobs.slices import slices
from policies.backtest import Backtest
from policies.backtesting.report import Report
from policies.backtesting.rules import governing
from policies.backtesting.trial import Span, Targets, Trial
from policies.book.read import read_sla_book
from policies.errors import PolicyError, PolicyFault
from policies.facts import OrderEvent, Timeline, timeline_of
from policies.money.tariff import Tariff
from policies.order_facts import Around
from policies.promise import SlaRule
from policies.promises import Promises
from policies.records import OrderKey, Tenant
from policies.targets import Target

_PAGE = 200
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
"""No event is older."""
Told = Callable[[int], None]
"""Hears how many orders more were judged."""
Policy = tuple[Sequence[SlaRule], Sequence[Target]]
"""The rules and the targets of one version of a policy."""


async def simulate_policy(
    new_text: str,
    tenant: Tenant,
    *,
    storage: Storage,
    promises: Promises,
    since: datetime,
    now: datetime,
    limit_orders: int = 20_000,
    pricing: Tariff | None = None,
) -> Report | tuple[PolicyFault, ...]:
    """What a policy text would have done to a tenant's orders, or what is wrong with the text.

    It is compared with the promises that govern the tenant at `now`. `complete` is off in the
    report when there were more orders than the limit: then it is about the first ones by id.
    """
    try:
        book = read_sla_book(new_text, "policy.yaml")
    except PolicyError as error:
        return error.faults
    rules, targets = in_force(promises, tenant, now)
    trial = Trial(
        new=book.rules,
        old=rules,
        now=now,
        pricing=pricing,
        span=Span(since, now, tenant.timezone),
        targets=Targets(book.targets, targets),
    )
    return await backtest_orders(trial, tenant, storage=storage, limit_orders=limit_orders)


def in_force(promises: Promises, tenant: Tenant, now: datetime) -> Policy:
    """The rules and targets that govern a tenant's orders that start now."""
    return governing(promises.of(tenant.name), now), promises.targets_of(tenant.name)


async def backtest_orders(
    trial: Trial,
    tenant: Tenant,
    *,
    storage: Storage,
    limit_orders: int | None = None,
    told: Told = lambda _: None,
) -> Report:
    """What a change would have done to the orders of a tenant that have an event in the span."""
    run, stored = Backtest(trial), _Stored(trial, tenant, storage)
    after, left = "", limit_orders
    while page := await stored.orders_after(after, _PAGE if left is None else min(_PAGE, left)):
        async for part in slices(await stored.orders(page)):
            for timeline, around in part:
                run.add(timeline, around)
        told(len(page))
        after, left = page[-1], None if left is None else left - len(page)
    cut = limit_orders is not None and bool(await stored.orders_after(after, 1))
    return replace(run.report(), complete=not cut)


class _Stored:
    """A tenant's orders as they are stored, by the page."""

    def __init__(self, trial: Trial, tenant: Tenant, storage: Storage) -> None:
        self._tenant, self._storage = tenant, storage
        self._promises = Promises(rules=(*trial.new, *trial.old))
        soon = trial.now + timedelta(microseconds=1)
        self._since = trial.span.since or _EVER
        self._until = min(trial.span.until or soon, soon)
        self._by_name: set[OrderKey] = set()

    async def orders_after(self, after: str, limit: int) -> list[str]:
        """The next orders by id; none where nothing is wanted."""
        if not limit:
            return []
        async with self._storage.read() as tx:
            return await tx.events.orders_between(
                self._tenant.id, self._since, self._until, after=after, limit=limit
            )

    async def orders(self, ids: Sequence[str]) -> list[tuple[Timeline, Around]]:
        """These orders, each once under whatever names, and what was around them."""
        keys = [OrderKey(tenant_id=self._tenant.id, order_id=order_id) for order_id in ids]
        async with self._storage.read() as tx:
            meant = await tx.names.orders_of(keys)
            events = await tx.events.of_orders(list(dict.fromkeys(meant.values())))
            timelines = {
                meant[key]: timeline_of(meant[key].order_id, events[meant[key]])
                for key in keys
                if self._first_met(key, meant[key], events[meant[key]])
            }
            tenants = {self._tenant.id: self._tenant}
            around = await gather_around(tx, timelines, tenants, self._promises)
        return [(timeline, around[self._tenant.id]) for timeline in timelines.values()]

    def _first_met(self, key: OrderKey, order: OrderKey, events: Sequence[OrderEvent]) -> bool:
        """A name brings in its order where nothing was told under the order's own id."""
        if key == order:
            return True
        own = any(
            event.order_id == order.order_id and self._since <= event.occurred_at < self._until
            for event in events
        )
        if own or order in self._by_name:
            return False
        self._by_name.add(order)
        return True

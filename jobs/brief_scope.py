"""What a handover or a brief is about: which clients, and of them what a channel asked for.

Must not draw or post, and must not widen what a channel sees: routing.py says what it may.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobs.ports import Transaction
from jobs.route_alerts import routes_of
from jobs.views.briefs import Coming
from policies.facts import timeline_of
from policies.promises import Promises
from policies.queries import ClockRow, ExceptionFilter
from policies.reasons import ACTIVE_STATUSES, ReasonCode, Severity, Status
from policies.records import ExceptionRecord, JsonObject, OrderKey, Tenant
from policies.routing import EVERYTHING, Filters, fits
from policies.shifts import Occurrence

Site = Callable[[object], bool]
"""Whether a value of the fact `warehouse` is meant."""
_MOST_RECORDS, _MOST_CLOCKS, _ORDERS_AT_ONCE = 5_000, 1_000, 500
_PAGE, _PAGES = 1_000, 20
SOONEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Clients, and by client what is asked for: any one of the filters is enough."""

    tenants: tuple[Tenant, ...]
    wanted: Mapping[int, tuple[Filters, ...]]
    site: Site | None = None

    @property
    def tenant_ids(self) -> tuple[int, ...]:
        """Numbers of the clients."""
        return tuple(tenant.id for tenant in self.tenants)

    @property
    def narrow(self) -> bool:
        """Whether it takes an order's facts to know if it is meant."""
        asked = [each for filters in self.wanted.values() for each in filters]
        return self.site is not None or any(each != EVERYTHING for each in asked)

    def has(self, record: ExceptionRecord) -> bool:
        """Whether an exception is meant."""
        if self.site is not None and not self.site(record.facts.get("warehouse")):
            return False
        return any(fits(each, record) for each in self.wanted.get(record.tenant_id, ()))


def everything(tenants: Sequence[Tenant], site: Site | None) -> Scope:
    """All that somebody who asks may see."""
    wanted = {tenant.id: (EVERYTHING,) for tenant in tenants}
    return Scope(tenants=tuple(tenants), wanted=wanted, site=site)


def scope_of(tenants: Iterable[Tenant], wanted: JsonObject, site: Site | None) -> Scope:
    """What `subscribed` found, for some of the clients."""
    read = {int(number): tuple(map(Filters.of, asked)) for number, asked in wanted.items()}
    mine = tuple(tenant for tenant in tenants if tenant.id in read)
    return Scope(tenants=mine, wanted=read, site=site)


async def subscribed(
    tx: Transaction, kind: str, default_channel: str
) -> dict[str, dict[str, list[JsonObject]]]:
    """Channels that asked for it, each with its clients' numbers and filters as JSON."""
    tenants = [tenant for tenant in await tx.tenants.all() if not tenant.synthetic]
    ids = [tenant.id for tenant in tenants]
    routes = await routes_of(tx, ids, default_channel, kinds=(kind,))
    found: dict[str, dict[str, list[JsonObject]]] = {}
    for tenant in tenants:
        for one in routes.heard(tenant, kind):
            asked = found.setdefault(one.channel_id, {}).setdefault(str(tenant.id), [])
            asked.append(one.wanted.as_json)
    return found


async def open_ones(tx: Transaction, scope: Scope) -> list[ExceptionRecord]:
    """What is open, earliest deadline first."""
    wanted = ExceptionFilter(
        tenant_ids=scope.tenant_ids,
        statuses=ACTIVE_STATUSES,
        soonest_first=True,
        limit=_MOST_RECORDS,
    )
    return [record for record in await tx.exceptions.find(wanted) if scope.has(record)]


async def opened_since(tx: Transaction, scope: Scope, since: datetime) -> list[ExceptionRecord]:
    """What opened since then."""
    return await _all(tx, scope, ExceptionFilter(tenant_ids=scope.tenant_ids, since=since))


async def settled_since(tx: Transaction, scope: Scope, since: datetime) -> list[ExceptionRecord]:
    """What was settled or resolved since then."""
    return await _all(tx, scope, _settled(scope, since))


async def opened_on(tx: Transaction, scope: Scope, runs: Sequence[Occurrence]) -> list[int]:
    """How many opened in each of these, latest first."""
    if scope.narrow:
        records = await opened_since(tx, scope, runs[-1].start)
        return [sum(run.start <= one.opened_at < run.end for one in records) for run in runs]
    asked = [ExceptionFilter(tenant_ids=scope.tenant_ids, since=at) for run in runs for at in run]
    return _between([await tx.exceptions.count(one) for one in asked])


async def settled_on(tx: Transaction, scope: Scope, runs: Sequence[Occurrence]) -> list[int]:
    """How many were settled or resolved in each of these, latest first."""
    if scope.narrow:
        ended = [one.resolved_at for one in await settled_since(tx, scope, runs[-1].start)]
        return [sum(run.start <= at < run.end for at in ended if at) for run in runs]
    asked = [_settled(scope, at) for run in runs for at in run]
    return _between([await tx.exceptions.count(one) for one in asked])


def _between(counts: Sequence[int]) -> list[int]:
    """Of counts since each start and each end: what was between."""
    return [start - end for start, end in zip(counts[::2], counts[1::2], strict=True)]


def _settled(scope: Scope, since: datetime) -> ExceptionFilter:
    ended = (Status.RESOLVED, Status.CLOSED)
    return ExceptionFilter(tenant_ids=scope.tenant_ids, statuses=ended, settled_since=since)


async def _all(tx: Transaction, scope: Scope, wanted: ExceptionFilter) -> list[ExceptionRecord]:
    """Page by page, as far as it is told of at all."""
    found: list[ExceptionRecord] = []
    page = replace(wanted, limit=_PAGE)
    for _ in range(_PAGES):
        records = await tx.exceptions.find(page)
        found += [record for record in records if scope.has(record)]
        if len(records) < _PAGE:
            break
        page = replace(page, before_id=records[-1].id)
    return found


async def due_between(
    tx: Transaction, scope: Scope, promises: Promises, since: datetime, until: datetime
) -> tuple[Coming, list[ClockRow]]:
    """Running promises that are due in [since, until): counted, and all of them by deadline."""
    rows: list[ClockRow] = []
    more = False
    for tenant in scope.tenants:
        for sla_id in dict.fromkeys(rule.sla_id for rule in promises.of(tenant.name)):
            found = await tx.clocks.running(tenant.id, sla_id, until, _MOST_CLOCKS)
            more = more or len(found) == _MOST_CLOCKS
            rows += [row for row in found if row.deadline_at >= since]
    facts = await _facts(tx, {_key(row) for row in rows}) if scope.narrow else {}
    meant = [row for row in rows if scope.has(_broken(row, facts.get(_key(row), {})))]
    meant.sort(key=lambda row: (row.deadline_at, row.tenant_id, row.order_id, row.sla_id))
    coming = Coming(total=len(meant), soonest=tuple(meant[:SOONEST]), more=more)
    return coming, meant


async def _facts(tx: Transaction, keys: Iterable[OrderKey]) -> dict[OrderKey, Mapping[str, Any]]:
    """What the orders' events state."""
    ordered = sorted(keys, key=lambda key: (key.tenant_id, key.order_id))
    found: dict[OrderKey, Mapping[str, Any]] = {}
    for start in range(0, len(ordered), _ORDERS_AT_ONCE):
        events = await tx.events.of_orders(ordered[start : start + _ORDERS_AT_ONCE])
        for key in ordered[start : start + _ORDERS_AT_ONCE]:
            found[key] = timeline_of(key.order_id, events.get(key, [])).facts()
    return found


def _broken(row: ClockRow, facts: Mapping[str, Any]) -> ExceptionRecord:
    """The exception that it becomes if nothing happens."""
    return ExceptionRecord(
        id=0,
        tenant_id=row.tenant_id,
        order_id=row.order_id,
        sla_id=row.sla_id,
        instance=row.instance,
        reason_code=ReasonCode(row.reason_code),
        severity=Severity(row.severity),
        status=Status.OPEN,
        stage=row.stage,
        fault=None,
        opened_at=row.deadline_at,
        started_at=row.started_at,
        deadline_at=row.deadline_at,
        breached_at=row.deadline_at,
        target_minutes=row.target_minutes,
        delay_minutes=0.0,
        facts=facts,
    )


def _key(row: ClockRow) -> OrderKey:
    return OrderKey(tenant_id=row.tenant_id, order_id=row.order_id)

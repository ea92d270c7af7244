"""Keeps what the proof of invoices found, and what was decided of it.

Must not judge: policies/money/findings does.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.money.findings.clusters import Cluster, ClusterKey
from policies.money.findings.filed import (
    Decided,
    FiledFinding,
    FindingState,
    InvoiceCheck,
    TenantCluster,
)
from policies.money.findings.finding import Cause
from policies.money.invoice_values import InvoiceKind
from storage.bulk import among_these, bulk_insert, chunks
from storage.columns import storable, to_json
from storage.finding_rows import COLUMNS, filed_of, what_of
from storage.instants import micros, micros_or_none
from storage.tables_findings import findings, invoice_checks
from storage.tables_invoices import invoices

_WRITTEN = tuple(column.name for column in findings.c if column.name != "id")
_ADD = bulk_insert(findings, _WRITTEN, "ON CONFLICT (tenant_id, key) DO NOTHING RETURNING id, key")
_NOTE = bulk_insert(
    invoice_checks, [column.name for column in invoice_checks.c], "ON CONFLICT DO NOTHING"
)
_OVER = findings.c.difference_cents < 0


class SqlFindings:
    """Findings in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, found: Sequence[FiledFinding]) -> list[FiledFinding]:
        """Keeps those whose key is new for their tenant, with their numbers; returns these."""
        told = await _ADD.told(self._connection, [_row(one) for one in found])
        ids = {key: number for number, key in told}
        return [
            replace(one, id=ids.pop(one.finding.key)) for one in found if one.finding.key in ids
        ]

    async def get(self, finding_id: int) -> FiledFinding | None:
        """That one, or None."""
        found = await self._read(findings.c.id == finding_id)
        return found[0] if found else None

    async def known(self, tenant_id: int, keys: Sequence[str]) -> Mapping[str, FiledFinding]:
        """Those of these keys, by key."""
        mine = findings.c.tenant_id == tenant_id
        found: dict[str, FiledFinding] = {}
        for part in chunks(keys):
            among = among_these(self._connection, findings.c.key, part)
            found |= {one.finding.key: one for one in await self._read(mine, among)}
        return found

    async def save(self, filed: FiledFinding, *, was: FindingState) -> bool:
        """Keeps how it stands now, if it still stands as it was read."""
        table = findings.c
        mine = (table.id == filed.id, table.tenant_id == filed.tenant_id, table.state == was.value)
        statement = (
            update(findings)
            .where(*mine)
            .values(
                state=filed.state.value,
                adjustment_id=filed.adjustment_id,
                decided_by=filed.decided_by,
                decided_at=filed.decided_at,
                words=filed.words,
            )
        )
        return (await self._connection.execute(statement)).rowcount == 1

    async def of_orders(
        self, tenant_id: int, period: str, order_ids: Sequence[str]
    ) -> list[FiledFinding]:
        """All of these orders in a month, by number; the empty name is the month as a whole."""
        table = findings.c
        mine = (table.tenant_id == tenant_id, table.period == period)
        found: list[FiledFinding] = []
        for part in chunks(order_ids):
            found += await self._read(*mine, among_these(self._connection, table.order_id, part))
        return sorted(found, key=lambda one: one.id)

    async def find(
        self,
        tenant_ids: Collection[int],
        *,
        states: Sequence[FindingState] = (FindingState.OPEN,),
        period: str | None = None,
        cluster: ClusterKey | None = None,
        order_id: str | None = None,
        after_id: int = 0,
        limit: int = 50,
    ) -> list[FiledFinding]:
        """By number, those behind `after_id`."""
        wanted = [*_of(tenant_ids, states, period), findings.c.id > after_id]
        if order_id is not None:
            wanted.append(findings.c.order_id == order_id)
        if cluster is not None:
            wanted += [
                findings.c.cause == cluster.cause.value,
                findings.c.code == cluster.code,
                findings.c.currency == cluster.currency,
                _OVER if cluster.over else ~_OVER,
            ]
        return await self._read(*wanted, limit=limit)

    async def clusters(
        self,
        tenant_ids: Collection[int],
        *,
        states: Sequence[FindingState] = (FindingState.OPEN,),
        period: str | None = None,
    ) -> list[TenantCluster]:
        """By tenant, most money first."""
        table = findings.c
        over = _OVER.label("over")
        kinds = (table.tenant_id, table.cause, table.code, table.currency)
        counted = (
            select(
                *kinds,
                over,
                func.count().label("many"),
                func.sum(table.difference_cents).label("cents"),
                func.min(table.service_date).label("since"),
                func.max(table.service_date).label("until"),
            )
            .where(*_of(tenant_ids, states, period))
            .group_by(*kinds, over)
        )
        made = [_cluster(row) for row in await self._connection.execute(counted)]
        return sorted(made, key=in_order)

    async def decided(
        self, tenant_ids: Collection[int], since: datetime, until: datetime
    ) -> list[Decided]:
        """What was decided in [since, until), by tenant, state, currency and direction."""
        table = findings.c
        over = _OVER.label("over")
        kinds = (table.tenant_id, table.state, table.currency)
        cents = func.sum(table.difference_cents).label("cents")
        counted = (
            select(*kinds, over, func.count().label("many"), cents)
            .where(table.tenant_id.in_(sorted(tenant_ids)))
            .where(table.decided_at >= since, table.decided_at < until)
            .group_by(*kinds, over)
            .order_by(*kinds, over)
        )
        return [
            Decided(
                tenant_id=row.tenant_id,
                state=FindingState(row.state),
                currency=row.currency,
                over=bool(row.over),
                count=row.many,
                difference_cents=int(row.cents),
            )
            for row in await self._connection.execute(counted)
        ]

    async def invoiced(self, tenant_id: int, period: str) -> list[str]:
        """The orders with an invoice that counts in a month, by id, without reading a line."""
        table = invoices.c
        mine = (table.tenant_id == tenant_id, table.period == period)
        statement = select(table.subject).where(*mine, table.kind == InvoiceKind.ORDER.value)
        return sorted((await self._connection.execute(statement)).scalars())

    async def note_check(self, check: InvoiceCheck) -> bool:
        """Keeps it; False where the same inputs were checked before."""
        row = tuple(
            micros(value) if isinstance(value, datetime) else value
            for column in invoice_checks.c
            for value in (getattr(check, column.name),)
        )
        return await _NOTE.run(self._connection, [row]) == 1

    async def latest_checks(self, tenant_ids: Collection[int]) -> list[InvoiceCheck]:
        """The last one of each tenant and month, newest first."""
        table = invoice_checks.c
        statement = (
            select(invoice_checks)
            .where(table.tenant_id.in_(sorted(tenant_ids)))
            .order_by(table.checked_at.desc(), table.tenant_id, table.period.desc())
        )
        found: dict[tuple[int, str], InvoiceCheck] = {}
        for row in await self._connection.execute(statement):
            found.setdefault((row.tenant_id, row.period), InvoiceCheck(**row._asdict()))
        return list(found.values())

    async def _read(
        self, *wanted: ColumnElement[bool], limit: int | None = None
    ) -> list[FiledFinding]:
        statement = select(findings).where(*wanted).order_by(findings.c.id).limit(limit)
        rows = await self._connection.execute(statement)
        return [filed_of(row._asdict()) for row in rows]


def in_order(one: TenantCluster) -> tuple[Any, ...]:
    """By tenant, most money first."""
    return (one.tenant_id, -abs(one.cluster.difference_cents), one.cluster.key)


def _of(
    tenant_ids: Collection[int], states: Sequence[FindingState], period: str | None
) -> list[ColumnElement[bool]]:
    table = findings.c
    mine: list[ColumnElement[bool]] = [
        table.tenant_id.in_(sorted(tenant_ids)),
        table.state.in_([state.value for state in states]),
    ]
    return mine if period is None else [*mine, table.period == period]


def _cluster(row: Any) -> TenantCluster:  # noqa: ANN401 - a row of nine columns
    key = ClusterKey(Cause(row.cause), row.code, row.currency, bool(row.over))
    return TenantCluster(
        tenant_id=row.tenant_id,
        cluster=Cluster(
            key=key,
            count=row.many,
            difference_cents=int(row.cents),
            since=date.fromisoformat(row.since) if row.since else None,
            until=date.fromisoformat(row.until) if row.until else None,
        ),
    )


def _row(one: FiledFinding) -> tuple[Any, ...]:
    """As the table keeps it, in the order of its columns."""
    finding = one.finding
    values: dict[str, Any] = {
        **{name: getattr(finding, name) for name in COLUMNS},
        "tenant_id": one.tenant_id,
        "key": finding.key,
        "period": one.period,
        "cause": finding.cause.value,
        "difference_cents": finding.difference_cents,
        "service_date": finding.service_date.isoformat() if finding.service_date else None,
        "what": to_json(what_of(finding)),
        "found_at": micros(one.found_at),
        "state": one.state.value,
        "adjustment_id": one.adjustment_id,
        "decided_by": one.decided_by,
        "decided_at": micros_or_none(one.decided_at),
        "words": one.words,
    }
    return tuple(
        storable(value) if isinstance(value := values[name], str) else value for name in _WRITTEN
    )

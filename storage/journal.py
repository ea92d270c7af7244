"""Keeps the books by double entry. Must not alter or delete: the table refuses it too."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.money.invoice_values import JournalEntry
from storage.billing_numbers import ENTRY, draw
from storage.bulk import bulk_insert
from storage.instants import micros
from storage.tables_invoices import journal

_ADD = bulk_insert(journal, journal.c.keys(), "")


class SqlJournal:
    """The books in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def post(self, entries: Sequence[JournalEntry]) -> None:
        """Adds them in their order; one that moves nothing is left out."""
        moving = [one for one in entries if one.postings]
        for tenant_id in sorted({one.tenant_id for one in moving}):
            mine = [one for one in moving if one.tenant_id == tenant_id]
            first = await draw(self._connection, tenant_id, ENTRY, len(mine))
            rows = [row for place, one in enumerate(mine, first) for row in _rows(one, place)]
            await _ADD.run(self._connection, rows)

    async def balances(self, tenant_id: int) -> Mapping[tuple[str, str], int]:
        """What each account holds, by currency and account."""
        table = journal.c
        statement = (
            select(table.currency, table.account, func.sum(table.amount_cents))
            .where(table.tenant_id == tenant_id)
            .group_by(table.currency, table.account)
            .order_by(table.currency, table.account)
        )
        rows = await self._connection.execute(statement)
        return {(currency, account): int(cents) for currency, account, cents in rows}

    async def entries(
        self, tenant_id: int, *, after_id: int = 0, limit: int = 500
    ) -> list[JournalEntry]:
        """By id, those after `after_id`."""
        table = journal.c
        statement = (
            select(journal)
            .where(table.tenant_id == tenant_id, table.entry_id > after_id)
            .where(table.entry_id <= after_id + limit)
            .order_by(table.entry_id, table.account)
        )
        found: dict[int, JournalEntry] = {}
        for row in await self._connection.execute(statement):
            known = found.get(row.entry_id) or _entry(row)
            postings = {**known.postings, row.account: row.amount_cents}
            found[row.entry_id] = replace(known, postings=postings)
        return list(found.values())


def _entry(row: Any) -> JournalEntry:  # noqa: ANN401 - a row of the table
    return JournalEntry(
        id=row.entry_id,
        tenant_id=row.tenant_id,
        document=row.document,
        period=row.period,
        at=row.at,
        currency=row.currency,
    )


def _rows(one: JournalEntry, place: int) -> list[tuple[Any, ...]]:
    """In the order of the table's columns."""
    return [
        (
            one.tenant_id,
            place,
            account,
            one.document,
            one.period,
            micros(one.at),
            one.currency,
            cents,
        )
        for account, cents in one.postings.items()
    ]

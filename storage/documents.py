"""Keeps documents that people gave, version by version. Must not cut or search them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.documents import LearnedDocument
from storage.columns import storable
from storage.tables_documents import documents

_LISTED = tuple(column for column in documents.c if column.name != "pages")


class SqlDocuments:
    """Documents in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def latest(self, tenant_ids: Sequence[int]) -> list[LearnedDocument]:
        """The latest version of each without its text, by client and name."""
        table = documents.c
        mine = table.tenant_id.in_(tenant_ids)
        by_name = select(*_LISTED).where(mine, table.ends_at.is_(None))
        ordered = by_name.order_by(table.tenant_id, table.name, table.number)
        return [_document(row) for row in await self._connection.execute(ordered)]

    async def add(self, document: LearnedDocument, ends_before: datetime | None) -> LearnedDocument:
        """Adds a version; the one before ends then."""
        table = documents.c
        older = (table.tenant_id == document.tenant_id, table.name == storable(document.name))
        open_ended = update(documents).where(*older, table.ends_at.is_(None))
        if ends_before is not None:
            await self._connection.execute(open_ended.values(ends_at=ends_before))
        values = {column.name: getattr(document, column.name) for column in documents.c}
        del values["id"]
        values["pages"] = [storable(page) for page in document.pages]
        added = await self._connection.execute(
            insert(documents).values(**values).returning(documents)
        )
        return _document(added.one())

    async def forget(self, tenant_id: int, name: str) -> int:
        """Deletes all versions of that name; returns how many there were."""
        table = documents.c
        mine = (table.tenant_id == tenant_id, table.name == storable(name))
        return (await self._connection.execute(delete(documents).where(*mine))).rowcount

    async def after(self, document_id: int, limit: int) -> list[LearnedDocument]:
        """All versions of all names with their text, by id, those after `document_id`."""
        some = select(documents).where(documents.c.id > document_id).order_by(documents.c.id)
        return [_document(row) for row in await self._connection.execute(some.limit(limit))]

    async def mark(self) -> tuple[int, int]:
        """Something that is another one after every change: numbers are never used again."""
        counted = select(func.count(), func.coalesce(func.max(documents.c.id), 0))
        rows, last = (await self._connection.execute(counted)).one()
        return rows, last


def _document(row: Row[Any]) -> LearnedDocument:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public way to a row by name
    return LearnedDocument(**{**values, "pages": tuple(values.get("pages", ()))})

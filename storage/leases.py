"""Durable work is taken for a while: what the outbox and the work items have in common.

A lease is a token in the row. Who comes back without the token has lost the row
(fencing). While a row is in flight its `available_at` is the end of the lease, so that
"may be taken" is one question: has `available_at` come? Must not decide what is taken.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, TextClause, case, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables_work import DEAD, IN_FLIGHT, PENDING, WAITING


def pending(table: str) -> TextClause:
    """Neither finished nor dead, in the words of the indexes, so that they are used."""
    return text(f"{table}.{PENDING.text}")


async def claim(
    connection: AsyncConnection,
    table: Table,
    picked: Select[Any],
    until: datetime,
    **changes: ColumnElement[Any],
) -> Sequence[Row[Any]]:
    """Takes the rows whose ids `picked` selects and which nobody else is taking just now.

    `picked` selects ids, in order and limited; `until` is the end of the lease; `changes`
    are further columns to set. The rows come back as they are now, in no order.
    """
    locked = picked.with_for_update(skip_locked=True, of=table)
    chosen = locked.cte("chosen").prefix_with("MATERIALIZED", dialect="postgresql")
    statement = (
        update(table)
        .where(table.c.id.in_(select(chosen.c.id)))
        .values(
            state=IN_FLIGHT,
            lease=secrets.token_hex(12),
            leased_generation=table.c.generation,
            attempts=table.c.attempts + 1,
            available_at=until,
            **changes,
        )
        .returning(*table.c)
    )
    return (await connection.execute(statement)).all()


async def give_back(
    connection: AsyncConnection,
    table: Table,
    row_id: int,
    lease: str | None,
    **changes: Any,  # noqa: ANN401 - columns have many types
) -> bool:
    """Ends a lease with these changes; False when it was lost."""
    statement = (
        update(table)
        .where(table.c.id == row_id, table.c.lease == lease)
        .values(lease=None, leased_generation=None, **changes)
    )
    return (await connection.execute(statement)).rowcount == 1


async def release_all(connection: AsyncConnection, table: Table) -> None:
    """Ends every lease at once, as if its time had run out; whoever held one has lost it."""
    long_ago = datetime.fromtimestamp(0, UTC)
    taken = table.c.state == IN_FLIGHT
    await connection.execute(update(table).where(taken).values(available_at=long_ago))


async def mend(
    connection: AsyncConnection, table: Table, now: datetime, lease: timedelta, longest: timedelta
) -> None:
    """Brings back what lies further ahead than anything waits: the clock was set back.

    What waits may be taken now. What is in flight gets a lease from now: its holder works by a
    clock that cannot be set, and has finished or given up when that ends.
    """
    for state, latest, at in ((WAITING, now + longest, now), (IN_FLIGHT, now + lease, now + lease)):
        stranded = table.c.state == state, table.c.available_at > latest
        await connection.execute(
            update(table).where(*stranded, pending(table.name)).values(available_at=at)
        )


def retried(at: datetime, error: str) -> dict[str, Any]:
    """The changes of a row that is tried again later."""
    return {"state": WAITING, "available_at": at, "error": error}


def buried(error: str) -> dict[str, Any]:
    """The changes of a row that is given up."""
    return {"state": DEAD, "error": error}


def unless_grown(table: Table, settled: Any, grown: Any) -> ColumnElement[Any]:  # noqa: ANN401 - values
    """`settled`, or `grown` where the row was asked for again while in flight."""
    return case((table.c.generation == table.c.leased_generation, settled), else_=grown)

"""Draws row numbers before the rows are written, so that all that names them goes in at once.

Must not write a row. On SQLite a number is ours until the end of the transaction, because
there is one writer; what was drawn for a row that is not written is drawn again.
"""

from collections.abc import Sequence

from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncConnection

_ON_SQLITE = text("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = :name")
_ON_POSTGRES = text("""
SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)
""")


async def draw_numbers(connection: AsyncConnection, table: Table, count: int) -> Sequence[int]:
    """The numbers of the next rows of a table that counts up and never reuses one."""
    if connection.dialect.name == "postgresql":
        drawn = await connection.execute(_ON_POSTGRES, {"name": table.name, "count": count})
        return drawn.scalars().all()
    last: int = (await connection.execute(_ON_SQLITE, {"name": table.name})).scalar_one()
    return range(last + 1, last + 1 + count)

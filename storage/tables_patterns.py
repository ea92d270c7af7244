"""The table of what channels were told of patterns.

Must not hold queries; those are in patterns.py.
"""

from sqlalchemy import Column, Integer, Table, Text

from storage.columns import Instant, Json, metadata, tenant_key_column

told_patterns = Table(
    "told_patterns",
    metadata,
    tenant_key_column(),
    Column("channel_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("told_at", Instant, nullable=False),
    Column("level", Integer, nullable=False),
    Column("what", Json, nullable=False),
    Column("ended_at", Instant),
    sqlite_with_rowid=False,
)
"""One row a finding and channel. Few and short-lived: `forget_patterns` takes old ones."""

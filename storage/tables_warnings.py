"""The table of warnings before a breach that stand in Slack and are kept up to date.

Must not hold queries; those are in warnings.py.
"""

from sqlalchemy import Column, Index, Table, Text

from storage.columns import Instant, metadata, tenant_key_column

warnings = Table(
    "warnings",
    metadata,
    tenant_key_column(),
    Column("order_id", Text, primary_key=True),
    Column("sla_id", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("channel_id", Text),
    Column("ts", Text),
    Column("digest", Text),
    Column("phase", Text, nullable=False),
    Column("warned_at", Instant, nullable=False),
    Column("refresh_at", Instant),
    Column("ended_at", Instant),
    sqlite_with_rowid=False,
)
"""One row a clock."""
Index(
    "ix_warnings_refresh_at",
    warnings.c.refresh_at,
    sqlite_where=warnings.c.refresh_at.is_not(None),
    postgresql_where=warnings.c.refresh_at.is_not(None),
)

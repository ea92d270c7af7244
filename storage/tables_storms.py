"""The tables of storms: causes as they are counted, storms with their members and messages.

Must not hold queries; those are in storms.py.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
)

from policies.storms import Told
from storage.columns import Id, Instant, Json, metadata, one_of, tenant_key_column

storms = Table(
    "storms",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("channel", Text, nullable=False),
    Column("channel_id", Text),
    Column("cause", Text, nullable=False),
    Column("reason_code", Text, nullable=False),
    Column("shared", Json, nullable=False),
    Column("first_tenant_id", BigInteger, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("refresh_at", Instant),
    Column("version", Integer, nullable=False),
    Column("members", Integer, nullable=False),
    Column("told_severity", Text),
    Column("held_until", Instant),
    sqlite_autoincrement=True,
)
"""A channel's storm belongs to no single tenant; its members do."""
Index(
    "ix_storms_refresh_at",
    storms.c.refresh_at,
    sqlite_where=storms.c.refresh_at.is_not(None),
    postgresql_where=storms.c.refresh_at.is_not(None),
)
Index(
    "ix_storms_held",
    storms.c.channel,
    storms.c.cause,
    unique=True,
    sqlite_where=storms.c.held_until.is_not(None),
    postgresql_where=storms.c.held_until.is_not(None),
)
"""Of a channel there is one at most that quiet hours hold back."""

causes = Table(
    "causes",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("cause", Text, primary_key=True),
    Column("recent", Json, nullable=False),
    Column("storm_id", BigInteger),
    Column("last_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
"""Who had a cause of late and was told alone, and the storm that it became. Locked to decide."""

storm_members = Table(
    "storm_members",
    metadata,
    tenant_key_column(),
    Column("exception_id", BigInteger, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("storm_id", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("told", Text, nullable=False),
    ForeignKeyConstraint(["tenant_id", "exception_id"], ["exceptions.tenant_id", "exceptions.id"]),
    Index(None, "storm_id", "number"),
    one_of("told", Told),
)
"""An exception is in one storm of a channel at most; `channel` is as causes are counted by."""

storm_parts = Table(
    "storm_parts",
    metadata,
    Column("storm_id", BigInteger, ForeignKey("storms.id"), primary_key=True),
    Column("part", Text, primary_key=True),
    Column("ts", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Index(None, "ts"),
)

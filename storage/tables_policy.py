"""The tables of what was promised and who speaks: policy versions, feeds, target alarms.

Must not hold queries; those are in the store of each noun.
"""

from sqlalchemy import BigInteger, Column, Table, Text, UniqueConstraint

from storage.columns import FreeText, Id, Instant, Json, metadata, tenant_key_column

policy_versions = Table(
    "policy_versions",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("scope", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("text", FreeText, nullable=False),
    Column("file", FreeText, nullable=False),
    Column("adopted_at", Instant, nullable=False),
    Column("since", Instant),
    UniqueConstraint("scope", "digest", "adopted_at"),
    sqlite_autoincrement=True,
)
"""Append-only by trigger. `scope` is a tenant's name, which may be no tenant's yet, or empty."""

feeds = Table(
    "feeds",
    metadata,
    tenant_key_column(),
    Column("source", Text, primary_key=True),
    Column("last_at", Instant, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("kinds", Json, nullable=False),
    Column("events", Json, nullable=False),
    Column("weeks", Json, nullable=False),
    Column("silent_since", Instant),
    Column("reported_at", Instant),
    Column("ended_at", Instant),
)

watermarks = Table(
    "watermarks",
    metadata,
    Column("reader", Text, primary_key=True),
    Column("event_id", BigInteger, nullable=False),
)
"""Up to which row of events a reader has come."""

target_alarms = Table(
    "target_alarms",
    metadata,
    tenant_key_column(),
    Column("key", Text, primary_key=True),
    Column("at", Instant, nullable=False),
)

"""The table of answers that were given. Must not hold queries; those are in answers.py."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from storage.columns import FreeText, Id, Instant, Json, metadata, tenant_column

answers = Table(
    "answers",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("tenants", Json, nullable=False),
    Column("asked_by", FreeText, nullable=False),
    Column("question", FreeText, nullable=False),
    Column("route", Text, nullable=False),
    Column("refused", Boolean, nullable=False),
    Column("text", FreeText, nullable=False),
    Column("now", Instant, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("channel_id", Text),
    Column("thread_ts", Text),
    Column("public", Boolean, nullable=False),
    Column("before", Json, nullable=False),
    Column("about", BigInteger),
    Column("sources", Json, nullable=False),
    Column("passages", Json, nullable=False),
    Column("indexed_at", Instant),
    Column("model", FreeText),
    Column("verdict", Integer, nullable=False),
    Column("why", Text),
    Column("note", FreeText),
    Column("judged_by", FreeText),
    Column("judged_at", Instant),
    Index(None, "tenant_id", "asked_at"),
    Index(None, "tenant_id", "verdict", "judged_at"),
    Index(None, "channel_id", "thread_ts", "asked_at"),
    sqlite_autoincrement=True,
)
"""`tenants` are all clients that the asker saw; `tenant_id`, behind whose wall it is, the first."""

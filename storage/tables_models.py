"""The tables of what a model cost and answered: a day's use of a tenant, and answers that are kept.

Must not hold queries; those are in the store of each noun.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint

from storage.columns import FreeText, Id, Instant, metadata, tenant_column, tenant_key_column

model_usage = Table(
    "model_usage",
    metadata,
    tenant_key_column(),
    Column("day", Text, primary_key=True),
    Column("tokens", BigInteger, nullable=False),
    Column("microcents", BigInteger, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("alarmed_at", Instant),
    Column("begun_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
"""`day` is the tenant's own date, as 2026-03-02; what is reserved counts as used."""

model_answers = Table(
    "model_answers",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("key", Text, nullable=False),
    Column("order_id", FreeText),
    Column("operation", Text, nullable=False),
    Column("model", FreeText, nullable=False),
    Column("answer", FreeText, nullable=False),
    Column("answered_at", Instant, nullable=False),
    UniqueConstraint("tenant_id", "key"),
    Index(None, "tenant_id", "order_id"),
    Index(None, "tenant_id", "answered_at"),
    sqlite_autoincrement=True,
)
"""`answer` is the text as the model wrote it, with placeholders for what it was not told."""

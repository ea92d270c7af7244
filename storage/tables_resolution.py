"""The table of attempts: what was tried to settle exceptions by itself, and how it ended.

Must not hold queries; those are in resolution_attempts.py.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from policies.attempts import AttemptState
from storage.columns import FreeText, Id, Instant, Json, metadata, one_of, tenant_column
from storage.tables_orders import exceptions

resolution_attempts = Table(
    "resolution_attempts",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("exception_id", BigInteger, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("dry_run", Boolean, nullable=False),
    Column("within_minutes", Integer, nullable=False),
    Column("proved_by", Json, nullable=False),
    Column("request", Json, nullable=False),
    Column("approved_by", FreeText),
    Column("approved_at", Instant),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("prove_by", Instant),
    Column("status", Integer),
    Column("response", FreeText),
    Column("undoes", BigInteger),
    UniqueConstraint("tenant_id", "exception_id", "action", "number"),
    ForeignKeyConstraint(["tenant_id", "exception_id"], ["exceptions.tenant_id", "exceptions.id"]),
    one_of("state", AttemptState),
    Index(None, "tenant_id", "order_id"),
    Index(None, "tenant_id", "asked_at"),
    sqlite_autoincrement=True,
)
UNENDED = text("state IN ('asked', 'due', 'started', 'waiting')")
Index(
    "ix_resolution_attempts_unended",
    resolution_attempts.c.tenant_id,
    resolution_attempts.c.exception_id,
    unique=True,
    sqlite_where=UNENDED,
    postgresql_where=UNENDED,
)
"""One at a time for each exception."""

RESOLVABLE = text(
    "status IN ('OPEN', 'IN_PROGRESS') AND resolution_blocked IS FALSE "
    "AND resolution_attempts < max_resolution_attempts"
)
Index(
    "ix_exceptions_resolvable",
    exceptions.c.tenant_id,
    exceptions.c.id,
    sqlite_where=RESOLVABLE,
    postgresql_where=RESOLVABLE,
)
"""Who is eligible, as policies/resolution.py says it."""

"""The table of timers: how far the calling has come for exceptions that nobody answers.

Must not hold queries; those are in escalations.py.
"""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, Table, Text

from policies.escalation import Phase
from policies.reasons import Severity
from storage.columns import Instant, metadata, one_of, tenant_key_column

escalations = Table(
    "escalations",
    metadata,
    tenant_key_column(),
    Column("exception_id", BigInteger, primary_key=True),
    Column("touched_at", Instant, nullable=False),
    Column("phase", Text, nullable=False),
    Column("ladder", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("told", Integer, nullable=False),
    Column("since", Instant),
    Column("due_at", Instant),
    Column("next_at", Instant),
    Column("version", Integer, nullable=False),
    ForeignKeyConstraint(["tenant_id", "exception_id"], ["exceptions.tenant_id", "exceptions.id"]),
    one_of("phase", Phase),
    one_of("severity", Severity),
)
"""Business times. `told` levels of the climb that began at `since`; looked at when `next_at` is."""
Index(
    "ix_escalations_next_at",
    escalations.c.next_at,
    sqlite_where=escalations.c.next_at.is_not(None),
    postgresql_where=escalations.c.next_at.is_not(None),
)

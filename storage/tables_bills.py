"""The tables of others' bills: audits, their lines, and how senders write their columns.

Must not hold queries; those are in bills.py.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from policies.money.audit.record import BillState
from storage.columns import (
    FreeText,
    Id,
    Instant,
    Json,
    metadata,
    one_of,
    tenant_column,
    tenant_key_column,
)

bill_audits = Table(
    "bill_audits",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("file_hash", Text, nullable=False),
    Column("key", Text),
    Column("name", FreeText, nullable=False),
    Column("state", Text, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("columns", Json, nullable=False),
    Column("content", LargeBinary),
    Column("actor", Text, nullable=False),
    Column("channel_id", Text),
    Column("thread_ts", Text),
    Column("received_at", Instant, nullable=False),
    Column("totals", Json, nullable=False),
    Column("done_at", Instant),
    Column("claim_by", Text),
    Column("remind_at", Instant),
    Column("filed_at", Instant),
    Column("filed_by", Text),
    UniqueConstraint("tenant_id", "key"),
    UniqueConstraint("tenant_id", "id"),
    one_of("state", BillState),
    sqlite_autoincrement=True,
)
UNFILED = text("remind_at IS NOT NULL AND filed_at IS NULL")
Index(
    "ix_bill_audits_unfiled",
    bill_audits.c.remind_at,
    sqlite_where=UNFILED,
    postgresql_where=UNFILED,
)

bill_lines = Table(
    "bill_lines",
    metadata,
    tenant_key_column(),
    Column("audit_id", BigInteger, primary_key=True),
    Column("row", Integer, primary_key=True),
    Column("verdict", Text, nullable=False),
    Column("cause", Text),
    Column("parcel_key", Text),
    Column("told", Json, nullable=False),
    ForeignKeyConstraint(["tenant_id", "audit_id"], ["bill_audits.tenant_id", "bill_audits.id"]),
    sqlite_with_rowid=False,
)
_KEYED = text("parcel_key IS NOT NULL")
Index(
    "ix_bill_lines_parcel",
    bill_lines.c.tenant_id,
    bill_lines.c.parcel_key,
    sqlite_where=_KEYED,
    postgresql_where=_KEYED,
)

bill_columns = Table(
    "bill_columns",
    metadata,
    tenant_key_column(),
    Column("fingerprint", Text, primary_key=True),
    Column("columns", Json, nullable=False),
    Column("actor", Text, nullable=False),
    Column("confirmed_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
"""What a sender's columns are, as somebody confirmed; the last one counts."""

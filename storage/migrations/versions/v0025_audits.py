"""What others bill, read line by line.

Must not be edited after a release: write a further step.
"""

from alembic import op
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

from storage.migrations.shape import (
    Id,
    create,
    drop,
    new_metadata,
    one_of,
    tenant_column,
    tenant_key_column,
)
from storage.migrations.walls import ALL, let_count, raise_wall

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

metadata = new_metadata()
_tenants = Table("tenants", metadata, Column("id", BigInteger, primary_key=True))

bill_audits = Table(
    "bill_audits",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("file_hash", Text, nullable=False),
    Column("key", Text),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("columns", Text, nullable=False),
    Column("content", LargeBinary),
    Column("actor", Text, nullable=False),
    Column("channel_id", Text),
    Column("thread_ts", Text),
    Column("received_at", BigInteger, nullable=False),
    Column("totals", Text, nullable=False),
    Column("done_at", BigInteger),
    Column("claim_by", Text),
    Column("remind_at", BigInteger),
    Column("filed_at", BigInteger),
    Column("filed_by", Text),
    UniqueConstraint("tenant_id", "key"),
    UniqueConstraint("tenant_id", "id"),
    one_of("state", ("asked", "working", "done")),
    sqlite_autoincrement=True,
)
_UNFILED = text("remind_at IS NOT NULL AND filed_at IS NULL")
Index(
    "ix_bill_audits_unfiled",
    bill_audits.c.remind_at,
    sqlite_where=_UNFILED,
    postgresql_where=_UNFILED,
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
    Column("told", Text, nullable=False),
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
    Column("columns", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("confirmed_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)


def upgrade() -> None:
    create(metadata, known=[_tenants])
    for table in ("bill_audits", "bill_lines", "bill_columns"):
        raise_wall(op.get_bind(), table, ALL)
    let_count(op.get_bind())


def downgrade() -> None:
    drop(metadata, known=[_tenants])

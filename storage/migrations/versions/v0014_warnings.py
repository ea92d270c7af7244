"""Warnings before a breach, as messages that are kept up to date; how bad a storm was told to be.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import BigInteger, Column, Index, Table, Text

from storage.migrations.shape import create, drop, new_metadata, tenant_key_column
from storage.migrations.walls import ALL, let_count, raise_wall

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

metadata = new_metadata()
_tenants = Table("tenants", metadata, Column("id", BigInteger, primary_key=True))

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
    Column("warned_at", BigInteger, nullable=False),
    Column("refresh_at", BigInteger),
    Column("ended_at", BigInteger),
    sqlite_with_rowid=False,
)
Index(
    "ix_warnings_refresh_at",
    warnings.c.refresh_at,
    sqlite_where=warnings.c.refresh_at.is_not(None),
    postgresql_where=warnings.c.refresh_at.is_not(None),
)
_USUAL = "ix_exceptions_usual"


def upgrade() -> None:
    create(metadata, known=[_tenants])
    raise_wall(op.get_bind(), "warnings", ALL)
    op.add_column("storms", Column("told_severity", Text))
    op.create_index(_USUAL, "exceptions", ["tenant_id", "opened_at", "reason_code"])
    let_count(op.get_bind())


def downgrade() -> None:
    op.drop_index(_USUAL, "exceptions")
    op.drop_column("storms", "told_severity")
    drop(metadata, known=[_tenants])

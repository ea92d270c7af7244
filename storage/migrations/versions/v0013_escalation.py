"""Who is called when nobody answers: timers as rows.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, Table, Text

from storage.migrations.shape import create, drop, new_metadata, one_of, tenant_key_column
from storage.migrations.walls import ALL, raise_wall

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

metadata = new_metadata()
_tenants = Table("tenants", metadata, Column("id", BigInteger, primary_key=True))
_exceptions = Table(
    "exceptions",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger, nullable=False),
)

escalations = Table(
    "escalations",
    metadata,
    tenant_key_column(),
    Column("exception_id", BigInteger, primary_key=True),
    Column("touched_at", BigInteger, nullable=False),
    Column("phase", Text, nullable=False),
    Column("ladder", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("told", Integer, nullable=False),
    Column("since", BigInteger),
    Column("due_at", BigInteger),
    Column("next_at", BigInteger),
    Column("version", Integer, nullable=False),
    ForeignKeyConstraint(["tenant_id", "exception_id"], ["exceptions.tenant_id", "exceptions.id"]),
    one_of("phase", ("answer", "silence", "rest", "over")),
    one_of("severity", ("LOW", "MEDIUM", "HIGH", "CRITICAL")),
)
Index(
    "ix_escalations_next_at",
    escalations.c.next_at,
    sqlite_where=escalations.c.next_at.is_not(None),
    postgresql_where=escalations.c.next_at.is_not(None),
)


def upgrade() -> None:
    create(metadata, known=[_tenants, _exceptions])
    raise_wall(op.get_bind(), "escalations", ALL)


def downgrade() -> None:
    drop(metadata, known=[_tenants, _exceptions])

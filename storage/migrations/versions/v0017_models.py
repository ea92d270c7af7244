"""What was spent on a model, and what it answered.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint

from storage.migrations.shape import (
    Id,
    create,
    drop,
    new_metadata,
    tenant_column,
    tenant_key_column,
)
from storage.migrations.walls import ALL, let_count, raise_wall

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

metadata = new_metadata()
_tenants = Table("tenants", metadata, Column("id", BigInteger, primary_key=True))

model_usage = Table(
    "model_usage",
    metadata,
    tenant_key_column(),
    Column("day", Text, primary_key=True),
    Column("tokens", BigInteger, nullable=False),
    Column("microcents", BigInteger, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("alarmed_at", BigInteger),
    Column("begun_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

model_answers = Table(
    "model_answers",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("key", Text, nullable=False),
    Column("order_id", Text),
    Column("operation", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("answered_at", BigInteger, nullable=False),
    UniqueConstraint("tenant_id", "key"),
    Index(None, "tenant_id", "order_id"),
    Index(None, "tenant_id", "answered_at"),
    sqlite_autoincrement=True,
)


def upgrade() -> None:
    create(metadata, known=[_tenants])
    for table in ("model_usage", "model_answers"):
        raise_wall(op.get_bind(), table, ALL)
    let_count(op.get_bind())


def downgrade() -> None:
    drop(metadata, known=[_tenants])

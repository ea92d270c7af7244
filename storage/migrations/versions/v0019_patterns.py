"""What repeats, and what was told of it.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, Table, Text

from storage.migrations.shape import create, drop, new_metadata, tenant_key_column
from storage.migrations.walls import ALL, raise_wall

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

metadata = new_metadata()
_tenants = Table("tenants", metadata, Column("id", BigInteger, primary_key=True))

told_patterns = Table(
    "told_patterns",
    metadata,
    tenant_key_column(),
    Column("channel_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("told_at", BigInteger, nullable=False),
    Column("level", Integer, nullable=False),
    Column("what", Text, nullable=False),
    Column("ended_at", BigInteger),
    sqlite_with_rowid=False,
)


def upgrade() -> None:
    create(metadata, known=[_tenants])
    raise_wall(op.get_bind(), "told_patterns", ALL)


def downgrade() -> None:
    drop(metadata, known=[_tenants])

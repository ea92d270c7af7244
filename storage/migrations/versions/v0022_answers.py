"""What was answered, and what people thought of it.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from storage.migrations.shape import Id, create, drop, new_metadata, tenant_column
from storage.migrations.walls import ALL, let_count, raise_wall

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

metadata = new_metadata()
_tenants = Table("tenants", metadata, Column("id", BigInteger, primary_key=True))

answers = Table(
    "answers",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("tenants", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("refused", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    Column("now", BigInteger, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("channel_id", Text),
    Column("thread_ts", Text),
    Column("public", Boolean, nullable=False),
    Column("before", Text, nullable=False),
    Column("about", BigInteger),
    Column("sources", Text, nullable=False),
    Column("passages", Text, nullable=False),
    Column("indexed_at", BigInteger),
    Column("model", Text),
    Column("verdict", Integer, nullable=False),
    Column("why", Text),
    Column("note", Text),
    Column("judged_by", Text),
    Column("judged_at", BigInteger),
    Index(None, "tenant_id", "asked_at"),
    Index(None, "tenant_id", "verdict", "judged_at"),
    Index(None, "channel_id", "thread_ts", "asked_at"),
    sqlite_autoincrement=True,
)


def upgrade() -> None:
    create(metadata, known=[_tenants])
    raise_wall(op.get_bind(), "answers", ALL)
    let_count(op.get_bind())


def downgrade() -> None:
    drop(metadata, known=[_tenants])

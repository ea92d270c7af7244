"""Runbooks, contracts and other documents that questions are answered from.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, Table, Text, UniqueConstraint

from storage.migrations.shape import Id, create, drop, new_metadata, one_of, tenant_column
from storage.migrations.walls import ALL, let_count, raise_wall

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

metadata = new_metadata()
_tenants = Table("tenants", metadata, Column("id", BigInteger, primary_key=True))

documents = Table(
    "documents",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("name", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("form", Text, nullable=False),
    Column("pages", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("effective_from", BigInteger),
    Column("effective_until", BigInteger),
    Column("ends_at", BigInteger),
    UniqueConstraint("tenant_id", "name", "number"),
    one_of("visibility", ("channel", "direct")),
    sqlite_autoincrement=True,
)


def upgrade() -> None:
    create(metadata, known=[_tenants])
    op.create_index("ix_exceptions_updated_at", "exceptions", ["updated_at", "id"])
    raise_wall(op.get_bind(), "documents", ALL)
    let_count(op.get_bind())


def downgrade() -> None:
    op.drop_index("ix_exceptions_updated_at", "exceptions")
    drop(metadata, known=[_tenants])

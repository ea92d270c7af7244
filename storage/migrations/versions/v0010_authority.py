"""Who may: roles that were given, and acts that wait for somebody's approval.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import BigInteger, Column, Table, Text, UniqueConstraint

from storage.migrations.shape import Id, create, drop, new_metadata, one_of, tenant_column
from storage.migrations.walls import ALL, NOTHING, let_count, raise_wall

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

metadata = new_metadata()
_tenants = Table("tenants", metadata, Column("id", BigInteger, primary_key=True))

role_grants = Table(
    "role_grants",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("principal", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("scope_id", BigInteger, nullable=False),
    Column("granted_by", Text, nullable=False),
    Column("granted_at", BigInteger, nullable=False),
    UniqueConstraint("principal", "role", "scope_id"),
    one_of("role", ("viewer", "operator", "billing", "lead", "admin")),
    sqlite_autoincrement=True,
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("exception_id", BigInteger, nullable=False),
    Column("verb", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_name", Text, nullable=False),
    Column("channel_id", Text),
    Column("asked_at", BigInteger, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", BigInteger),
    Column("outcome", Text),
    sqlite_autoincrement=True,
)


def upgrade() -> None:
    create(metadata, known=[_tenants])
    raise_wall(op.get_bind(), "role_grants", NOTHING, column=None)
    raise_wall(op.get_bind(), "approvals", ALL)
    let_count(op.get_bind())


def downgrade() -> None:
    drop(metadata, known=[_tenants])

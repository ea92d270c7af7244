"""What else an order is called, and rates that all replicas share.

Must not be edited after a release: write a further step.
"""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from storage.migrations.shape import create, drop, new_metadata, tenant_key_column

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

metadata = new_metadata()
_tenants = Table("tenants", metadata, Column("id", BigInteger, primary_key=True))

order_names = Table(
    "order_names",
    metadata,
    tenant_key_column(),
    Column("name", Text, primary_key=True),
    Column("order_id", Text, nullable=False),
    Column("learnt_at", BigInteger, nullable=False),
    Index(None, "tenant_id", "order_id"),
)

rates = Table(
    "rates",
    metadata,
    Column("name", Text, primary_key=True),
    Column("free_at", BigInteger, nullable=False),
)


def upgrade() -> None:
    create(metadata, known=[_tenants])


def downgrade() -> None:
    drop(metadata, known=[_tenants])

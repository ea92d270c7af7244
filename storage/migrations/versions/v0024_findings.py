"""What the nightly proof of invoices found, and what was decided.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint

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

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

metadata = new_metadata()
_tenants = Table("tenants", metadata, Column("id", BigInteger, primary_key=True))

findings = Table(
    "findings",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("key", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("invoice_id", BigInteger, nullable=False),
    Column("invoice", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("difference_cents", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("service_date", Text),
    Column("what", Text, nullable=False),
    Column("found_at", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("adjustment_id", BigInteger),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", BigInteger),
    Column("words", Text, nullable=False),
    one_of("state", ("open", "accepted", "our_error", "disputed", "gone")),
    UniqueConstraint("tenant_id", "key"),
    Index(None, "tenant_id", "state", "period"),
    Index(None, "tenant_id", "period", "order_id"),
    Index(None, "tenant_id", "decided_at"),
    sqlite_autoincrement=True,
)
invoice_checks = Table(
    "invoice_checks",
    metadata,
    tenant_key_column(),
    Column("period", Text, primary_key=True),
    Column("input_hash", Text, primary_key=True),
    Column("checked_at", BigInteger, nullable=False),
    Column("orders", Integer, nullable=False),
    Column("invoices", Integer, nullable=False),
    Column("expected_cents", BigInteger, nullable=False),
    Column("billed_cents", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("findings", Integer, nullable=False),
)


def upgrade() -> None:
    create(metadata, known=[_tenants])
    raise_wall(op.get_bind(), "findings", ALL)
    raise_wall(op.get_bind(), "invoice_checks", ALL)
    let_count(op.get_bind())


def downgrade() -> None:
    drop(metadata, known=[_tenants])

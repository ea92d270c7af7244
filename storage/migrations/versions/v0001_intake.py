"""Who is served and what was heard: tenants, keys, hooks, events, audit.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from storage.migrations.append_only import forbid_changes, permit_changes
from storage.migrations.shape import Id, create, drop, new_metadata, tenant_column

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

metadata = new_metadata()
tenants = Table(
    "tenants",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("channel", Text),
    Column("channel_id", Text),
    Column("timezone", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("name"),
    sqlite_autoincrement=True,
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("prefix", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
    UniqueConstraint("prefix"),
    sqlite_autoincrement=True,
)

hooks = Table(
    "hooks",
    metadata,
    Column("id", Text, primary_key=True),
    tenant_column(),
    Column("source", Text, nullable=False),
    Column("secrets", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("source", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("occurred_at", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("payload", Text, nullable=False),
    Column("correlation_id", Text),
    Column("content_hash", LargeBinary, nullable=False),
    Column("receipt", BigInteger, nullable=False),
    UniqueConstraint("tenant_id", "source", "event_id"),
    Index(None, "tenant_id", "order_id"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("seq", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("note", Text),
    Column("correlation_id", Text),
    Column("previous_hash", LargeBinary, nullable=False),
    Column("entry_hash", LargeBinary, nullable=False),
    UniqueConstraint("tenant_id", "seq"),
    Index(None, "tenant_id", "subject"),
    sqlite_autoincrement=True,
)


def upgrade() -> None:
    create(metadata)
    forbid_changes(op.get_bind(), "audit")


def downgrade() -> None:
    permit_changes(op.get_bind(), "audit")
    drop(metadata)

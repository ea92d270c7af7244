"""How much is going on, which policies were adopted, who speaks, and what was told of targets.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import BigInteger, Column, Index, Table, Text, UniqueConstraint, text

from storage.migrations.append_only import forbid_changes, permit_changes
from storage.migrations.shape import Id, create, drop, new_metadata, tenant_key_column

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

metadata = new_metadata()
_tenants = Table("tenants", metadata, Column("id", BigInteger, primary_key=True))
_events = Table(
    "events",
    metadata,
    Column("tenant_id", BigInteger),
    Column("occurred_at", BigInteger),
    Column("order_id", Text),
    Column("event_type", Text),
)
_BEGAN = text(
    "event_type IN ('order_created', 'order.created', 'order.received', 'order_paid', 'order.paid')"
)
_began = Index(
    "ix_events_began",
    *(_events.c[name] for name in ("tenant_id", "occurred_at", "order_id", "event_type")),
    sqlite_where=_BEGAN,
    postgresql_where=_BEGAN,
)

policy_versions = Table(
    "policy_versions",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("scope", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("adopted_at", BigInteger, nullable=False),
    Column("since", BigInteger),
    UniqueConstraint("scope", "digest", "adopted_at"),
    sqlite_autoincrement=True,
)

feeds = Table(
    "feeds",
    metadata,
    tenant_key_column(),
    Column("source", Text, primary_key=True),
    Column("last_at", BigInteger, nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("kinds", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("weeks", Text, nullable=False),
    Column("silent_since", BigInteger),
    Column("reported_at", BigInteger),
    Column("ended_at", BigInteger),
)

watermarks = Table(
    "watermarks",
    metadata,
    Column("reader", Text, primary_key=True),
    Column("event_id", BigInteger, nullable=False),
)

target_alarms = Table(
    "target_alarms",
    metadata,
    tenant_key_column(),
    Column("key", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
)


def upgrade() -> None:
    create(metadata, known=[_tenants, _events])
    _began.create(op.get_bind())
    forbid_changes(op.get_bind(), "policy_versions")


def downgrade() -> None:
    permit_changes(op.get_bind(), "policy_versions")
    _began.drop(op.get_bind())
    drop(metadata, known=[_tenants, _events])

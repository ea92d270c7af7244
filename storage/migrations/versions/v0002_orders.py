"""What was judged: clocks and their ledger, exceptions, alerts.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.migrations.append_only import forbid_changes, permit_changes
from storage.migrations.shape import (
    Id,
    create,
    drop,
    new_metadata,
    one_of,
    tenant_column,
    tenant_key_column,
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

metadata = new_metadata()
_tenants = Table("tenants", metadata, Column("id", BigInteger, primary_key=True))
_ALERT_KINDS = ("exception", "storm", "notice", "finding")

clocks = Table(
    "clocks",
    metadata,
    tenant_key_column(),
    Column("order_id", Text, primary_key=True),
    Column("sla_id", Text, primary_key=True),
    Column("instance", Integer, primary_key=True),
    Column("stage", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("deadline_at", BigInteger, nullable=False),
    Column("at_risk_at", BigInteger, nullable=False),
    Column("stopped_at", BigInteger),
    Column("breached_at", BigInteger),
    Column("check_at", BigInteger),
    Column("target_minutes", Integer, nullable=False),
    Column("elapsed_minutes", Double, nullable=False),
    Column("delay_minutes", Double, nullable=False),
    Column("reason_code", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("rule_version", Text, nullable=False),
    Column("calendar_version", Text, nullable=False),
    Column("subject", Text, nullable=False),
    one_of("state", ("running", "paused", "met", "breached", "cancelled")),
    sqlite_with_rowid=False,
)
Index(
    "ix_clocks_check_at",
    clocks.c.check_at,
    clocks.c.tenant_id,
    clocks.c.order_id,
    sqlite_where=clocks.c.check_at.is_not(None),
    postgresql_where=clocks.c.check_at.is_not(None),
)
_AT_RISK = text("check_at > at_risk_at")
Index(
    "ix_clocks_at_risk",
    clocks.c.tenant_id,
    clocks.c.check_at,
    sqlite_where=_AT_RISK,
    postgresql_where=_AT_RISK,
)
_OPEN = text("stopped_at IS NULL AND state IN ('running', 'paused', 'breached')")
Index(
    "ix_clocks_open",
    clocks.c.tenant_id,
    clocks.c.sla_id,
    clocks.c.state,
    clocks.c.order_id,
    clocks.c.stopped_at,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)

clock_ledger = Table(
    "clock_ledger",
    metadata,
    tenant_key_column(),
    Column("order_id", Text, primary_key=True),
    Column("sla_id", Text, primary_key=True),
    Column("instance", Integer, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("rule_version", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

exceptions = Table(
    "exceptions",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("order_id", Text, nullable=False),
    Column("sla_id", Text, nullable=False),
    Column("instance", Integer, nullable=False),
    Column("reason_code", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("fault", Text),
    Column("opened_at", BigInteger, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("deadline_at", BigInteger, nullable=False),
    Column("breached_at", BigInteger, nullable=False),
    Column("target_minutes", Integer, nullable=False),
    Column("delay_minutes", Double, nullable=False),
    Column("stopped_at", BigInteger),
    Column("rule_version", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("assignee", Text),
    Column("snoozed_until", BigInteger),
    Column("resolved_at", BigInteger),
    Column("resolution", Text),
    Column("resolution_note", Text),
    Column("explanation", Text),
    Column("resolution_attempts", Integer, nullable=False),
    Column("max_resolution_attempts", Integer, nullable=False),
    Column("resolution_blocked", Boolean, nullable=False),
    Column("resolution_block_reason", Text),
    Column("version", Integer, nullable=False),
    Column("updated_at", BigInteger),
    UniqueConstraint("tenant_id", "order_id", "sla_id", "instance"),
    UniqueConstraint("tenant_id", "id"),
    one_of("severity", ("LOW", "MEDIUM", "HIGH", "CRITICAL")),
    one_of("status", ("OPEN", "ACKNOWLEDGED", "IN_PROGRESS", "RESOLVED", "CLOSED")),
    one_of("stage", ("PICK", "PACK", "SHIP", "DELIVER")),
    sqlite_autoincrement=True,
)
Index(
    "ix_exceptions_tenant_id_status_id", *(exceptions.c[n] for n in ("tenant_id", "status", "id"))
)
Index(
    "ix_exceptions_snoozed_until",
    exceptions.c.snoozed_until,
    sqlite_where=exceptions.c.snoozed_until.is_not(None),
    postgresql_where=exceptions.c.snoozed_until.is_not(None),
)
_RESOLVED = text("status = 'RESOLVED'")
Index(
    "ix_exceptions_resolved_at",
    exceptions.c.resolved_at,
    sqlite_where=_RESOLVED,
    postgresql_where=_RESOLVED,
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("channel_id", Text),
    Column("refresh_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("tenant_id", "id"),
    one_of("kind", _ALERT_KINDS),
    sqlite_autoincrement=True,
)
Index(
    "ix_alerts_refresh_at",
    alerts.c.refresh_at,
    sqlite_where=alerts.c.refresh_at.is_not(None),
    postgresql_where=alerts.c.refresh_at.is_not(None),
)

alert_exceptions = Table(
    "alert_exceptions",
    metadata,
    tenant_key_column(),
    Column("alert_id", BigInteger, primary_key=True),
    Column("exception_id", BigInteger, primary_key=True),
    ForeignKeyConstraint(["tenant_id", "alert_id"], ["alerts.tenant_id", "alerts.id"]),
    ForeignKeyConstraint(["tenant_id", "exception_id"], ["exceptions.tenant_id", "exceptions.id"]),
    Index(None, "tenant_id", "exception_id"),
)

alert_parts = Table(
    "alert_parts",
    metadata,
    tenant_key_column(),
    Column("alert_id", BigInteger, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("ts", Text, nullable=False),
    Column("digest", Text, nullable=False),
    ForeignKeyConstraint(["tenant_id", "alert_id"], ["alerts.tenant_id", "alerts.id"]),
    Index(None, "ts"),
)


def upgrade() -> None:
    create(metadata, known=[_tenants])
    forbid_changes(op.get_bind(), "clock_ledger")


def downgrade() -> None:
    permit_changes(op.get_bind(), "clock_ledger")
    drop(metadata, known=[_tenants])

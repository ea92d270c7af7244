"""Clocks and exceptions by subject, and what verdicts and tallies need of a clock.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from storage.migrations.append_only import forbid_changes, permit_changes
from storage.migrations.shape import (
    Id,
    new_metadata,
    one_of,
    tenant_column,
    tenant_key_column,
)

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

metadata = new_metadata()
Table("tenants", metadata, Column("id", BigInteger, primary_key=True))
clocks = Table(
    "clocks",
    metadata,
    tenant_key_column(),
    Column("order_id", Text, primary_key=True),
    Column("sla_id", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("instance", Integer, nullable=False),
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
    Column("kind", Text, nullable=False, server_default="sla"),
    Column("verdict", Text),
    Column("first_verdict", Text),
    Column("client", Text, nullable=False, server_default=text("''")),
    Column("channel", Text, nullable=False, server_default=text("''")),
    Column("excluded", Boolean, nullable=False, server_default=false()),
    one_of("state", ("running", "paused", "met", "breached", "cancelled")),
    sqlite_with_rowid=False,
)
_CHECKED = clocks.c.check_at.is_not(None)
_OPEN = text("stopped_at IS NULL AND state IN ('running', 'paused', 'breached')")
Index(
    "ix_clocks_check_at",
    *(clocks.c[name] for name in ("check_at", "tenant_id", "order_id")),
    sqlite_where=_CHECKED,
    postgresql_where=_CHECKED,
)
Index(
    "ix_clocks_open",
    *(clocks.c[name] for name in ("tenant_id", "sla_id", "state", "order_id", "stopped_at")),
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
_AT_RISK = text("check_at > at_risk_at AND state = 'running' AND verdict IS NULL")
_NO_DATA = text("verdict = 'no_data'")
_new_indexes = (
    Index(
        "ix_clocks_at_risk",
        *(clocks.c[name] for name in ("tenant_id", "check_at")),
        sqlite_where=_AT_RISK,
        postgresql_where=_AT_RISK,
    ),
    Index(
        "ix_clocks_no_data",
        *(clocks.c[name] for name in ("tenant_id", "verdict", "order_id", "sla_id")),
        sqlite_where=_NO_DATA,
        postgresql_where=_NO_DATA,
    ),
    Index(
        "ix_clocks_tally",
        *(clocks.c[name] for name in ("tenant_id", "sla_id", "deadline_at", "state", "verdict")),
        *(clocks.c[name] for name in ("excluded", "client", "channel", "check_at", "at_risk_at")),
    ),
)

clock_ledger = Table(
    "clock_ledger",
    metadata,
    tenant_key_column(),
    Column("order_id", Text, primary_key=True),
    Column("sla_id", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("fault", Text),
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
    Column("subject", Text, nullable=False, server_default=text("''")),
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
    UniqueConstraint("tenant_id", "order_id", "sla_id", "subject"),
    UniqueConstraint("tenant_id", "id"),
    one_of("severity", ("LOW", "MEDIUM", "HIGH", "CRITICAL")),
    one_of("status", ("OPEN", "ACKNOWLEDGED", "IN_PROGRESS", "RESOLVED", "CLOSED")),
    one_of("stage", ("PICK", "PACK", "SHIP", "DELIVER")),
    sqlite_autoincrement=True,
)
_SNOOZED = exceptions.c.snoozed_until.is_not(None)
_RESOLVED = text("status = 'RESOLVED'")
Index(
    "ix_exceptions_tenant_id_status_id", *(exceptions.c[n] for n in ("tenant_id", "status", "id"))
)
Index(
    "ix_exceptions_snoozed_until",
    exceptions.c.snoozed_until,
    sqlite_where=_SNOOZED,
    postgresql_where=_SNOOZED,
)
Index(
    "ix_exceptions_resolved_at",
    exceptions.c.resolved_at,
    sqlite_where=_RESOLVED,
    postgresql_where=_RESOLVED,
)

_KEPT = (clocks, clock_ledger, exceptions)

_WIDER = (
    "ALTER TABLE clocks ADD COLUMN kind TEXT NOT NULL DEFAULT 'sla'",
    "ALTER TABLE clocks ADD COLUMN verdict TEXT",
    "ALTER TABLE clocks ADD COLUMN first_verdict TEXT",
    "ALTER TABLE clocks ADD COLUMN client TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE clocks ADD COLUMN channel TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE clocks ADD COLUMN excluded BOOLEAN NOT NULL DEFAULT false",
    "ALTER TABLE clock_ledger ADD COLUMN subject TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE clock_ledger ADD COLUMN fault TEXT",
    "ALTER TABLE exceptions ADD COLUMN subject TEXT NOT NULL DEFAULT ''",
)
_OTHER_INSTANCES = """UPDATE {table} SET subject = 'instance:' || {table}.instance
FROM (
    SELECT tenant_id, order_id, sla_id, min(instance) AS lowest FROM {table}
    GROUP BY tenant_id, order_id, sla_id HAVING min(instance) < max(instance)
) AS several
WHERE {table}.tenant_id = several.tenant_id AND {table}.order_id = several.order_id
AND {table}.sla_id = several.sla_id AND {table}.instance > several.lowest"""
_REKEYED = (
    "ALTER TABLE clocks DROP CONSTRAINT pk_clocks",
    """ALTER TABLE clocks ADD CONSTRAINT pk_clocks
    PRIMARY KEY (tenant_id, order_id, sla_id, subject)""",
    "DROP INDEX ix_clocks_at_risk",
    "ALTER TABLE clock_ledger DROP CONSTRAINT pk_clock_ledger",
    """ALTER TABLE clock_ledger ADD CONSTRAINT pk_clock_ledger
    PRIMARY KEY (tenant_id, order_id, sla_id, subject, kind, at, source, event_id)""",
    "ALTER TABLE clock_ledger DROP COLUMN instance, ALTER COLUMN subject DROP DEFAULT",
    "ALTER TABLE exceptions DROP CONSTRAINT uq_exceptions_tenant_id_order_id_sla_id_instance",
    """ALTER TABLE exceptions ADD CONSTRAINT uq_exceptions_tenant_id_order_id_sla_id_subject
    UNIQUE (tenant_id, order_id, sla_id, subject)""",
)


def upgrade() -> None:
    """Of several instances the lowest becomes the whole order, the others keep their number.

    The ledger called a stop after the deadline late evidence, which is now the name of evidence
    that came too late to us.
    """
    permit_changes(op.get_bind(), "clock_ledger")
    _run(*_WIDER, *(_OTHER_INSTANCES.format(table=table.name) for table in _KEPT))
    _run("UPDATE clock_ledger SET kind = 'stopped_late' WHERE kind = 'late_evidence'")
    if op.get_bind().dialect.name == "sqlite":
        _run("PRAGMA defer_foreign_keys = ON")
        for table in _KEPT:
            _rebuild(table)
    else:
        _run(*_REKEYED)
        for index in _new_indexes:
            index.create(op.get_bind())
    forbid_changes(op.get_bind(), "clock_ledger")


def downgrade() -> None:
    """Leads to an empty database only: the tables go as they are with the step that made them."""


def _rebuild(table: Table) -> None:
    """SQLite cannot change a key: the rows step aside, and what points at them waits for them."""
    names = ", ".join(f'"{column.name}"' for column in table.c)
    aside = f"{table.name}_aside"
    _run(f"CREATE TABLE {aside} AS SELECT {names} FROM {table.name}")  # noqa: S608 - our own names
    _run(f"DROP TABLE {table.name}")
    table.create(op.get_bind())
    _run(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {aside}")  # noqa: S608 - as above
    _run(f"DROP TABLE {aside}")


def _run(*statements: str) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)

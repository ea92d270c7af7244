"""The tables of what was judged: clocks and their ledger, exceptions, alerts.

Must not hold queries; those are in the store of each noun.
"""

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
    false,
    text,
)

from policies.reasons import ClockState, Severity, Stage, Status
from storage.columns import (
    FreeText,
    Id,
    Instant,
    Json,
    metadata,
    one_of,
    tenant_column,
    tenant_key_column,
)

ALERT_KINDS = ("exception", "storm", "notice", "finding")

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
    Column("started_at", Instant, nullable=False),
    Column("deadline_at", Instant, nullable=False),
    Column("at_risk_at", Instant, nullable=False),
    Column("stopped_at", Instant),
    Column("breached_at", Instant),
    Column("check_at", Instant),
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
    one_of("state", ClockState),
    sqlite_with_rowid=False,
)
"""One row a rule and subject of an order; `instance` only says in which place it stands."""
Index(
    "ix_clocks_check_at",
    clocks.c.check_at,
    clocks.c.tenant_id,
    clocks.c.order_id,
    sqlite_where=clocks.c.check_at.is_not(None),
    postgresql_where=clocks.c.check_at.is_not(None),
)
AT_RISK = text("check_at > at_risk_at AND state = 'running' AND verdict IS NULL")
"""Runs, was past its warning when last judged, and waits for its deadline."""
Index(
    "ix_clocks_at_risk",
    clocks.c.tenant_id,
    clocks.c.check_at,
    sqlite_where=AT_RISK,
    postgresql_where=AT_RISK,
)
OPEN = text("stopped_at IS NULL AND state IN ('running', 'paused', 'breached')")
Index(
    "ix_clocks_open",
    clocks.c.tenant_id,
    clocks.c.sla_id,
    clocks.c.state,
    clocks.c.order_id,
    clocks.c.stopped_at,
    sqlite_where=OPEN,
    postgresql_where=OPEN,
)

NO_DATA = text("verdict = 'no_data'")
Index(
    "ix_clocks_no_data",
    *(clocks.c[name] for name in ("tenant_id", "verdict", "order_id", "sla_id")),
    sqlite_where=NO_DATA,
    postgresql_where=NO_DATA,
)
Index(
    "ix_clocks_tally",
    *(clocks.c[name] for name in ("tenant_id", "sla_id", "deadline_at", "state", "verdict")),
    *(clocks.c[name] for name in ("excluded", "client", "channel", "check_at", "at_risk_at")),
)

clock_ledger = Table(
    "clock_ledger",
    metadata,
    tenant_key_column(),
    Column("order_id", Text, primary_key=True),
    Column("sla_id", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("fault", Text),
    Column("rule_version", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
"""What became of every clock, append-only; no event behind it: `source`, `event_id` empty."""

exceptions = Table(
    "exceptions",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("order_id", Text, nullable=False),
    Column("sla_id", Text, nullable=False),
    Column("subject", FreeText, nullable=False, server_default=text("''")),
    Column("instance", Integer, nullable=False),
    Column("reason_code", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("fault", Text),
    Column("opened_at", Instant, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("deadline_at", Instant, nullable=False),
    Column("breached_at", Instant, nullable=False),
    Column("target_minutes", Integer, nullable=False),
    Column("delay_minutes", Double, nullable=False),
    Column("stopped_at", Instant),
    Column("rule_version", Text, nullable=False),
    Column("facts", Json, nullable=False),
    Column("assignee", FreeText),
    Column("snoozed_until", Instant),
    Column("resolved_at", Instant),
    Column("resolution", FreeText),
    Column("resolution_note", FreeText),
    Column("explanation", Json),
    Column("resolution_attempts", Integer, nullable=False),
    Column("max_resolution_attempts", Integer, nullable=False),
    Column("resolution_blocked", Boolean, nullable=False),
    Column("resolution_block_reason", FreeText),
    Column("version", Integer, nullable=False),
    Column("updated_at", Instant),
    UniqueConstraint("tenant_id", "order_id", "sla_id", "subject"),
    UniqueConstraint("tenant_id", "id"),
    one_of("severity", Severity),
    one_of("status", Status),
    one_of("stage", Stage),
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
ACTIVE = text("status IN ('OPEN', 'ACKNOWLEDGED', 'IN_PROGRESS')")
Index(
    "ix_exceptions_active",
    exceptions.c.tenant_id,
    exceptions.c.reason_code,
    sqlite_where=ACTIVE,
    postgresql_where=ACTIVE,
)
Index("ix_exceptions_usual", *(exceptions.c[n] for n in ("tenant_id", "opened_at", "reason_code")))
Index("ix_exceptions_updated_at", exceptions.c.updated_at, exceptions.c.id)
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
    Column("refresh_at", Instant),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("tenant_id", "id"),
    one_of("kind", ALERT_KINDS),
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

order_names = Table(
    "order_names",
    metadata,
    tenant_key_column(),
    Column("name", Text, primary_key=True),
    Column("order_id", Text, nullable=False),
    Column("learnt_at", Instant, nullable=False),
    Index(None, "tenant_id", "order_id"),
)
"""What else an order is called: vendors know it by numbers of their own."""

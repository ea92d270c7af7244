"""The tables of who is served and what was heard: tenants, keys, hooks, events, audit.

Must not hold queries; those are in the store of each noun.
"""

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
    text,
)

from policies.money.work_kinds import BILLABLE_TYPES
from storage.columns import (
    FreeText,
    Id,
    Instant,
    Json,
    metadata,
    tenant_column,
    tenant_key_column,
)

tenants = Table(
    "tenants",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("channel", Text),
    Column("channel_id", Text),
    Column("timezone", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False, server_default=false()),
    Column("workspace_id", Text),
    UniqueConstraint("name"),
    sqlite_autoincrement=True,
)

showings = Table(
    "showings",
    metadata,
    tenant_key_column(),
    Column("channel_id", Text, primary_key=True),
    Column("shown_by", Text, nullable=False),
    Column("shown_at", Instant, nullable=False),
)
"""Further channels that may see a tenant, besides its default channel."""

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("prefix", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("scopes", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant),
    Column("revoked_at", Instant),
    UniqueConstraint("prefix"),
    sqlite_autoincrement=True,
)

hooks = Table(
    "hooks",
    metadata,
    Column("id", Text, primary_key=True),
    tenant_column(),
    Column("source", Text, nullable=False),
    Column("secrets", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
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
    Column("occurred_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("payload", Json, nullable=False),
    Column("correlation_id", Text),
    Column("content_hash", LargeBinary, nullable=False),
    Column("receipt", BigInteger, nullable=False),
    UniqueConstraint("tenant_id", "source", "event_id"),
    Index(None, "tenant_id", "order_id"),
)
"""`receipt` is drawn anew for every row handed in: who finds its own in the table was first."""
BEGAN = text(
    "event_type IN ('order_created', 'order.created', 'order.received', 'order_paid', 'order.paid')"
)
"""Created or paid, by every name; only such events are in the index of how much is going on."""
Index(
    "ix_events_began",
    *(events.c[name] for name in ("tenant_id", "occurred_at", "order_id", "event_type")),
    sqlite_where=BEGAN,
    postgresql_where=BEGAN,
)

WORKED = text(f"event_type IN ({', '.join(repr(name) for name in BILLABLE_TYPES)})")
"""By which a bill can change; only such events are in the index of worked orders."""
Index(
    "ix_events_worked",
    *(events.c[name] for name in ("tenant_id", "occurred_at", "order_id", "event_type")),
    sqlite_where=WORKED,
    postgresql_where=WORKED,
)
TOLD_LATE = text(f"received_at >= occurred_at + 86400000000 AND {WORKED.text}")
"""The same, told a day or more after it occurred."""
Index(
    "ix_events_told_late",
    *(events.c[name] for name in ("tenant_id", "received_at", "order_id")),
    sqlite_where=TOLD_LATE,
    postgresql_where=TOLD_LATE,
)

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("seq", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", FreeText, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", FreeText, nullable=False),
    Column("before", Json, nullable=False),
    Column("after", Json, nullable=False),
    Column("note", FreeText),
    Column("correlation_id", FreeText),
    Column("previous_hash", LargeBinary, nullable=False),
    Column("entry_hash", LargeBinary, nullable=False),
    UniqueConstraint("tenant_id", "seq"),
    Index(None, "tenant_id", "subject"),
    sqlite_autoincrement=True,
)
"""Append-only by trigger. `seq` counts from 1 per tenant without gaps."""

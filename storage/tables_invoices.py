"""The tables of the books: invoices and their lines, notes on them, the journal, the numbers.

Must not hold queries; those are in the store of each noun.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from policies.money.invoice_values import Approval, InvoiceKind, NoteStatus
from storage.columns import FreeText, Instant, Json, metadata, one_of, tenant_key_column

billing_numbers = Table(
    "billing_numbers",
    metadata,
    tenant_key_column(),
    Column("series", Text, primary_key=True),
    Column("last", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""The last number of each series. Drawn in the transaction that uses it, so there are no gaps."""

invoices = Table(
    "invoices",
    metadata,
    tenant_key_column(),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", FreeText, nullable=False),
    Column("period", Text, nullable=False),
    Column("input_hash", Text, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("currency", Text, nullable=False),
    Column("total_cents", BigInteger, nullable=False),
    UniqueConstraint("tenant_id", "kind", "subject"),
    Index(None, "tenant_id", "period", "id"),
    one_of("kind", InvoiceKind),
)
"""Append-only by trigger. `id` counts from 1 per tenant without gaps."""

invoice_lines = Table(
    "invoice_lines",
    metadata,
    tenant_key_column(),
    Column("invoice_id", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("order_id", FreeText, nullable=False),
    Column("code", Text, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("unit_cents", BigInteger, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("tariff", Text, nullable=False),
    Column("tariff_version", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("service_date", Text),
    Column("event_ids", Json, nullable=False),
    Column("unit", Text, nullable=False),
    Column("measured", Text),
    Column("tax_class", Text, nullable=False),
    ForeignKeyConstraint(["tenant_id", "invoice_id"], ["invoices.tenant_id", "invoices.id"]),
    sqlite_with_rowid=False,
)
"""Append-only by trigger."""

adjustments = Table(
    "adjustments",
    metadata,
    tenant_key_column(),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("invoice_id", BigInteger, nullable=False),
    Column("invoice_number", Text, nullable=False),
    Column("line", Integer),
    Column("order_id", FreeText, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("expected_cents", BigInteger),
    Column("billed_cents", BigInteger),
    Column("evidence", Json, nullable=False),
    Column("tariff", Text, nullable=False),
    Column("tariff_version", Text, nullable=False),
    Column("words", FreeText, nullable=False),
    Column("approval", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("proposed_by", FreeText, nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("decided_by", FreeText, nullable=False),
    Column("decided_at", Instant),
    Column("issued_at", Instant),
    UniqueConstraint("tenant_id", "key"),
    Index(None, "tenant_id", "invoice_id"),
    Index(None, "tenant_id", "period"),
    Index(None, "tenant_id", "status", "id"),
    ForeignKeyConstraint(["tenant_id", "invoice_id"], ["invoices.tenant_id", "invoices.id"]),
    one_of("status", NoteStatus),
    one_of("approval", Approval),
)
"""A trigger lets only proposed ones change, and none go."""

journal = Table(
    "journal",
    metadata,
    tenant_key_column(),
    Column("entry_id", BigInteger, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("document", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""A row a posting, append-only by trigger; those of an entry sum to 0."""

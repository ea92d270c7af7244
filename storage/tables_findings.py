"""The tables of what the proof of invoices found, and of the proofs.

Must not hold queries; those are in findings.py.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint

from policies.money.findings.filed import FindingState
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

findings = Table(
    "findings",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("key", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("order_id", FreeText, nullable=False),
    Column("invoice_id", BigInteger, nullable=False),
    Column("invoice", Text, nullable=False),
    Column("code", FreeText, nullable=False),
    Column("cause", Text, nullable=False),
    Column("difference_cents", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("service_date", Text),
    Column("what", Json, nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("adjustment_id", BigInteger),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Instant),
    Column("words", FreeText, nullable=False),
    one_of("state", FindingState),
    UniqueConstraint("tenant_id", "key"),
    Index(None, "tenant_id", "state", "period"),
    Index(None, "tenant_id", "period", "order_id"),
    Index(None, "tenant_id", "decided_at"),
    sqlite_autoincrement=True,
)
"""`what` has the rest of the finding: amounts, counts, prices and evidence."""

invoice_checks = Table(
    "invoice_checks",
    metadata,
    tenant_key_column(),
    Column("period", Text, primary_key=True),
    Column("input_hash", Text, primary_key=True),
    Column("checked_at", Instant, nullable=False),
    Column("orders", Integer, nullable=False),
    Column("invoices", Integer, nullable=False),
    Column("expected_cents", BigInteger, nullable=False),
    Column("billed_cents", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("findings", Integer, nullable=False),
)
"""One row for each state of a month's invoices and events that was ever proved."""

"""Invoices, their lines, notes and the journal; which orders something was done for.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from storage.migrations.append_only import forbid_changes, permit_changes
from storage.migrations.shape import create, drop, new_metadata, one_of, tenant_key_column
from storage.migrations.walls import ADD, ALL, raise_wall

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

metadata = new_metadata()
_tenants = Table("tenants", metadata, Column("id", BigInteger, primary_key=True))

billing_numbers = Table(
    "billing_numbers",
    metadata,
    tenant_key_column(),
    Column("series", Text, primary_key=True),
    Column("last", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

invoices = Table(
    "invoices",
    metadata,
    tenant_key_column(),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("input_hash", Text, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("total_cents", BigInteger, nullable=False),
    UniqueConstraint("tenant_id", "kind", "subject"),
    Index(None, "tenant_id", "period", "id"),
    one_of("kind", ("order", "month")),
)

invoice_lines = Table(
    "invoice_lines",
    metadata,
    tenant_key_column(),
    Column("invoice_id", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("order_id", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("unit_cents", BigInteger, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("tariff", Text, nullable=False),
    Column("tariff_version", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("service_date", Text),
    Column("event_ids", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("measured", Text),
    Column("tax_class", Text, nullable=False),
    ForeignKeyConstraint(["tenant_id", "invoice_id"], ["invoices.tenant_id", "invoices.id"]),
    sqlite_with_rowid=False,
)

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
    Column("order_id", Text, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("expected_cents", BigInteger),
    Column("billed_cents", BigInteger),
    Column("evidence", Text, nullable=False),
    Column("tariff", Text, nullable=False),
    Column("tariff_version", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("approval", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", BigInteger, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", BigInteger),
    Column("issued_at", BigInteger),
    UniqueConstraint("tenant_id", "key"),
    Index(None, "tenant_id", "invoice_id"),
    Index(None, "tenant_id", "period"),
    Index(None, "tenant_id", "status", "id"),
    ForeignKeyConstraint(["tenant_id", "invoice_id"], ["invoices.tenant_id", "invoices.id"]),
    one_of("status", ("proposed", "approved", "rejected", "issued")),
    one_of("approval", ("automatic", "second_person", "lead")),
)

journal = Table(
    "journal",
    metadata,
    tenant_key_column(),
    Column("entry_id", BigInteger, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("document", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

_ADDED_TO = ("invoices", "invoice_lines", "journal")
_WORKED = """
event_type IN ('custom_packaging', 'custom_packaging_used', 'gift_wrap', 'gift_wrapped',
'kitting_completed', 'label.created', 'label_created', 'label_voided', 'pack_completed',
'packed', 'photo', 'photo_taken', 'pick.done', 'pick_completed', 'quality_check',
'quality_check_completed', 'return_processed', 'ship_label_printed', 'stock_counted',
'storage_ended', 'storage_started', 'work_done')
"""
_LATE = f"received_at >= occurred_at + 86400000000 AND {_WORKED}"
_SETTLED_SQLITE = (
    """CREATE TRIGGER adjustments_no_update BEFORE UPDATE ON adjustments
    WHEN OLD.status <> 'proposed'
    BEGIN SELECT RAISE(ABORT, 'a decided note is not changed'); END""",
    """CREATE TRIGGER adjustments_no_delete BEFORE DELETE ON adjustments
    BEGIN SELECT RAISE(ABORT, 'a note is not taken away'); END""",
)
_SETTLED_POSTGRES = (
    """CREATE FUNCTION adjustments_are_settled() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'a decided note is neither changed nor taken away'; END $$""",
    """CREATE TRIGGER adjustments_no_update BEFORE UPDATE ON adjustments
    FOR EACH ROW WHEN (OLD.status <> 'proposed') EXECUTE FUNCTION adjustments_are_settled()""",
    """CREATE TRIGGER adjustments_no_delete BEFORE DELETE ON adjustments
    FOR EACH ROW EXECUTE FUNCTION adjustments_are_settled()""",
)


def upgrade() -> None:
    create(metadata, known=[_tenants])
    connection = op.get_bind()
    for table in _ADDED_TO:
        forbid_changes(connection, table)
    for statement in _SETTLED_SQLITE if _on_sqlite(connection) else _SETTLED_POSTGRES:
        connection.exec_driver_sql(statement)
    raise_wall(connection, "billing_numbers", ALL)
    raise_wall(connection, "adjustments", ALL)
    for table in _ADDED_TO:
        raise_wall(connection, table, ADD)
    for name, columns, which in (
        ("worked", "tenant_id, occurred_at, order_id, event_type", _WORKED),
        ("told_late", "tenant_id, received_at, order_id", _LATE),
    ):
        connection.exec_driver_sql(
            f"CREATE INDEX ix_events_{name} ON events ({columns}) WHERE {which}"
        )


def downgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql("DROP INDEX ix_events_told_late")
    connection.exec_driver_sql("DROP INDEX ix_events_worked")
    for table in _ADDED_TO:
        permit_changes(connection, table)
    drop(metadata, known=[_tenants])
    if not _on_sqlite(connection):
        connection.exec_driver_sql("DROP FUNCTION adjustments_are_settled()")


def _on_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"

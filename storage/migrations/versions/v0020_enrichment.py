"""What is not complete yet about an exception, stage by stage.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from storage.migrations.shape import create, drop, new_metadata, one_of, tenant_key_column
from storage.migrations.walls import ALL, raise_wall

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

metadata = new_metadata()
_tenants = Table("tenants", metadata, Column("id", BigInteger, primary_key=True))
_exceptions = Table(
    "exceptions",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger, nullable=False),
)
_STATES = ("PENDING", "IN_PROGRESS", "COMPLETED", "FAILED", "SKIPPED")


def _said(name: str) -> CheckConstraint:
    return CheckConstraint(
        f"{name} = 'COMPLETED' OR {name}_reason IS NOT NULL", name=f"{name}_reason"
    )


enrichments = Table(
    "enrichments",
    metadata,
    tenant_key_column(),
    Column("exception_id", BigInteger, primary_key=True),
    Column("begun_at", BigInteger, nullable=False),
    Column("order_analysis", Text, nullable=False),
    Column("order_analysis_reason", Text),
    Column("classification", Text, nullable=False),
    Column("classification_reason", Text),
    Column("automation", Text, nullable=False),
    Column("automation_reason", Text),
    Column("tries", Integer, nullable=False),
    Column("ask_at", BigInteger),
    Column("next_at", BigInteger),
    Column("completed_at", BigInteger),
    Column("confidence", Double),
    Column("filled", Integer, nullable=False),
    Column("expected", Integer, nullable=False),
    Column("quality", Integer, nullable=False),
    ForeignKeyConstraint(["tenant_id", "exception_id"], ["exceptions.tenant_id", "exceptions.id"]),
    one_of("order_analysis", _STATES),
    one_of("classification", _STATES),
    one_of("automation", _STATES),
    _said("order_analysis"),
    _said("classification"),
    _said("automation"),
    Index(None, "tenant_id", "begun_at"),
    Index("ix_enrichments_incomplete", "completed_at", "exception_id"),
    sqlite_with_rowid=False,
)
_FOLLOWED = text("next_at IS NOT NULL")
Index(
    "ix_enrichments_next_at",
    enrichments.c.next_at,
    sqlite_where=_FOLLOWED,
    postgresql_where=_FOLLOWED,
)

enrichment_alarms = Table(
    "enrichment_alarms",
    metadata,
    tenant_key_column(),
    Column("measure", Text, primary_key=True),
    Column("level", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    one_of("measure", ("completeness", "quality", "backlog", "failures")),
    one_of("level", ("ok", "warning", "critical")),
    sqlite_with_rowid=False,
)


def upgrade() -> None:
    create(metadata, known=[_tenants, _exceptions])
    for table in ("enrichments", "enrichment_alarms"):
        raise_wall(op.get_bind(), table, ALL)


def downgrade() -> None:
    drop(metadata, known=[_tenants, _exceptions])

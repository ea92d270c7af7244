"""The tables of enrichment: how far each exception is enriched, and which alarms ring.

Must not hold queries; those are in enrichments.py.
"""

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
)

from policies.enrichment import EnrichmentStage, EnrichmentState
from policies.enrichment_figures import Level, Measure
from storage.columns import Instant, metadata, one_of, tenant_key_column

STAGES = tuple(stage.value for stage in EnrichmentStage)


def _stage(name: str) -> tuple[Column[str], Column[str | None], CheckConstraint, CheckConstraint]:
    """A stage's state and reason; whatever is not completed has a reason."""
    said = CheckConstraint(
        f"{name} = 'COMPLETED' OR {name}_reason IS NOT NULL", name=f"{name}_reason"
    )
    state: Column[str] = Column(name, Text, nullable=False)
    reason: Column[str | None] = Column(f"{name}_reason", Text)
    return state, reason, one_of(name, EnrichmentState), said


enrichments = Table(
    "enrichments",
    metadata,
    tenant_key_column(),
    Column("exception_id", BigInteger, primary_key=True),
    Column("begun_at", Instant, nullable=False),
    *(part for name in STAGES for part in _stage(name)),
    Column("tries", Integer, nullable=False),
    Column("ask_at", Instant),
    Column("next_at", Instant),
    Column("completed_at", Instant),
    Column("confidence", Double),
    Column("filled", Integer, nullable=False),
    Column("expected", Integer, nullable=False),
    Column("quality", Integer, nullable=False),
    ForeignKeyConstraint(["tenant_id", "exception_id"], ["exceptions.tenant_id", "exceptions.id"]),
    Index(None, "tenant_id", "begun_at"),
    Index("ix_enrichments_incomplete", "completed_at", "exception_id"),
    sqlite_with_rowid=False,
)
"""In wall time."""
Index(
    "ix_enrichments_next_at",
    enrichments.c.next_at,
    sqlite_where=enrichments.c.next_at.is_not(None),
    postgresql_where=enrichments.c.next_at.is_not(None),
)

enrichment_alarms = Table(
    "enrichment_alarms",
    metadata,
    tenant_key_column(),
    Column("measure", Text, primary_key=True),
    Column("level", Text, nullable=False),
    Column("since", Instant, nullable=False),
    one_of("measure", Measure),
    one_of("level", Level),
    sqlite_with_rowid=False,
)
"""What was told and is not over; a row goes when that is told too."""

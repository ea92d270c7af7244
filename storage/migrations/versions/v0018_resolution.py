"""What settles exceptions by itself: attempts and their outcomes.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.migrations.shape import Id, create, drop, new_metadata, one_of, tenant_column
from storage.migrations.walls import ALL, let_count, raise_wall

revision = "0018"
down_revision = "0017"
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

resolution_attempts = Table(
    "resolution_attempts",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("exception_id", BigInteger, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("dry_run", Boolean, nullable=False),
    Column("within_minutes", Integer, nullable=False),
    Column("proved_by", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("approved_by", Text),
    Column("approved_at", BigInteger),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("prove_by", BigInteger),
    Column("status", Integer),
    Column("response", Text),
    Column("undoes", BigInteger),
    UniqueConstraint("tenant_id", "exception_id", "action", "number"),
    ForeignKeyConstraint(["tenant_id", "exception_id"], ["exceptions.tenant_id", "exceptions.id"]),
    one_of(
        "state",
        (
            "asked",
            "due",
            "started",
            "waiting",
            "succeeded",
            "failed",
            "rehearsed",
            "declined",
            "dropped",
        ),
    ),
    Index(None, "tenant_id", "order_id"),
    Index(None, "tenant_id", "asked_at"),
    sqlite_autoincrement=True,
)
_UNENDED = text("state IN ('asked', 'due', 'started', 'waiting')")
Index(
    "ix_resolution_attempts_unended",
    resolution_attempts.c.tenant_id,
    resolution_attempts.c.exception_id,
    unique=True,
    sqlite_where=_UNENDED,
    postgresql_where=_UNENDED,
)
_RESOLVABLE = text(
    "status IN ('OPEN', 'IN_PROGRESS') AND resolution_blocked IS FALSE "
    "AND resolution_attempts < max_resolution_attempts"
)


def upgrade() -> None:
    create(metadata, known=[_tenants, _exceptions])
    op.create_index(
        "ix_exceptions_resolvable",
        "exceptions",
        ["tenant_id", "id"],
        sqlite_where=_RESOLVABLE,
        postgresql_where=_RESOLVABLE,
    )
    raise_wall(op.get_bind(), "resolution_attempts", ALL)
    let_count(op.get_bind())


def downgrade() -> None:
    op.drop_index("ix_exceptions_resolvable", "exceptions")
    drop(metadata, known=[_tenants, _exceptions])

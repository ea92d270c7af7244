"""Storms: many exceptions of one cause that are told in one thread.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
)

from storage.migrations.shape import Id, create, drop, new_metadata, one_of, tenant_key_column
from storage.migrations.walls import ALL, let_count, raise_wall

revision = "0009"
down_revision = "0008"
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

storms = Table(
    "storms",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("channel", Text, nullable=False),
    Column("channel_id", Text),
    Column("cause", Text, nullable=False),
    Column("reason_code", Text, nullable=False),
    Column("shared", Text, nullable=False),
    Column("first_tenant_id", BigInteger, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("refresh_at", BigInteger),
    Column("version", Integer, nullable=False),
    Column("members", Integer, nullable=False),
    sqlite_autoincrement=True,
)
Index(
    "ix_storms_refresh_at",
    storms.c.refresh_at,
    sqlite_where=storms.c.refresh_at.is_not(None),
    postgresql_where=storms.c.refresh_at.is_not(None),
)

causes = Table(
    "causes",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("cause", Text, primary_key=True),
    Column("recent", Text, nullable=False),
    Column("storm_id", BigInteger),
    Column("last_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

storm_members = Table(
    "storm_members",
    metadata,
    tenant_key_column(),
    Column("exception_id", BigInteger, primary_key=True),
    Column("storm_id", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("told", Text, nullable=False),
    ForeignKeyConstraint(["tenant_id", "exception_id"], ["exceptions.tenant_id", "exceptions.id"]),
    Index(None, "storm_id", "number"),
    one_of("told", ("listed", "card", "split")),
)

storm_parts = Table(
    "storm_parts",
    metadata,
    Column("storm_id", BigInteger, ForeignKey("storms.id"), primary_key=True),
    Column("part", Text, primary_key=True),
    Column("ts", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Index(None, "ts"),
)
_WITHOUT_TENANT = ("storms", "causes", "storm_parts")
"""A channel's storm belongs to no single tenant; who is in it does."""


def upgrade() -> None:
    create(metadata, known=[_tenants, _exceptions])
    connection = op.get_bind()
    raise_wall(connection, "storm_members", ALL)
    for table in _WITHOUT_TENANT:
        raise_wall(connection, table, ALL, column=None)
    let_count(connection)


def downgrade() -> None:
    drop(metadata, known=[_tenants, _exceptions])

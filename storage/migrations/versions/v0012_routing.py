"""Which channels may see which client, and what each of them wants to hear.

An exception that several channels hear of may be in a storm of each of them.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.migrations.shape import (
    Id,
    create,
    new_metadata,
    one_of,
    tenant_column,
    tenant_key_column,
)
from storage.migrations.walls import ALL, let_count, raise_wall

revision = "0012"
down_revision = "0011"
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

showings = Table(
    "showings",
    metadata,
    tenant_key_column(),
    Column("channel_id", Text, primary_key=True),
    Column("shown_by", Text, nullable=False),
    Column("shown_at", BigInteger, nullable=False),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("channel_id", Text, nullable=False),
    Column("channel", Text, nullable=False, server_default=text("''")),
    Column("kind", Text, nullable=False),
    Column("filters", Text, nullable=False, server_default=text("'{}'")),
    Column("filters_key", Text, nullable=False, server_default=text("''")),
    Column("created_by", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("tenant_id", "channel_id", "kind", "filters_key"),
    sqlite_autoincrement=True,
)

storm_members = Table(
    "storm_members",
    metadata,
    tenant_key_column(),
    Column("exception_id", BigInteger, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("storm_id", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("told", Text, nullable=False),
    ForeignKeyConstraint(["tenant_id", "exception_id"], ["exceptions.tenant_id", "exceptions.id"]),
    Index(None, "storm_id", "number"),
    one_of("told", ("listed", "card", "split")),
)

_KEPT = {
    "subscriptions": "tenant_id, channel_id, kind, created_by, created_at",
    "storm_members": "tenant_id, exception_id, storm_id, number, told",
}
_ASIDE = "CREATE TABLE {table}_aside AS SELECT {columns} FROM {table}"
_BACK = {
    "subscriptions": """INSERT INTO subscriptions (tenant_id, channel_id, kind, created_by,
        created_at) SELECT tenant_id, channel_id, kind, created_by, created_at
        FROM subscriptions_aside ORDER BY created_at, tenant_id, channel_id, kind""",
    "storm_members": """INSERT INTO storm_members (tenant_id, exception_id, channel, storm_id,
        number, told) SELECT aside.tenant_id, aside.exception_id,
        trim(coalesce(tenants.workspace_id, '') || ' ' || storms.channel),
        aside.storm_id, aside.number, aside.told FROM storm_members_aside AS aside
        JOIN storms ON storms.id = aside.storm_id JOIN tenants ON tenants.id = aside.tenant_id""",
}
_SEEN = """INSERT INTO showings (tenant_id, channel_id, shown_by, shown_at)
SELECT tenant_id, channel_id, min(created_by), min(created_at) FROM subscriptions_aside
GROUP BY tenant_id, channel_id"""


def upgrade() -> None:
    """Who has subscribed saw the client by then, and goes on to do so."""
    connection = op.get_bind()
    for table, columns in _KEPT.items():
        connection.exec_driver_sql(_ASIDE.format(table=table, columns=columns))
        connection.exec_driver_sql(f"DROP TABLE {table}")
    create(metadata, known=[_tenants, _exceptions])
    connection.exec_driver_sql(_SEEN)
    for table, back in _BACK.items():
        connection.exec_driver_sql(back)
        connection.exec_driver_sql(f"DROP TABLE {table}_aside")
    for table in ("showings", *_KEPT):
        raise_wall(connection, table, ALL)
    let_count(connection)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("GRANT UPDATE (channel) ON tenants TO e2a_app")


def downgrade() -> None:
    """The other tables go as they are with the steps that made them."""
    showings.drop(op.get_bind())

"""What is still to be done: outbox, work items, dead letters, fires, seen.

Must not be edited after a release: write a further step.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from storage.migrations.shape import (
    Id,
    create,
    drop,
    new_metadata,
    one_of,
    tenant_column,
    tenant_key_column,
)

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

metadata = new_metadata()
_tenants = Table("tenants", metadata, Column("id", BigInteger, primary_key=True))
WAITING, IN_FLIGHT, SENT, DEAD = "waiting", "in_flight", "sent", "dead"
DEAD_LETTER_STATES = ("retrying", "waiting", "replayed", "discarded")
_PENDING = text("state IN ('in_flight', 'waiting')")
_TAKEN = text("state = 'in_flight'")

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("kind", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("dedup_key", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("correlation_id", Text),
    Column("state", Text, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("leased_generation", BigInteger),
    Column("attempts", Integer, nullable=False),
    Column("uncertain", Boolean, nullable=False, server_default=false()),
    Column("available_at", BigInteger, nullable=False),
    Column("lease", Text),
    Column("error", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("tenant_id", "kind", "dedup_key"),
    one_of("state", (WAITING, IN_FLIGHT, SENT, DEAD)),
    sqlite_autoincrement=True,
)
Index(
    "ix_outbox_lane",
    *(outbox.c[name] for name in ("kind", "lane", "state", "priority", "created_at", "id")),
    sqlite_where=_PENDING,
    postgresql_where=_PENDING,
)
Index(
    "uq_outbox_one_in_flight",
    outbox.c.kind,
    outbox.c.lane,
    unique=True,
    sqlite_where=_TAKEN,
    postgresql_where=_TAKEN,
)

work_items = Table(
    "work_items",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("correlation_id", Text),
    Column("state", Text, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("leased_generation", BigInteger),
    Column("attempts", Integer, nullable=False),
    Column("available_at", BigInteger, nullable=False),
    Column("lease", Text),
    Column("error", Text),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("tenant_id", "kind", "subject"),
    one_of("state", (WAITING, IN_FLIGHT, DEAD)),
)
Index(
    "ix_work_items_available_at",
    work_items.c.kind,
    work_items.c.available_at,
    work_items.c.id,
    sqlite_where=_PENDING,
    postgresql_where=_PENDING,
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("order_id", Text),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_retry_at", BigInteger),
    Column("correlation_id", Text),
    Column("created_at", BigInteger, nullable=False),
    one_of("state", DEAD_LETTER_STATES),
    Index(None, "tenant_id", "state", "id"),
    sqlite_autoincrement=True,
)
_RETRYING = text("state = 'retrying'")
Index(
    "ix_dead_letters_next_retry_at",
    dead_letters.c.next_retry_at,
    sqlite_where=_RETRYING,
    postgresql_where=_RETRYING,
)

subscriptions = Table(
    "subscriptions",
    metadata,
    tenant_key_column(),
    Column("channel_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("created_by", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

fires = Table(
    "fires",
    metadata,
    Column("job", Text, primary_key=True),
    Column("slot", Text, primary_key=True),
    Column("begun_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("outcome", Text),
)

seen = Table(
    "seen",
    metadata,
    Column("key", Text, primary_key=True),
    Column("seen_at", BigInteger, nullable=False),
    Index(None, "seen_at"),
)


def upgrade() -> None:
    create(metadata, known=[_tenants])


def downgrade() -> None:
    drop(metadata, known=[_tenants])

"""The tables of what is still to be done: outbox, work items, dead letters, subscriptions, fires.

Must not hold queries; those are in the store of each noun.
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

from storage.columns import (
    FreeText,
    Id,
    Instant,
    Json,
    metadata,
    one_of,
    tenant_column,
)

WAITING, IN_FLIGHT, SENT, DEAD = "waiting", "in_flight", "sent", "dead"
DEAD_LETTER_STATES = ("retrying", "waiting", "replayed", "discarded")
PENDING = text("state IN ('in_flight', 'waiting')")
_TAKEN = text("state = 'in_flight'")

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("kind", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("dedup_key", Text, nullable=False),
    Column("payload", Json, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("correlation_id", FreeText),
    Column("state", Text, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("leased_generation", BigInteger),
    Column("attempts", Integer, nullable=False),
    Column("uncertain", Boolean, nullable=False, server_default=false()),
    Column("available_at", Instant, nullable=False),
    Column("lease", Text),
    Column("error", FreeText),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("tenant_id", "kind", "dedup_key"),
    one_of("state", (WAITING, IN_FLIGHT, SENT, DEAD)),
    sqlite_autoincrement=True,
)
"""`available_at`: when it may be taken; a lease moves it to the lease's end.

`leased_generation` is the generation that the lease holder saw.
"""
Index(
    "ix_outbox_lane",
    *(outbox.c[name] for name in ("kind", "lane", "state", "priority", "created_at", "id")),
    sqlite_where=PENDING,
    postgresql_where=PENDING,
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
    Column("correlation_id", FreeText),
    Column("state", Text, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("leased_generation", BigInteger),
    Column("attempts", Integer, nullable=False),
    Column("available_at", Instant, nullable=False),
    Column("lease", Text),
    Column("error", FreeText),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("tenant_id", "kind", "subject"),
    one_of("state", (WAITING, IN_FLIGHT, DEAD)),
)
Index(
    "ix_work_items_available_at",
    work_items.c.kind,
    work_items.c.available_at,
    work_items.c.id,
    sqlite_where=PENDING,
    postgresql_where=PENDING,
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("kind", Text, nullable=False),
    Column("subject", FreeText, nullable=False),
    Column("reason", FreeText, nullable=False),
    Column("payload", Json, nullable=False),
    Column("order_id", FreeText),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_retry_at", Instant),
    Column("correlation_id", FreeText),
    Column("created_at", Instant, nullable=False),
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
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("channel_id", Text, nullable=False),
    Column("channel", Text, nullable=False, server_default=text("''")),
    Column("kind", Text, nullable=False),
    Column("filters", Json, nullable=False, server_default=text("'{}'")),
    Column("filters_key", Text, nullable=False, server_default=text("''")),
    Column("created_by", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("tenant_id", "channel_id", "kind", "filters_key"),
    sqlite_autoincrement=True,
)
"""`filters_key` is a digest of the filters, empty without any, so that equal ones are kept once."""

fires = Table(
    "fires",
    metadata,
    Column("job", Text, primary_key=True),
    Column("slot", Text, primary_key=True),
    Column("begun_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("outcome", FreeText),
)

seen = Table(
    "seen",
    metadata,
    Column("key", Text, primary_key=True),
    Column("seen_at", Instant, nullable=False),
    Index(None, "seen_at"),
)

rates = Table(
    "rates",
    metadata,
    Column("name", Text, primary_key=True),
    Column("free_at", Instant, nullable=False),
)
"""When the next one of a name may go, for all replicas: posts to a channel, events of a key."""

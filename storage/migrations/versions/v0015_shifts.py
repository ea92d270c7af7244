"""What was held in quiet hours: a storm that is told when they end.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import BigInteger, Column, Index, Table, Text, text

from storage.migrations.shape import new_metadata

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_storms = Table(
    "storms",
    new_metadata(),
    Column("channel", Text),
    Column("cause", Text),
    Column("held_until", BigInteger),
)
_HELD = text("held_until IS NOT NULL")
_held = Index(
    "ix_storms_held",
    _storms.c.channel,
    _storms.c.cause,
    unique=True,
    sqlite_where=_HELD,
    postgresql_where=_HELD,
)
"""Of a channel there is one at most that is still held."""


def upgrade() -> None:
    op.add_column("storms", Column("held_until", BigInteger))
    _held.create(op.get_bind())


def downgrade() -> None:
    _held.drop(op.get_bind())
    op.drop_column("storms", "held_until")

"""What people set for themselves, and whose Home is open.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text

from storage.migrations.shape import create, drop, new_metadata, one_of
from storage.migrations.walls import NOTHING, raise_wall

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

metadata = new_metadata()

personal_settings = Table(
    "personal_settings",
    metadata,
    Column("user_id", Text, primary_key=True),
    Column("quiet", Text),
    Column("tell_assigned", Boolean, nullable=False),
    Column("tell_worse", Boolean, nullable=False),
    Column("language", Text, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    one_of("language", ("en", "de", "es")),
)

homes = Table(
    "homes",
    metadata,
    Column("user_id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("drawn_at", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Index("ix_homes_opened_at", "opened_at"),
)


def upgrade() -> None:
    create(metadata)
    raise_wall(op.get_bind(), "personal_settings", NOTHING, column=None)
    raise_wall(op.get_bind(), "homes", NOTHING, column=None)


def downgrade() -> None:
    drop(metadata)

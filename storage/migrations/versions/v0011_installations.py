"""In which Slack workspaces E2A is installed, and which one a tenant's channel is in.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import BigInteger, Column, Table, Text

from storage.migrations.shape import create, drop, new_metadata
from storage.migrations.walls import NOTHING, raise_wall

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

metadata = new_metadata()

installations = Table(
    "installations",
    metadata,
    Column("workspace_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("bot_token", Text, nullable=False),
    Column("bot_user_id", Text, nullable=False),
    Column("bot_id", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("installed_by", Text, nullable=False),
    Column("first_installed_at", BigInteger, nullable=False),
    Column("installed_at", BigInteger, nullable=False),
    Column("refresh_token", Text),
    Column("expires_at", BigInteger),
    Column("refreshing_until", BigInteger),
    Column("removed_at", BigInteger),
    Column("removal", Text),
)


def upgrade() -> None:
    create(metadata)
    op.add_column("tenants", Column("workspace_id", Text))
    raise_wall(op.get_bind(), "installations", NOTHING, column=None)


def downgrade() -> None:
    op.drop_column("tenants", "workspace_id")
    drop(metadata)

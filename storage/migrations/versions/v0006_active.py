"""Active exceptions by reason, to be counted while a backlog is worked off.

Must not be edited after a release: write a further step.
"""

from alembic import op
from sqlalchemy import BigInteger, Column, Index, Table, Text, text

from storage.migrations.shape import new_metadata

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_exceptions = Table(
    "exceptions",
    new_metadata(),
    *(Column("tenant_id", BigInteger), Column("reason_code", Text), Column("status", Text)),
)
_ACTIVE = text("status IN ('OPEN', 'ACKNOWLEDGED', 'IN_PROGRESS')")
_active = Index(
    "ix_exceptions_active",
    _exceptions.c.tenant_id,
    _exceptions.c.reason_code,
    sqlite_where=_ACTIVE,
    postgresql_where=_ACTIVE,
)


def upgrade() -> None:
    _active.create(op.get_bind())


def downgrade() -> None:
    _active.drop(op.get_bind())

"""Row-level security on every table, as a second wall between tenants, on PostgreSQL.

The ledger can be let go of with its order from now on; it still cannot be changed.

Must not be edited after a release: write a further step.
"""

from alembic import op

from storage.migrations.append_only import forbid_deletes, permit_deletes
from storage.migrations.walls import ADD, ALL, LOOK, NOTHING, let_count, raise_wall, take_wall_down

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OF_TENANTS = {
    "events": ADD,
    "order_names": ALL,
    "clocks": ALL,
    "clock_ledger": ADD,
    "exceptions": ALL,
    "alerts": ALL,
    "alert_exceptions": ALL,
    "alert_parts": ALL,
    "outbox": ALL,
    "work_items": ALL,
    "dead_letters": ALL,
    "subscriptions": ALL,
    "audit": ADD,
    "feeds": LOOK,
    "target_alarms": NOTHING,
    "api_keys": NOTHING,
    "hooks": NOTHING,
}
"""What a request may do with the rows of its tenants; keys and hooks are looked up before."""
_OF_NOBODY = ("policy_versions", "fires", "rates", "seen", "watermarks")
"""What no tenant owns and no request needs."""


def upgrade() -> None:
    connection = op.get_bind()
    permit_deletes(connection, "clock_ledger")
    if connection.dialect.name != "postgresql":
        return
    raise_wall(connection, "tenants", f"{LOOK}, UPDATE (channel_id)", column="id")
    for table, request in _OF_TENANTS.items():
        raise_wall(connection, table, request)
    for table in _OF_NOBODY:
        raise_wall(connection, table, NOTHING, column=None)
    raise_wall(connection, "alembic_version", LOOK, column=None)
    connection.exec_driver_sql(
        "CREATE POLICY anybody ON alembic_version FOR SELECT TO PUBLIC USING (true)"
    )
    connection.exec_driver_sql("GRANT SELECT ON alembic_version TO PUBLIC")
    let_count(connection)


def downgrade() -> None:
    connection = op.get_bind()
    forbid_deletes(connection, "clock_ledger")
    if connection.dialect.name != "postgresql":
        return
    connection.exec_driver_sql("DROP POLICY anybody ON alembic_version")
    for table in ("alembic_version", *_OF_NOBODY, *_OF_TENANTS, "tenants"):
        take_wall_down(connection, table)

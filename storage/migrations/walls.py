"""Puts a table behind PostgreSQL's row-level security, forced for its owner too.

Must not change after a release: the steps would build something else than they did.
"""

from sqlalchemy import Connection

ALL, ADD, LOOK, NOTHING = "SELECT, INSERT, UPDATE, DELETE", "SELECT, INSERT", "SELECT", ""
_MINE = "{column} = ANY (nullif(current_setting('app.tenants', true), '')::bigint[])"


def raise_wall(
    connection: Connection, table: str, request: str, *, column: str | None = "tenant_id"
) -> None:
    """Requests see the rows of their tenants and may do `request` with them; workers see all.

    `column` names the tenant; a table without one is for workers alone, but for `request`.
    """
    if connection.dialect.name != "postgresql":
        return
    for statement in (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY all_tenants ON {table} TO e2a_worker USING (true) WITH CHECK (true)",
        f"GRANT {ALL} ON {table} TO e2a_worker",
    ):
        connection.exec_driver_sql(statement)
    if request:
        mine = _MINE.format(column=column) if column else "true"
        connection.exec_driver_sql(
            f"CREATE POLICY own_tenants ON {table} TO e2a_app USING ({mine}) WITH CHECK ({mine})"
        )
        connection.exec_driver_sql(f"GRANT {request} ON {table} TO e2a_app")


def take_wall_down(connection: Connection, table: str) -> None:
    """As it was before."""
    if connection.dialect.name != "postgresql":
        return
    for statement in (
        f"DROP POLICY all_tenants ON {table}",
        f"DROP POLICY IF EXISTS own_tenants ON {table}",
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        f"REVOKE ALL ON {table} FROM e2a_app, e2a_worker",
    ):
        connection.exec_driver_sql(statement)


def let_count(connection: Connection) -> None:
    """Both roles may draw the next row numbers."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO e2a_app, e2a_worker"
        )

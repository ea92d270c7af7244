"""Makes a table append-only: the database itself refuses to change or delete a row.

Must not change after a release: the steps would build something else than they did.
"""

from sqlalchemy import Connection

_SQLITE = """CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
_FUNCTION = """CREATE OR REPLACE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"""
_POSTGRES = """CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_is_append_only()"""


def forbid_changes(connection: Connection, table: str) -> None:
    """From now on rows can only be added."""
    on_sqlite = connection.dialect.name == "sqlite"
    if not on_sqlite:
        connection.exec_driver_sql(_FUNCTION.format(table=table))
    trigger = _SQLITE if on_sqlite else _POSTGRES
    for verb in ("update", "delete"):
        connection.exec_driver_sql(trigger.format(table=table, verb=verb))


def permit_deletes(connection: Connection, table: str) -> None:
    """Rows can be deleted from now on, and still not changed."""
    scope = "" if connection.dialect.name == "sqlite" else f" ON {table}"
    connection.exec_driver_sql(f"DROP TRIGGER {table}_no_delete{scope}")


def forbid_deletes(connection: Connection, table: str) -> None:
    """As `forbid_changes` left it."""
    trigger = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRES
    connection.exec_driver_sql(trigger.format(table=table, verb="delete"))


def permit_changes(connection: Connection, table: str) -> None:
    """Takes the guard away again."""
    on_sqlite = connection.dialect.name == "sqlite"
    for verb in ("update", "delete"):
        scope = "" if on_sqlite else f" ON {table}"
        connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{verb}{scope}")
    if not on_sqlite:
        connection.exec_driver_sql(f"DROP FUNCTION {table}_is_append_only()")

"""PostgreSQL's own wall between tenants: the two roles, and how a transaction takes one.

A request is `e2a_app` and sees the rows of the tenants named in `app.tenants`, and no row where
none are named. What serves all tenants (workers, scheduler, look-up of keys) is `e2a_worker`. Both
end with the transaction. Must not decide who may see what: the tenants are an argument.
"""

from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import RolesMissingError, UnsafeLoginError

REQUEST, WORKER = "e2a_app", "e2a_worker"

_ENTER = text("SELECT set_config('role', :role, true), set_config('app.tenants', :tenants, true)")
_CREATE = """DO $$ BEGIN CREATE ROLE {role} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"""
_EXISTING = text("SELECT rolname FROM pg_roles WHERE rolname IN (:request, :worker, :login)")
_MAY_ACT = text("SELECT pg_has_role(current_user, :role, 'USAGE')")
_WHO = text("""
SELECT current_user AS login, rolsuper OR rolbypassrls AS above,
    rolcreaterole AS may_create,
    EXISTS (SELECT FROM pg_class JOIN pg_namespace AS schema ON schema.oid = relnamespace
        WHERE schema.nspname = current_schema() AND relkind IN ('r', 'p')
        AND pg_has_role(current_user, relowner, 'MEMBER')) AS owner,
    (SELECT count(*) = 2 FROM pg_roles AS role WHERE role.rolname IN (:request, :worker)
        AND pg_has_role(current_user, role.oid, 'MEMBER')) AS member
FROM pg_roles WHERE rolname = current_user
""")


async def enter(connection: AsyncConnection, tenants: Collection[int] | None) -> None:
    """Gives the transaction its role: of these tenants only, or of all where None."""
    role = WORKER if tenants is None else REQUEST
    listed = ",".join(str(int(tenant)) for tenant in tenants or ())
    await connection.execute(_ENTER, {"role": role, "tenants": f"{{{listed}}}"})


async def prepare_roles(connection: AsyncConnection) -> None:
    """Creates the two roles where they are missing, and lets the owner act as both.

    Raises:
        RolesMissingError: they are missing, and the owner may not create or not grant them.
    """
    names = {"request": REQUEST, "worker": WORKER, "login": ""}
    found = set((await connection.execute(_EXISTING, names)).scalars())
    missing = [role for role in (REQUEST, WORKER) if role not in found]
    who = (await connection.execute(_WHO, {"request": REQUEST, "worker": WORKER})).one()
    if missing and not (who.above or who.may_create):
        raise RolesMissingError(who.login)
    for role in missing:
        await connection.exec_driver_sql(_CREATE.format(role=role))
    for role in (REQUEST, WORKER):
        if not (await connection.execute(_MAY_ACT, {"role": role})).scalar_one():
            await _grant(connection, f"GRANT {role} TO CURRENT_USER", who.login)


async def admit(connection: AsyncConnection, login: str) -> None:
    """Lets the login of DATABASE_URL take the two roles.

    Raises:
        UnsafeLoginError: there is no such login.
        RolesMissingError: the owner may not grant them.
    """
    names = {"request": REQUEST, "worker": WORKER, "login": login}
    if login not in set((await connection.execute(_EXISTING, names)).scalars()):
        message = (
            f"DATABASE_URL's role {login} does not exist; create it: "
            f"CREATE ROLE \"{login}\" LOGIN PASSWORD '...'"
        )
        raise UnsafeLoginError(message)
    quoted = login.replace('"', '""')
    names = {"request": REQUEST, "worker": WORKER}
    who = (await connection.execute(_WHO, names)).one()
    await _grant(connection, f'GRANT {REQUEST}, {WORKER} TO "{quoted}"', who.login)


async def _grant(connection: AsyncConnection, statement: str, owner: str) -> None:
    try:
        await connection.exec_driver_sql(statement)
    except ProgrammingError as error:
        raise RolesMissingError(owner) from error


async def check_login(connection: AsyncConnection) -> None:
    """Refuses a login for which the wall does not stand.

    Raises:
        UnsafeLoginError: it is a superuser, owns the tables, or may not take the roles.
    """
    who = (await connection.execute(_WHO, {"request": REQUEST, "worker": WORKER})).one()
    if who.above or who.owner:
        what = "is above row-level security" if who.above else "owns the tables"
        message = (
            f"DATABASE_URL's role {who.login} {what}, so that nothing but our own queries would "
            "keep tenants apart. Serve as another one: CREATE ROLE e2a_serve LOGIN PASSWORD "
            "'...'; put it into DATABASE_URL, the owner into DATABASE_ADMIN_URL, and run: "
            "e2a migrate"
        )
        raise UnsafeLoginError(message)
    if not who.member:
        message = (
            f"DATABASE_URL's role {who.login} may not act as {REQUEST} and {WORKER}; with the "
            "owner in DATABASE_ADMIN_URL run: e2a migrate"
        )
        raise UnsafeLoginError(message)

"""What can go wrong with the database, by name; the docstring is the message.

Must not leak SQL, parameters or paths into a message.
"""

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError


class StorageError(Exception):
    """The storage failed."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)


class StorageBusyError(StorageError):
    """The database is busy with somebody else's writing; try again shortly."""


class StorageFullError(StorageError):
    """The disk of the database is full or cannot be written."""


class DatabaseDownError(StorageError):
    """The database cannot be reached."""


class StorageRefusedError(StorageError):
    """The database refused a value or a statement."""


class StorageUrlError(StorageError):
    """DATABASE_URL is not one of sqlite+aiosqlite:///FILE and postgresql+psycopg://..."""


class TooManyPendingError(StorageError):
    """Too many events wait to be written; try again shortly."""


class WriterStoppedError(StorageError):
    """The event writer is not running."""


class UnsafeLoginError(StorageError):
    """The login of DATABASE_URL does not suit."""


class RolesMissingError(StorageError):
    """The owner may not create, or not grant, the roles e2a_app and e2a_worker."""

    def __init__(self, owner: str) -> None:
        super().__init__(
            f"{owner} may not create and grant the roles that E2A needs; as an administrator run, "
            "where they are missing: CREATE ROLE e2a_app NOLOGIN; CREATE ROLE e2a_worker NOLOGIN; "
            f'then: GRANT e2a_app, e2a_worker TO "{owner}" WITH ADMIN OPTION'
        )


class NameTakenError(StorageError):
    """A tenant of that name exists."""


_SQLITE = {
    sqlite3.SQLITE_BUSY: StorageBusyError,
    sqlite3.SQLITE_LOCKED: StorageBusyError,
    sqlite3.SQLITE_FULL: StorageFullError,
    sqlite3.SQLITE_IOERR: StorageFullError,
    sqlite3.SQLITE_READONLY: StorageFullError,
    sqlite3.SQLITE_CANTOPEN: DatabaseDownError,
    sqlite3.SQLITE_NOTADB: DatabaseDownError,
    sqlite3.SQLITE_CORRUPT: DatabaseDownError,
}
_POSTGRES = {
    "55P03": StorageBusyError,  # lock_timeout
    "57014": StorageBusyError,  # statement_timeout
    "40001": StorageBusyError,  # serialization failure
    "40P01": StorageBusyError,  # deadlock: the other side won
    "53100": StorageFullError,  # disk full
    "53300": DatabaseDownError,  # too many connections
    "57P01": DatabaseDownError,  # shut down by its administrator
    "57P02": DatabaseDownError,  # crashed
    "57P03": DatabaseDownError,  # still starting
    "25P03": DatabaseDownError,  # the transaction rested too long and was ended
    "25006": DatabaseDownError,  # a standby, read-only
}


def named(error: SQLAlchemyError | sqlite3.Error) -> StorageError:
    """The error of this module that says what the driver's error means."""
    if isinstance(error, PoolTimeoutError):
        return StorageBusyError()
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        return _SQLITE.get(code & 0xFF, StorageRefusedError)()
    return _named_postgres(error) if isinstance(error, DBAPIError) else StorageRefusedError()


def _named_postgres(error: DBAPIError) -> StorageError:
    state = getattr(error.orig, "sqlstate", None)
    if state in _POSTGRES:
        return _POSTGRES[state]()
    lost = state is None and isinstance(error.orig, psycopg.OperationalError)
    if lost or error.connection_invalidated or (state or "").startswith("08"):
        return DatabaseDownError()
    return StorageRefusedError()

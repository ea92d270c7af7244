"""Copies a SQLite file while it is written to, and puts a copy in its place.

Must not stop writers: the copy reads one snapshot, page by page, and rests in between.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from storage.backup_file import BackupError, Manifest, Wanted, keep, sync_folder

_PAGES, _REST_SECONDS = 256, 0.005
"""A megabyte at a time; the reading itself holds nobody up, the rest leaves them the disk."""
_WAIT_SECONDS = 30.0
_COUNTED = {
    "tenants": "SELECT count(*) FROM tenants WHERE NOT synthetic",
    "events": "SELECT count(*) FROM events",
    "exceptions": "SELECT count(*) FROM exceptions",
}
DOUBTED = "UPDATE outbox SET uncertain = TRUE WHERE state IN ('waiting', 'in_flight')"
"""What waited when the copy was made may have been posted since: it is looked up before a post."""
Progress = Callable[[], None]
Counts = dict[str, int]


def back_up_sqlite(database: Path, wanted: Wanted, progress: Progress) -> Manifest:
    """Copies the database as it is now, checks the copy, and frames it.

    Raises:
        BackupError: there is no database, the copy is not sound, or the file exists already.
    """
    if not database.is_file():
        message = f"there is no database {database}; see DATABASE_URL"
        raise BackupError(message)

    def dump(raw: Path) -> Manifest:
        _copy(database, raw, progress)
        revision = check_sqlite(raw)
        return Manifest(database="sqlite", revision=revision, made_at=wanted.made_at)

    return keep(wanted, dump)


def _copy(database: Path, raw: Path, progress: Progress) -> None:
    """An open read keeps the snapshot: else every commit of the server would begin it anew."""
    with closing(_opened(database)) as source, closing(sqlite3.connect(raw)) as target:
        target.execute("PRAGMA synchronous=OFF")  # the framed copy is brought to the disk later
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(
            target,
            pages=_PAGES,
            progress=lambda _status, _left, _total: progress(),
            sleep=_REST_SECONDS,
        )
        target.execute("PRAGMA journal_mode=DELETE")


def _opened(database: Path) -> sqlite3.Connection:
    uri = f"{database.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, timeout=_WAIT_SECONDS, isolation_level=None)


def check_sqlite(file: Path) -> str:
    """The revision of a file's schema, after a look at every page and every reference.

    Raises:
        BackupError: it is not sound, or holds no tables of E2A.
    """
    try:
        with closing(_opened(file)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        message = f"the copy of the database is not sound: {error}"
        raise BackupError(message) from error
    if found != "ok" or orphan is not None or revision is None:
        what = "it has no schema" if revision is None else f"{found}, {orphan}"
        message = f"the copy of the database is not sound: {what}; run: e2a doctor"
        raise BackupError(message)
    return str(revision[0])


def count_sqlite(file: Path) -> Counts:
    """Tenants, events and exceptions of a file; nothing of one that has no tables."""
    if not file.is_file() or not file.stat().st_size:
        return dict.fromkeys(_COUNTED, 0)
    with closing(_opened(file)) as connection:
        try:
            return {name: connection.execute(sql).fetchone()[0] for name, sql in _COUNTED.items()}
        except sqlite3.OperationalError:
            return dict.fromkeys(_COUNTED, 0)


def doubt_outbox(file: Path) -> int:
    """Marks what waits to be posted as perhaps posted; leaves one file without a journal."""
    with closing(_opened(file)) as connection:
        marked = connection.execute(DOUBTED).rowcount
        connection.execute("PRAGMA journal_mode=DELETE")
    return marked


def take_place(new: Path, database: Path, name: str) -> Path | None:
    """Puts a file in the database's place; the old one lies beside it under `name` from then on.

    Raises:
        BackupError: a process has the database open.
    """
    old = None
    if database.is_file():
        with _held(database):
            old = database.with_name(name)
            database.rename(old)
    for rest in ("-wal", "-shm"):
        database.with_name(database.name + rest).unlink(missing_ok=True)
    new.rename(database)
    sync_folder(database.parent)
    return old


@contextmanager
def _held(database: Path) -> Iterator[None]:
    """Takes the file for oneself and brings all of the write-ahead log into it.

    A file that cannot be read is no server's; it is kept beside as it is.
    """
    with closing(_opened(database)) as connection:
        try:
            connection.execute("PRAGMA busy_timeout=1000")
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            message = f"{database} is in use; stop E2A (and whatever else has it open) first"
            raise BackupError(message) from error
        except sqlite3.DatabaseError:
            pass
        yield

"""`e2a backup` and `e2a restore`: the whole database to a file and back. Must not serve."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import URL

from bot.cli.app import CommandError, app
from bot.cli.output import instant, say, tell_json
from bot.cli.progress import progress
from bot.clock import wall_now
from bot.settings import load_settings
from storage.backup import (
    Counts,
    back_up_sqlite,
    check_sqlite,
    count_sqlite,
    doubt_outbox,
    take_place,
)
from storage.backup_file import Manifest, Wanted, new_private, read_manifest, unpack
from storage.backup_postgres import (
    back_up_postgres,
    count_postgres,
    doubt_postgres_outbox,
    make_roles,
    restore_postgres,
)
from storage.engine import SQLITE, parse_url
from storage.migrate import knows, migrate

_AS_JSON = Annotated[bool, typer.Option("--json", help="The result as one line of JSON.")]


@app.command()
def backup(
    file: Path,
    force: Annotated[bool, typer.Option("--force", help="Over an existing file.")] = False,
    as_json: _AS_JSON = False,
) -> None:
    """Copies the database to a file, while the server runs and writes."""
    url = _database()
    wanted = Wanted(file=file, force=force, made_at=instant(wall_now()) or "")
    if url.drivername == SQLITE:
        with progress("megabytes") as step:
            made = back_up_sqlite(_file(url), wanted, lambda: step(1))
    else:
        made = back_up_postgres(url, wanted)
    said = {"file": str(file), "database": made.database, "revision": made.revision}
    if as_json:
        tell_json({**said, "made_at": made.made_at, "bytes": made.size, "sha256": made.sha256})
    else:
        say(f"Backed up to {file}: {made.size:,} bytes, schema {made.revision}.")


@app.command()
def restore(
    file: Path,
    yes: Annotated[
        bool, typer.Option("--yes", help="Even though the database holds tenants.")
    ] = False,
    as_json: _AS_JSON = False,
) -> None:
    """Puts a backup in the database's place; what was there is kept beside it."""
    url, manifest = _database(), read_manifest(file)
    kind = "sqlite" if url.drivername == SQLITE else "postgresql"
    if manifest.database != kind:
        message = f"{file} is of a {manifest.database} database and DATABASE_URL is {kind}"
        raise CommandError(message)
    if not knows(manifest.revision):
        message = f"{file} is from a newer version of E2A (schema {manifest.revision}); update E2A"
        raise CommandError(message)
    held = count_sqlite(_file(url)) if kind == "sqlite" else count_postgres(url)
    if held["tenants"] and not yes:
        message = f"the database holds {_words(held)}; to put the backup in its place, add --yes"
        raise CommandError(message)
    name = f"before_restore_{wall_now():%Y%m%dT%H%M%SZ}"
    put = _restore_sqlite if kind == "sqlite" else _restore_postgres
    kept, marked, now_held = put(url, file, manifest, name)
    if as_json:
        tell_json({"made_at": manifest.made_at, **now_held, "kept": kept, "in_doubt": marked})
        return
    say(f"Restored the backup of {manifest.made_at}. It holds {_words(now_held)}.")
    if marked:
        say(f"{marked} Slack messages waited then; each is looked up before it is posted.")
    if kept:
        say(f"What was there before is kept in {kept}.")


def _restore_sqlite(
    url: URL, file: Path, manifest: Manifest, name: str
) -> tuple[str | None, int, Counts]:
    """Everything is made ready in a file beside; the last step is to change names."""
    database = _file(url)
    database.parent.mkdir(parents=True, exist_ok=True)
    fresh = database.with_name(f".{database.name}.{name}")
    try:
        new_private(fresh)
        unpack(file, manifest, fresh)
        check_sqlite(fresh)
        asyncio.run(migrate(f"{SQLITE}:///{fresh}"))
        marked, held = doubt_outbox(fresh), count_sqlite(fresh)
        old = take_place(fresh, database, f"{database.name}.{name}")
    finally:
        for rest in ("", "-wal", "-shm"):
            fresh.with_name(fresh.name + rest).unlink(missing_ok=True)
    return (str(old) if old else None), marked, held


def _restore_postgres(
    url: URL, file: Path, manifest: Manifest, name: str
) -> tuple[str | None, int, Counts]:
    content = file.with_name(f".{file.name}.{name}")
    address = url.render_as_string(hide_password=False)
    try:
        unpack(file, manifest, content)
        asyncio.run(make_roles(address))
        aside = restore_postgres(url, content, name)
    finally:
        content.unlink(missing_ok=True)
    asyncio.run(migrate(address, login=_server(url)))
    kept = f"the schema {name} (drop it when all is well)" if aside else None
    return kept, doubt_postgres_outbox(url), count_postgres(url)


def _server(owner: URL) -> str | None:
    """Who serves, where that is not the owner."""
    login = parse_url(load_settings().database_url).username
    return login if login != owner.username else None


def _database() -> URL:
    settings = load_settings()
    return parse_url(settings.database_admin_url or settings.database_url)


def _file(url: URL) -> Path:
    return Path(url.database or "")


def _words(counts: Counts) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())

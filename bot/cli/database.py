"""`e2a migrate` and `e2a reset`: the database as a whole. Must not touch single records."""

import asyncio
from typing import Annotated

import typer
from sqlalchemy import make_url

from bot.cli.app import CommandError, app
from bot.cli.output import say
from bot.settings import load_settings
from storage.migrate import migrate as migrate_to


@app.command()
def migrate() -> None:
    """Brings the database to the newest schema."""
    settings = load_settings()
    owner = settings.database_admin_url or settings.database_url
    serving = make_url(settings.database_url).username
    login = serving if serving != make_url(owner).username else None
    revision = asyncio.run(migrate_to(owner, login=login))
    admitted = f" {login} may serve." if login else ""
    say(f"The database is at revision {revision}.{admitted}")


@app.command()
def reset(
    yes: Annotated[bool, typer.Option("--yes", help="Really empty it.")] = False,
    i_mean: Annotated[str | None, typer.Option(help="PostgreSQL: the database's name.")] = None,
) -> None:
    """Empties the database."""
    settings = load_settings()
    url = settings.database_admin_url or settings.database_url
    if not yes:
        message = "this empties the database; say so with --yes"
        raise typer.BadParameter(message)
    name = make_url(url).database
    if url.startswith("postgresql") and i_mean != name:
        message = f"this is PostgreSQL; to empty it, add --i-mean {name}"
        raise CommandError(message)

    async def work() -> None:
        await migrate_to(url, "base")
        await migrate_to(url)  # the login that serves is still a member of its roles

    asyncio.run(work())
    say("The database is empty.")

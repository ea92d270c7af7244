"""`e2a erase`: a person's data goes on request. Must not print what it erases."""

from typing import Annotated

import typer

from bot.cli.app import CommandError, app
from bot.cli.output import say, tell_json
from bot.cli.store import tenant_called, with_storage
from bot.clock import wall_now
from bot.settings import Settings
from jobs.erase_person import Erasure, Request, erase_person
from policies.personal import NotAPersonError, Person, person_by
from storage.erasure import SqlPeople
from storage.transaction import SqlStorage


@app.command()
def erase(
    tenant: Annotated[str, typer.Option(help="Whose customer it is.")],
    reason: Annotated[str, typer.Option(help="Why, for the trail; without naming the person.")],
    order: Annotated[str | None, typer.Option(help="All that is personal in this order.")] = None,
    email: Annotated[str | None, typer.Option(help="Of the person.")] = None,
    phone: Annotated[str | None, typer.Option(help="Of the person.")] = None,
    name: Annotated[str | None, typer.Option(help="First and last name.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The result as a line of JSON.")] = False,
) -> None:
    """Erases what is stored about a person, and keeps what money and promises need."""
    given = {"order": order, "email": email, "phone": phone, "name": name}
    kind, person = _person({kind: text for kind, text in given.items() if text})

    async def work(storage: SqlStorage, _settings: Settings) -> tuple[Erasure, bool]:
        async with storage.read() as tx:
            owner = await tenant_called(tx, tenant)
        request = Request(tenant=owner, kind=kind, person=person, reason=reason, actor="cli")
        people = SqlPeople(storage)
        now = wall_now()
        try:
            done = await erase_person(
                request, people=people, storage=storage, now=now, wall_now=now, dry_run=dry_run
            )
        except NotAPersonError as error:
            raise CommandError(str(error)) from error
        return done, dry_run or await people.sweep_up()

    done, swept = with_storage(work)
    if as_json:
        row = {"dry_run": dry_run, "digest": done.digest, "orders": list(done.orders)}
        tell_json({**row, "rows": dict(done.rows), "cards": done.cards, "in_trail": done.in_trail})
    else:
        _say(done, dry_run=dry_run)
    if not swept:
        say("The database's log is being read; what was erased leaves it with the next checkpoint.")


def _person(given: dict[str, str]) -> tuple[str, Person]:
    if len(given) != 1:
        message = "say who it is with one of --order, --email, --phone, --name"
        raise typer.BadParameter(message)
    [(kind, text)] = given.items()
    try:
        return kind, person_by(kind, text.strip())
    except NotAPersonError as error:
        message = f"--{kind}: {error}"
        raise typer.BadParameter(message) from error


def _say(done: Erasure, *, dry_run: bool) -> None:
    if not done.rows:
        say(f"Nothing to erase ({len(done.orders)} orders were looked at).")
    else:
        rows = ", ".join(f"{count} {table}" for table, count in sorted(done.rows.items()))
        say(f"{'Would erase' if dry_run else 'Erased'} in {len(done.orders)} orders: {rows}.")
    if done.cards:
        say(f"{done.cards} Slack threads are drawn anew; what people wrote there stays in Slack.")
    if done.in_trail:
        say(f"{done.in_trail} entries of the trail name the person; the trail is never changed.")
    if not dry_run:
        say("Backups still hold it: let them expire, and erase again after a restore.")

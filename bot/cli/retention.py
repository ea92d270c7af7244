"""`e2a retention`: for how long what is kept, and what is past it. Must not delete anything."""

from typing import Annotated

import typer

from bot.cli.app import app
from bot.cli.output import say, tell, tell_json
from bot.cli.store import tenant_called, with_storage
from bot.clock import wall_now
from bot.policy_files import load_retention
from bot.settings import Settings
from jobs.apply_retention import Past, Retaining, past_retention
from policies.retention import ALWAYS, KINDS
from storage.keeper import SqlKeeper
from storage.transaction import SqlStorage

retention = typer.Typer(help="How long data is kept.", no_args_is_help=True)
app.add_typer(retention, name="retention")


def retaining_of(storage: SqlStorage, settings: Settings) -> Retaining:
    """The database and the days in force."""
    keeping = load_retention(settings.policies_dir)
    return Retaining(keeper=SqlKeeper(storage.engines), keeping=keeping)


@retention.command("show")
def show(
    tenant: Annotated[str | None, typer.Option(help="Only this tenant.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines.")] = False,
) -> None:
    """Says which days hold, and how many rows are past them; deletes nothing."""

    async def work(storage: SqlStorage, settings: Settings) -> None:
        if tenant is not None:
            async with storage.read() as tx:
                await tenant_called(tx, tenant)
        retaining = retaining_of(storage, settings)
        now = wall_now()
        found = await past_retention(retaining, now=now, wall_now=now, tenant=tenant)
        for past in found:
            _tell(past, retaining.keeping.days(past.due.kind, past.tenant), as_json=as_json)
        if not as_json:
            say(f"Never shortened: {', '.join(ALWAYS)}. The days are in retention.yaml.")

    with_storage(work)


def _tell(past: Past, days: int | None, *, as_json: bool) -> None:
    if as_json:
        row = {"tenant": past.tenant or None, "kind": past.due.kind, "shelf": past.due.shelf}
        tell_json({**row, "days": days, "before": past.due.before, "rows": past.rows})
        return
    what = KINDS[past.due.kind].words
    name = past.tenant or "-"
    tell(f"{name:<16} {past.due.shelf:<14} {days:>5} days {past.rows:>10,} rows past  {what}")

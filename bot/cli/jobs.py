"""`e2a jobs`: what runs when, and running one now. Must not schedule."""

from typing import Annotated

import typer

from bot.billing import billing
from bot.checking import checking_jobs, open_checking
from bot.cli.app import CommandError, app
from bot.cli.output import instant, say, tell, tell_json
from bot.cli.retention import retaining_of
from bot.cli.store import tenant_called, with_storage
from bot.clock import wall_now
from bot.enriching import enrichment, open_enriching
from bot.errands import scheduled
from bot.policy_files import load_telling, policy_texts
from bot.resolving import open_resolving, resolution
from bot.settings import Settings
from bot.telemetry import Metrics
from jobs.adopt_policies import adopt_policies
from jobs.nights import ByHand
from jobs.schedule import SCHEDULE
from jobs.watching import Watching
from storage.transaction import SqlStorage

jobs = typer.Typer(help="Scheduled jobs.", no_args_is_help=True)
app.add_typer(jobs, name="jobs")


@jobs.command("list")
def list_jobs(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Lists what runs when, when it last ran and how it ended."""

    async def work(storage: SqlStorage, _settings: Settings) -> None:
        async with storage.read() as tx:
            for job in SCHEDULE:
                last = await tx.fires.last(job.name)
                at, outcome = (last[1], last[2] or "running") if last else (None, None)
                if as_json:
                    row = {"name": job.name, "every_seconds": job.seconds, "what": job.words}
                    tell_json({**row, "last_at": instant(at), "last_outcome": outcome})
                else:
                    ran = f"{instant(at)} {outcome}" if at else "never ran"
                    tell(f"{job.name:<20} every {job.seconds:>5} s  {ran:<32} {job.words}")

    with_storage(work)


_FOR_ONE = ("run_invoices", "check_invoices")
"""What goes client by client, and so may be run for one."""


@jobs.command("run")
def run_job(
    name: str,
    tenant: Annotated[str | None, typer.Option(help="Only for this tenant.")] = None,
) -> None:
    """Runs one job now."""
    if name not in {job.name for job in SCHEDULE}:
        message = f"there is no job {name}; see e2a jobs list"
        raise typer.BadParameter(message)
    if tenant is not None and name not in _FOR_ONE:
        message = f"{name} runs for all tenants at once; leave --tenant out"
        raise CommandError(message)

    async def work(storage: SqlStorage, settings: Settings) -> None:
        if tenant is not None:
            async with storage.read() as tx:
                await tenant_called(tx, tenant)
        began, outcome = wall_now(), "failed"
        slot = f"by hand {began.isoformat()}"
        async with storage.write() as tx:
            await tx.fires.begin(name, slot, began)
        try:
            watching = await _watching(storage, settings)
            retaining = retaining_of(storage, settings)
            resolving = open_resolving(settings, storage, watching.promises)
            promises, telling, metrics = watching.promises, watching.telling, Metrics()
            enriching = open_enriching(settings, storage, promises, telling, metrics)
            known = {
                **scheduled(watching, wall_now, metrics, {}, retaining),
                **resolution(resolving, wall_now, wall_now),
                **billing(settings, storage, metrics, wall_now, wall_now, ByHand(tenant=tenant)),
                **enrichment(enriching, metrics, wall_now, wall_now),
                **checking_jobs(
                    open_checking(settings, storage, promises),
                    telling.default_channel,
                    metrics,
                    wall_now,
                    wall_now,
                    ByHand(tenant=tenant),
                ),
            }
            told = await known[name]()
            outcome = "ok"
            if isinstance(told, str):
                say(told)
        finally:
            async with storage.write() as tx:
                await tx.fires.end(name, slot, wall_now(), outcome)

    with_storage(work)
    say(f"Ran {name}.")


async def _watching(storage: SqlStorage, settings: Settings) -> Watching:
    """Listening begins now: whether a source has been silent is for the server to say."""
    texts = policy_texts(settings.policies_dir)
    in_force = await adopt_policies(texts, storage=storage, now=wall_now())
    return Watching(
        storage=storage,
        promises=in_force.promises,
        telling=load_telling(settings),
        listening_since=wall_now(),
    )

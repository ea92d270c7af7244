"""`e2a reevaluate`: stored orders judged again by the promises in force.

Must not judge: the jobs do, as they do after every event.
"""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from bot.cli.app import app
from bot.cli.moments import day_or_moment
from bot.cli.output import say, tell, tell_json
from bot.cli.person import actor
from bot.cli.progress import progress
from bot.cli.store import tenant_called, with_storage
from bot.clock import wall_now
from bot.errands import evaluation
from bot.policy_files import load_telling, policy_texts
from bot.settings import Settings
from bot.telemetry import Metrics, set_up_logs
from bot.workers import Evaluator
from jobs.adopt_policies import adopt_policies, policies_at_hand
from jobs.reevaluate_orders import Changes, Span, preview_span, put_span_to_work
from policies.durations import duration
from policies.promises import Promises
from policies.records import Tenant
from storage.transaction import SqlStorage


@app.command()
def reevaluate(
    *,
    tenant: Annotated[str, typer.Option(help="Whose orders.")],
    since: Annotated[str, typer.Option(help="Orders with an event from then on.")],
    until: Annotated[str, typer.Option(help="Orders with an event before.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only says what would be.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Judges orders of some days again: says what would change, then changes it."""

    async def work(storage: SqlStorage, settings: Settings) -> tuple[Changes, int]:
        set_up_logs("WARNING", settings.log_format)
        async with storage.read() as tx:
            span = _span(await tenant_called(tx, tenant), since, until)
        texts, now = policy_texts(settings.policies_dir), wall_now()
        look = policies_at_hand if dry_run else adopt_policies
        promises = (await look(texts, storage=storage, now=now)).promises
        with progress("looking") as told:
            changes = await preview_span(
                span, storage=storage, promises=promises, now=now, told=told
            )
        if dry_run:
            return changes, 0
        return changes, await _change(span, changes, promises, storage, settings)

    changes, left = with_storage(work)
    if as_json:
        tell_json({"dry_run": dry_run, **_as_json(changes), "left_for_server": left})
        return
    _in_words(changes, dry_run=dry_run)
    if left:
        say(f"{left} orders failed or still wait: a server tries them again when it runs.")


async def _change(
    span: Span, changes: Changes, promises: Promises, storage: SqlStorage, settings: Settings
) -> int:
    """Puts the orders to work and does it, beside a running server; what is left to the server."""
    async with storage.read() as tx:
        before = await tx.work.waiting()
    with progress("asking", changes.orders) as told:
        await put_span_to_work(
            span,
            changes,
            actor=actor(),
            storage=storage,
            now=wall_now(),
            wall_now=wall_now(),
            told=told,
        )
    telling = load_telling(settings)
    judge = evaluation(storage, promises, telling, Metrics(), {}, wall_now)
    evaluator = Evaluator(storage, judge, wall_now)
    with progress("evaluating", changes.orders) as told:
        while done := await evaluator.step():
            told(done)
    async with storage.read() as tx:
        return max(0, await tx.work.waiting() - before)


def _span(tenant: Tenant, since: str, until: str) -> Span:
    """A date is the beginning of that day where the tenant is."""
    begins = day_or_moment(since, "--since", tenant.timezone)
    ends = day_or_moment(until, "--until", tenant.timezone)
    if ends <= begins:
        message = f"--until {until} is not after --since {since}"
        raise typer.BadParameter(message)
    return Span(tenant=tenant, since=begins, until=ends)


def _in_words(changes: Changes, *, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    for (sla_id, change), count in sorted(changes.counts.items()):
        tell(f"{count:>6}  {sla_id:<20}  {would}{change}")
    for one in changes.examples:
        named = f"#{one.exception_id} " if one.exception_id else ""
        late = duration(one.delay_minutes)
        tell(f"        {named}{one.order_id}  {one.sla_id}  {would}{one.change}, {late} over")
    tail = " Nothing was changed." if dry_run else ""
    say(f"{changes.orders} orders judged again, {changes.changed} of them differ.{tail}")


def _as_json(changes: Changes) -> dict[str, Any]:
    return {
        "orders": changes.orders,
        "changed": changes.changed,
        "rules": [
            {"sla_id": sla_id, "change": change, "count": count}
            for (sla_id, change), count in sorted(changes.counts.items())
        ],
        "examples": [asdict(example) for example in changes.examples],
    }

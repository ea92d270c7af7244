"""`e2a resolution`: what is done by itself, and what would be. Must not hold rules."""

from typing import Annotated, Any

import typer

from bot.cli.app import CommandError, app
from bot.cli.output import instant, say, tell, tell_json
from bot.cli.store import tenant_called, with_storage
from bot.clock import wall_now
from bot.policy_files import policy_texts, with_problems
from bot.resolving import open_resolving
from bot.settings import Settings
from jobs.adopt_policies import adopt_policies
from jobs.open_claim import FILE, TEXT
from jobs.plan_attempts import Planned, choose_attempts
from jobs.resolve_exceptions import resolve_exceptions
from jobs.resolving import Resolving
from jobs.show_resolution import show_rates
from policies.attempts import Attempt
from policies.records import OrderKey
from storage.transaction import SqlStorage

resolution = typer.Typer(help="What is done by itself about exceptions.", no_args_is_help=True)
app.add_typer(resolution, name="resolution")
_AsJson = Annotated[bool, typer.Option("--json", help="JSON lines.")]
_Tenant = Annotated[str | None, typer.Option(help="Only this tenant.")]


@resolution.command("list")
def list_attempts(
    tenant: _Tenant = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: _AsJson = False,
) -> None:
    """Lists what was tried, newest first, and how often what helped."""

    async def work(storage: SqlStorage, _settings: Settings) -> None:
        async with storage.read() as tx:
            mine = [await tenant_called(tx, tenant)] if tenant else await tx.tenants.all()
            names = {one.id: one.name for one in mine}
            found = await tx.attempts.latest(list(names), limit)
        for attempt in found:
            row = _row(attempt, names[attempt.tenant_id])
            tell_json(row) if as_json else tell(_line(row))
        if not as_json:
            shown = await show_rates(list(names), storage=storage, now=wall_now())
            for rate in shown.rates:
                say(f"{rate.action}: {rate.succeeded} helped, {rate.failed} failed in 30 days")
            say(f"{shown.under_way} under way, {shown.blocked} exceptions blocked.")

    with_storage(work)


@resolution.command("claim")
def show_claim(
    exception_id: Annotated[int, typer.Argument(help="The exception's number.")],
) -> None:
    """Prints the latest claim file of an exception."""

    async def work(storage: SqlStorage, _settings: Settings) -> str | None:
        async with storage.read() as tx:
            record = await tx.exceptions.get(exception_id)
            if record is None:
                return None
            key = OrderKey(tenant_id=record.tenant_id, order_id=record.order_id)
            tried = (await tx.attempts.of_orders([key]))[key]
        mine = [one.request for one in tried if one.exception_id == exception_id]
        return next((str(one[TEXT]) for one in reversed(mine) if FILE in one and TEXT in one), None)

    text = with_storage(work)
    if text is None:
        message = f"there is no claim file of #{exception_id}; e2a resolution list shows what is"
        raise CommandError(message)
    tell(text.rstrip())


@resolution.command("run")
def run_now(
    tenant: _Tenant = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only says what would run.")] = False,
    as_json: _AsJson = False,
) -> None:
    """Does now what the policies list, or with --dry-run says what would be done."""
    if tenant is not None and not dry_run:
        message = "a run is for all tenants at once; leave --tenant out, or add --dry-run"
        raise typer.BadParameter(message)

    async def work(storage: SqlStorage, settings: Settings) -> None:
        resolving = await _resolving(storage, settings)
        if tenant is not None:
            async with storage.read() as tx:
                await tenant_called(tx, tenant)
        if not dry_run:
            went = await resolve_exceptions(resolving, now=wall_now(), wall_now=wall_now)
            say(f"{went.proved} ended, {went.planned} chosen, {went.carried_out} carried out.")
            return
        planned = await choose_attempts(resolving, now=wall_now(), tenant=tenant)
        for one in planned:
            tell_json(_plan(one)) if as_json else tell(_words(one))
        say(f"{len(planned)} exceptions would have something done; nothing was.")

    with_storage(work)


async def _resolving(storage: SqlStorage, settings: Settings) -> Resolving:
    texts = policy_texts(settings.policies_dir)
    in_force = await adopt_policies(texts, storage=storage, now=wall_now())
    promises = with_problems(in_force.promises, settings.policies_dir)
    return open_resolving(settings, storage, promises)


def _row(attempt: Attempt, tenant: str) -> dict[str, Any]:
    return {
        "id": attempt.id,
        "tenant": tenant,
        "exception_id": attempt.exception_id,
        "order_id": attempt.order_id,
        "action": attempt.action,
        "number": attempt.number,
        "key": attempt.key,
        "dry_run": attempt.dry_run,
        "state": attempt.state.value,
        "asked_at": instant(attempt.asked_at),
        "approved_by": attempt.approved_by,
        "started_at": instant(attempt.started_at),
        "ended_at": instant(attempt.ended_at),
        "status": attempt.status,
        "response": attempt.response,
        "undoes": attempt.undoes,
    }


def _line(row: dict[str, Any]) -> str:
    dry = " (dry run)" if row["dry_run"] else ""
    answered = f"  {row['status']}" if row["status"] is not None else ""
    said = f"  {row['response']}" if row["response"] else ""
    what = f"#{row['exception_id']} {row['order_id']} {row['action']}{dry}"
    return f"{row['asked_at']}  {row['tenant']:<16} {what:<48} {row['state']}{answered}{said}"


def _plan(planned: Planned) -> dict[str, Any]:
    attempt = planned.attempt
    return {
        "tenant": planned.tenant.name,
        "exception_id": planned.record.id,
        "order_id": planned.record.order_id,
        "action": attempt.action if attempt else None,
        "dry_run": attempt.dry_run if attempt else None,
        "approve": planned.approve.value,
        "request": dict(attempt.request) if attempt else None,
        "blocks": planned.blocks,
    }


def _words(planned: Planned) -> str:
    row = _plan(planned)
    does = f"blocked: {row['blocks']}" if row["blocks"] else str(row["action"])
    asks = f", approved by {row['approve']}" if row["approve"] != "no" else ""
    return f"{row['tenant']:<16} #{row['exception_id']} {row['order_id']}  {does}{asks}"

"""`e2a invoices check`: proves invoices now. Must not compare or price: jobs and policies do."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from bot.checking import open_checking
from bot.cli.app import CommandError
from bot.cli.invoices import BACKFILL, DAYS_BACK, LOOKBACK, PERIOD, Asked, invoices
from bot.cli.output import tell, tell_json
from bot.cli.store import tenant_called, with_storage
from bot.clock import wall_now
from bot.policy_files import policy_texts
from bot.settings import Settings
from handlers.blocks.finding_words import cluster_words, compared
from handlers.blocks.text import plain
from jobs.adopt_policies import adopt_policies
from jobs.check_invoices import check_month
from jobs.views.findings import CheckReport
from policies.local_time import local_date
from policies.money.currency import MixedCurrenciesError, in_currency
from policies.money.findings.finding import Finding
from policies.money.periods import next_period
from policies.money.usage import UsageError
from policies.records import Tenant
from storage.transaction import SqlStorage

_SHOWN = 200


@invoices.command("check")
def check(
    *,
    tenant: Annotated[str, typer.Option(help="Whose.")],
    period: Annotated[str | None, PERIOD] = None,
    lookback_hours: Annotated[int | None, LOOKBACK] = None,
    backfill: Annotated[bool, BACKFILL] = False,
    days_back: Annotated[int | None, DAYS_BACK] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Files nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Proves every invoice of the months concerned; run again it adds nothing."""
    asked = Asked(
        period=period, lookback_hours=lookback_hours, backfill=backfill, days_back=days_back
    )

    async def work(storage: SqlStorage, settings: Settings) -> list[CheckReport]:
        now = wall_now()
        texts = policy_texts(settings.policies_dir)
        in_force = await adopt_policies(texts, storage=storage, now=now)
        checking = open_checking(settings, storage, in_force.promises)
        async with storage.read() as tx:
            owner = await tenant_called(tx, tenant)
        reports = []
        for month in _months(asked, owner):
            try:
                report = await check_month(
                    owner, month, checking=checking, now=now, dry_run=dry_run
                )
            except (UsageError, MixedCurrenciesError) as error:
                message = f"{month} cannot be proved: {error}"
                raise CommandError(message) from error
            reports.append(report)
        return reports

    reports = with_storage(work)
    if as_json:
        tell_json({"tenant": tenant, "dry_run": dry_run, "checks": [_json(r) for r in reports]})
        return
    for report in reports:
        for line in _in_words(report):
            tell(line)


def _months(asked: Asked, tenant: Tenant) -> Iterator[str]:
    """The month that was asked for, or those that the stretch of time touches."""
    if asked.period is not None:
        asked.window(tenant, wall_now())
        yield asked.period
        return
    window = asked.window(tenant, wall_now())
    month = f"{local_date(window.since, tenant.timezone):%Y-%m}"
    last = f"{local_date(window.until, tenant.timezone):%Y-%m}"
    while month <= last:
        yield month
        month = next_period(month)


def _json(report: CheckReport) -> dict[str, Any]:
    return {
        "period": report.period,
        "orders": report.orders,
        "invoices": report.invoices,
        "currency": report.currency,
        "expected_cents": report.expected_cents,
        "billed_cents": report.billed_cents,
        "input_hash": report.input_hash,
        "unchanged": report.unchanged,
        "filed": report.filed,
        "adjustments": [
            {
                "id": note.id,
                "number": note.number or None,
                "invoice": note.invoice_number,
                "amount_cents": note.amount_cents,
                "cause": note.cause,
                "status": note.status.value,
            }
            for note in report.notes
        ],
        "findings": [_finding(one) for one in report.found],
        "clusters": [
            {
                "cause": one.key.cause.value,
                "code": one.key.code,
                "currency": one.key.currency,
                "findings": one.count,
                "difference_cents": one.difference_cents,
                "since": one.since.isoformat() if one.since else None,
                "until": one.until.isoformat() if one.until else None,
            }
            for one in report.clusters
        ],
        "not_proved": [
            {"subject": one.subject, "because": one.why.splitlines()} for one in report.unbillable
        ],
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "key": one.key,
        "order_id": one.order_id or None,
        "invoice": one.invoice or None,
        "line": one.place or None,
        "code": one.code,
        "cause": one.cause.value,
        "expected_cents": one.expected_cents,
        "billed_cents": one.billed_cents,
        "follow_up_cents": one.follow_up_cents,
        "difference_cents": one.difference_cents,
        "currency": one.currency,
        "tariff_version": one.tariff_version,
        "service_date": one.service_date.isoformat() if one.service_date else None,
        "evidence": list(one.evidence),
    }


def _in_words(report: CheckReport) -> Iterator[str]:
    for one in report.found[:_SHOWN]:
        about = f"{one.invoice or 'not billed':<12} {one.order_id or report.period:<24}"
        yield f"{about} {one.cause.value:<16} {one.code:<20} {plain(compared(one))}"
    if len(report.found) > _SHOWN:
        yield f"and {len(report.found) - _SHOWN:,} more; --json has them all"
    for cluster in report.clusters:
        yield plain(cluster_words(cluster))
    for two in report.unbillable:
        for why in two.why.splitlines():
            yield f"not proved: {two.subject}: {why}"
    expected = in_currency(report.expected_cents, report.currency)
    billed = in_currency(report.billed_cents, report.currency)
    filed = "nothing was filed (dry run)" if report.dry_run else f"{report.filed:,} filed"
    again = "; the same was proved before" if report.unchanged else ""
    yield (
        f"{report.period}: {report.orders:,} orders and {report.invoices:,} invoices, due "
        f"{expected}, billed {billed}; {len(report.found):,} findings, {filed}{again}."
    )

"""`e2a invoices`: runs them, shows one as text, PDF or CSV, and whether the books balance.

Must not bill or price: jobs and policies do. Its sibling files add to the same group of commands.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.app import CommandError, app
from bot.cli.output import say, tell, tell_json
from bot.cli.store import tenant_called, with_storage
from bot.clock import wall_now
from bot.policy_files import load_tariffs
from bot.settings import Settings
from handlers.api.invoice_shapes import adjustment_shape, invoice_shape
from jobs.run_invoices import RunReport, Window, month_window, run_invoices
from jobs.sum_month import MonthSum, sum_month
from policies.money.currency import in_currency
from policies.money.invoice_values import Invoice, InvoiceKind
from policies.money.usage import UsageError
from policies.records import Tenant
from storage.transaction import SqlStorage

invoices = typer.Typer(help="Invoices: drawn up, shown, proved.", no_args_is_help=True)
app.add_typer(invoices, name="invoices")

PERIOD = typer.Option(help="A month, like 2026-10.")
LOOKBACK = typer.Option(min=1, max=8784, help="What was done in so many hours.")
BACKFILL = typer.Option("--backfill", help="What was done in --days-back days.")
DAYS_BACK = typer.Option(min=1, max=366, help="With --backfill.")
_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which stretch of time a command is for; exactly one of the three ways to say it."""

    period: str | None
    lookback_hours: int | None
    backfill: bool
    days_back: int | None

    def __post_init__(self) -> None:
        """Refuses none, or several."""
        ways = (self.period is not None, self.lookback_hours is not None, self.backfill)
        if sum(ways) != 1:
            message = "say one of --period 2026-10, --lookback-hours 168, --backfill --days-back 30"
            raise typer.BadParameter(message)
        if self.days_back is not None and not self.backfill:
            message = "--days-back goes with --backfill"
            raise typer.BadParameter(message)

    def window(self, tenant: Tenant, now: datetime) -> Window:
        """The same as times."""
        if self.period is not None:
            try:
                return month_window(self.period, tenant)
            except UsageError as error:
                raise typer.BadParameter(str(error)) from error
        hours = self.lookback_hours or (self.days_back or _DAYS) * 24
        return Window(since=now - timedelta(hours=hours), until=now)


@invoices.command("run")
def run(
    *,
    tenant: Annotated[str, typer.Option(help="Whose.")],
    period: Annotated[str | None, PERIOD] = None,
    lookback_hours: Annotated[int | None, LOOKBACK] = None,
    backfill: Annotated[bool, BACKFILL] = False,
    days_back: Annotated[int | None, DAYS_BACK] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only says what would be.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Draws up what is due; run again it adds nothing."""
    asked = Asked(
        period=period, lookback_hours=lookback_hours, backfill=backfill, days_back=days_back
    )

    async def work(storage: SqlStorage, settings: Settings) -> RunReport:
        now = wall_now()
        async with storage.read() as tx:
            owner = await tenant_called(tx, tenant)
        return await run_invoices(
            owner,
            asked.window(owner, now),
            storage=storage,
            tariffs=load_tariffs(settings.policies_dir),
            now=now,
            dry_run=dry_run,
        )

    report = with_storage(work)
    if as_json:
        tell_json(_as_json(report, tenant))
        return
    for line in _in_words(report):
        tell(line)


@invoices.command("show")
def show(
    number: Annotated[str, typer.Argument(help="Like INV-000012.")],
    tenant: Annotated[str, typer.Option(help="Whose.")],
    pdf: Annotated[Path | None, typer.Option(help="Writes it there as PDF.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Writes it there as CSV.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Shows an invoice, or writes it as a file."""

    async def work(
        storage: SqlStorage, _settings: Settings
    ) -> tuple[Invoice, Tenant, MonthSum | None]:
        async with storage.read() as tx:
            owner = await tenant_called(tx, tenant)
            wanted = number.removeprefix("INV-")
            found = await tx.invoices.get(owner.id, int(wanted)) if wanted.isdecimal() else None
            if found is None:
                message = f"{tenant} has no invoice {number}; see e2a export invoices"
                raise CommandError(message)
            closing = found.kind is InvoiceKind.MONTH and pdf is not None
            whole = await sum_month(tx, owner.id, found.period) if closing else None
            return found, owner, whole

    invoice, owner, whole = with_storage(work)
    if pdf is not None:
        from bot.invoice_pdf import invoice_pdf  # noqa: PLC0415 - slow to load, and rarely wanted

        pdf.write_bytes(invoice_pdf(invoice, owner, whole))
        say(f"Wrote {pdf}.")
    if csv is not None:
        from handlers.blocks.invoice_sheet import (  # noqa: PLC0415 - as above
            invoice_sheet,
        )

        csv.write_bytes(invoice_sheet(invoice, owner).content)
        say(f"Wrote {csv}.")
    if as_json:
        tell(invoice_shape(invoice, tenant=owner.name).model_dump_json())
    elif pdf is None and csv is None:
        for line in _table(invoice):
            tell(line)


@invoices.command("books")
def books(
    tenant: Annotated[str, typer.Option(help="Whose.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """What each account of the books holds; exit 1 where they do not balance."""

    async def work(storage: SqlStorage, _settings: Settings) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        async with storage.read() as tx:
            owner = await tenant_called(tx, tenant)
            for (currency, account), cents in (await tx.journal.balances(owner.id)).items():
                found.setdefault(currency, {})[account] = cents
        return found

    balances = with_storage(work)
    off = {currency: sum(held.values()) for currency, held in balances.items()}
    if as_json:
        tell_json({"tenant": tenant, "balances": balances, "difference_cents": sum(off.values())})
    else:
        for currency, held in balances.items():
            for account, cents in held.items():
                tell(f"{account:<12} {in_currency(cents, currency):>20}")
    if any(off.values()):
        message = f"the books of {tenant} do not balance: {off}"
        raise CommandError(message)


def _as_json(report: RunReport, tenant: str) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "dry_run": report.dry_run,
        "invoices": [
            invoice_shape(one, tenant=tenant).model_dump(mode="json") for one in report.invoices
        ],
        "adjustments": [
            adjustment_shape(one, tenant=tenant).model_dump(mode="json") for one in report.notes
        ],
        "invoiced_before": report.known,
        "not_done_yet": report.waiting,
        "not_billed": [
            {"subject": one.subject, "because": one.why.splitlines()} for one in report.unbillable
        ],
    }


def _in_words(report: RunReport) -> Iterator[str]:
    would = "would be issued" if report.dry_run else "issued"
    for one in report.invoices:
        name = f"{one.number:<12}" if one.number else ""
        yield f"{name}{one.kind.value:<6} {one.subject:<24} {_money(one):>18}"
    for note in report.notes:
        amount = in_currency(note.amount_cents, note.currency)
        name = note.number or note.status.value
        yield f"{name:<12}{note.kind.value:<6} {note.invoice_number:<24} {amount:>18}  {note.cause}"
    for two in report.unbillable:
        for why in two.why.splitlines():
            yield f"not billed: {two.subject}: {why}"
    yield (
        f"{len(report.invoices)} invoices and {len(report.notes)} notes {would}; "
        f"{report.known} orders were invoiced before, {report.waiting} are not done yet."
    )


def _money(one: Invoice) -> str:
    return in_currency(one.total_cents, one.currency)


def _table(invoice: Invoice) -> Iterator[str]:
    what = invoice.order_id or invoice.period
    yield f"{invoice.number}  {what}  {invoice.issued_at:%Y-%m-%d}"
    for line in invoice.lines:
        what = f"{line.number:>4}  {line.order_id:<20} {line.code:<24} {line.quantity:>6}"
        yield f"{what} {in_currency(line.amount_cents, line.currency):>16}"
    yield f"{'total':<58} {_money(invoice):>16}"

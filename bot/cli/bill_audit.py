"""`e2a invoices audit`: proves a file that somebody else bills, line by line.

Must not judge: the job does, as it does for a file in Slack.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from bot.carrier_files import load_contracts
from bot.cli.app import CommandError
from bot.cli.invoices import invoices
from bot.cli.output import say, tell, tell_json
from bot.cli.store import tenant_called, with_storage
from bot.clock import wall_now
from bot.settings import Settings
from bot.sheets import read_bill_file
from handlers.blocks.bill_sheet import bill_sheet
from handlers.blocks.bill_words import COLUMNS, VERDICTS, amount, amounts, cause_words
from handlers.blocks.text import counted
from jobs.audit_bill import Asked, Auditing, Bill, take_in
from jobs.keep_bill import Audited
from policies.money.audit.kept import columns_in, kept_totals, totals_in
from policies.money.audit.record import BillLine
from policies.money.audit.table import BillFileError
from storage.transaction import SqlStorage

_ACTOR = "cli"


@invoices.command("audit")
def audit(
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX file that somebody else bills.")],
    *,
    tenant: Annotated[str, typer.Option(help="Whose parcels it bills.")],
    carrier: Annotated[str, typer.Option(help="Whose bill it is, as its contract says.")] = "",
    column: Annotated[
        list[str] | None, typer.Option(help="NAME=HEADING, like amount='Net Charge'; repeatable.")
    ] = None,
    decimal: Annotated[
        Literal[".", ","] | None, typer.Option(help="What stands before decimals, if unclear.")
    ] = None,
    days: Annotated[
        Literal["day", "month"] | None, typer.Option(help="What comes first in 03/04, if unclear.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Writes the verdict of every line there.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Matches every line against events and the carrier's contract: what is owed, and why not."""
    if not file.is_file():
        message = f"there is no file {file}; name a CSV or XLSX file"
        raise CommandError(message)
    bill = Bill(
        content=file.read_bytes(),
        name=file.name,
        actor=_ACTOR,
        carrier=carrier.lower(),
        named=_named(column or []),
        confirmed=True,
        decimal=decimal,
        day_first=None if days is None else days == "day",
    )

    async def work(storage: SqlStorage, settings: Settings) -> Asked | Audited:
        async with storage.read() as tx:
            owner = await tenant_called(tx, tenant)
        auditing = Auditing(
            storage=storage,
            read=read_bill_file,
            contracts_of=load_contracts(settings.policies_dir),
            business_now=wall_now,
        )
        return await take_in(bill, owner, auditing)

    try:
        done = with_storage(work)
    except BillFileError as error:
        message = f"{file}: {error}"
        raise CommandError(message) from error
    if isinstance(done, Asked):
        raise CommandError(_open(done, file))
    if out is not None:
        sheet = bill_sheet(done.audit, done.lines, title="", now=wall_now())
        out.write_bytes(sheet.content)
        say(f"Wrote {out}.")
    if as_json:
        tell_json(_as_json(done, tenant))
        return
    for line in _in_words(done):
        tell(line)


def _named(given: list[str]) -> dict[str, str]:
    """Columns by name; raises BadParameter where one has no heading."""
    named = dict(one.split("=", 1) for one in given if "=" in one)
    if len(named) != len(given):
        message = "write --column NAME=HEADING, like --column amount='Net Charge'"
        raise typer.BadParameter(message)
    return named


def _open(asked: Asked, file: Path) -> str:
    """What has to be said first, and with which option."""
    titles = ", ".join(title for title in asked.titles if title) or "no headings"
    carriers = f" --carrier is one of {', '.join(asked.carriers)}." if asked.carriers else ""
    return (
        f"{file}: it is open {'; '.join(asked.open)}. Name columns with --column NAME=HEADING "
        f"(amount, tracking, ...; the file has {titles}), say --decimal or --days, or correct "
        f"it.{carriers}"
    )


def _as_json(done: Audited, tenant: str) -> dict[str, Any]:
    audit = done.audit
    return {
        "id": audit.id,
        "tenant": tenant,
        "file": audit.name,
        "carrier": audit.carrier,
        "again": done.again,
        "columns": audit.columns["places"],
        **kept_totals(totals_in(audit.totals)),
        "judged_lines": [_line(one) for one in done.lines],
    }


def _line(line: BillLine) -> dict[str, Any]:
    return {"row": line.row, "verdict": line.verdict, "cause": line.cause, **line.told}


def _in_words(done: Audited) -> Iterator[str]:
    audit = done.audit
    totals = totals_in(audit.totals)
    columns = columns_in(audit.columns)
    taken = ", ".join(f"{COLUMNS[one]} {place + 1}" for one, place in columns.places.items())
    many = counted(totals.lines, "line")
    yield f"bill {audit.id}: {audit.name}, {many}, {amounts(totals.billed)} billed"
    yield f"columns: {taken}"
    for verdict, lines in totals.verdicts:
        yield f"{lines:>8} {VERDICTS[verdict]}"
    for one in totals.causes:
        until = f", claim by {one.claim_by}" if one.claim_by else ""
        told = amount(one.cents, one.currency)
        many = counted(one.lines, "line")
        yield f"{told:>20}  {cause_words(one.verdict, one.cause)}, {many}{until}"
    yield f"{amounts(totals.disputed):>20}  in dispute"
    for note in totals.notes:
        yield f"note: {note}"
    if done.again:
        yield "This file was audited before: the same result."

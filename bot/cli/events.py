"""`e2a generate`, `e2a export`: events and records in bulk. Must not serve."""

import asyncio
import sys
from datetime import datetime
from typing import Annotated

import typer

from bot.cli.app import CommandError, app
from bot.cli.export_books import BOOKS, export_books
from bot.cli.output import tell, tell_json
from bot.cli.store import tenant_called, with_storage
from bot.clock import wall_now
from bot.settings import Settings
from demo.warehouse.generate import generate_lines, generate_orders
from demo.warehouse.shifts import send_events
from handlers.api.shapes import exception_shape
from jobs.show_storm import thread_of
from storage.export import EXPORTS, export_exceptions, export_rows
from storage.transaction import SqlStorage

_ALL = (*EXPORTS, *BOOKS)
_DEFAULT_START = "2026-01-05T08:00:00Z"


@app.command()
def generate(
    orders: Annotated[int, typer.Option(min=1, help="How many orders.")] = 100,
    seed: int = 7,
    problem_rate: Annotated[float, typer.Option(min=0, max=1)] = 0.13,
    start: Annotated[str, typer.Option(help="When the first order comes.")] = _DEFAULT_START,
    to: Annotated[str | None, typer.Option(help="Send to this URL instead of printing.")] = None,
    key: Annotated[str | None, typer.Option(help="API key with scope ingest, for --to.")] = None,
    seconds: Annotated[float | None, typer.Option("--for", help="Stop sending after.")] = None,
    delay: Annotated[float, typer.Option(help="Seconds between batches of orders.")] = 2,
) -> None:
    """Prints the simulated warehouse's events as JSON lines: same seed, same bytes."""
    began = _start(start)
    if to is None:
        for line in generate_lines(orders, seed=seed, problem_rate=problem_rate, start=began):
            tell(line)
        return
    if key is None or seconds is None:
        message = "--to needs --key and --for as well"
        raise typer.BadParameter(message)
    emissions = generate_orders(seed=seed, orders=orders, start=began, problem_rate=problem_rate)
    tally = asyncio.run(send_events(emissions, url=to, key=key, wall_seconds=seconds, delay=delay))
    tell(tally.to_json())
    if not tally.accepted + tally.duplicates:
        message = f"{to} took none of the events; is it up, and may the key ingest?"
        raise CommandError(message)


def _start(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"--start {text} is no time; write it as {_DEFAULT_START}"
        raise typer.BadParameter(message) from error
    if moment.tzinfo is None:
        message = f"--start {text} has no offset; add Z or +01:00"
        raise typer.BadParameter(message)
    return moment


@app.command()
def export(
    what: Annotated[str, typer.Argument(help=f"One of {', '.join(_ALL)}.")],
    tenant: Annotated[str | None, typer.Option(help="Only this tenant's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines (always so).")] = True,  # noqa: ARG001
) -> None:
    """Prints what is stored as JSON lines."""
    if what not in _ALL:
        message = f"{what} cannot be exported; choose from {', '.join(_ALL)}"
        raise typer.BadParameter(message)

    async def work(storage: SqlStorage, _settings: Settings) -> None:
        async with storage.read() as tx:
            names = {owner.id: owner.name for owner in await tx.tenants.all()}
            wanted = [(await tenant_called(tx, tenant)).id] if tenant else None
        if what in BOOKS:
            async for shape in export_books(storage, what, wanted):
                tell(shape.model_dump_json())
            return
        if what != "exceptions":
            async for row in export_rows(storage.engines, what, wanted):
                tell_json(row)
            return
        async for record in export_exceptions(storage.engines, wanted):
            async with storage.read() as tx:
                thread = await thread_of(tx, record.id)
            drawn = exception_shape(
                record,
                tenant=names[record.tenant_id],
                thread=thread,
                now=wall_now(),
            )
            tell(drawn.model_dump_json())

    with_storage(work)
    sys.stdout.flush()

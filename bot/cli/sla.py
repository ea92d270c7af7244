"""`e2a sla`: promises, offline and pure. Must not open a database."""

import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.app import CommandError, app
from bot.cli.output import tell, tell_json
from bot.policy_files import load_sla_book, read_policy_file
from handlers.ingest.canonical import AHEAD, Arrival, InvalidEventError, read_event
from policies.clock import Clock
from policies.durations import duration
from policies.facts import OrderEvent, timeline_of
from policies.sla import evaluate
from policies.sla_line import sla_line

sla = typer.Typer(help="Promises: what they say of given events.", no_args_is_help=True)
app.add_typer(sla, name="sla")


@sla.command("evaluate")
def evaluate_file(
    events: Annotated[Path, typer.Option(help="Canonical events, one JSON object a line.")],
    now: Annotated[str, typer.Option(help="As of when, RFC 3339 with offset.")],
    policy: Annotated[Path | None, typer.Option(help="A policy; else the packaged one.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per clock.")] = False,
) -> None:
    """Runs every promise over the events of a file, as of a moment."""
    moment = _moment(now)
    book = read_policy_file(policy) if policy else load_sla_book(None)
    orders = _orders_in(events)
    for order_id in sorted(orders):
        clocks = evaluate(timeline_of(order_id, orders[order_id]), book.rules, moment)
        for clock in sorted(clocks, key=lambda clock: (clock.rule.sla_id, clock.instance)):
            if as_json:
                tell_json(sla_line(clock))
            else:
                tell(_words(clock))


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"--now {text} is no time; write it as 2026-03-02T10:00:00Z"
        raise typer.BadParameter(message) from error
    if moment.tzinfo is None:
        message = f"--now {text} has no offset; add Z or +01:00"
        raise typer.BadParameter(message)
    return moment


def _orders_in(path: Path) -> dict[str, list[OrderEvent]]:
    """Events by order.

    Raises:
        CommandError: naming file, line and field of the first line that is no event.
    """
    orders: defaultdict[str, list[OrderEvent]] = defaultdict(list)
    far = datetime.max.replace(tzinfo=UTC) - AHEAD
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                read = read_event(json.loads(line), Arrival(tenant_id=0, now=far))
            except (InvalidEventError, ValueError, RecursionError) as error:
                message = f"{path}:{number}: {error}"
                raise CommandError(message) from error
            orders[read.event.order_id].append(read.event)
    return orders


def _words(clock: Clock) -> str:
    late = f", {duration(clock.delay_minutes)} late" if clock.delay_minutes else ""
    due = f"{clock.deadline_at:%Y-%m-%d %H:%M} UTC"
    return f"{clock.order_id}  {clock.rule.sla_id:<14} {clock.state.value}{late}, due {due}"

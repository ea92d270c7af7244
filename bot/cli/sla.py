"""`e2a sla`: promises, offline and pure. Must not open a database."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.app import app
from bot.cli.event_files import read_event_file
from bot.cli.moments import moment
from bot.cli.output import say, tell, tell_json
from bot.policy_files import load_sla_book, read_policy_file
from policies.clock import Clock
from policies.durations import duration
from policies.promise import SlaRule
from policies.simulate import starters
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
    as_of = moment(now, "--now")
    book = read_policy_file(policy) if policy else load_sla_book(None)
    orders = read_event_file(events)
    around, found = orders.around(), 0
    for timeline in orders.timelines():
        clocks = evaluate(timeline, book.rules, as_of, around)
        found += len(clocks)
        for clock in sorted(clocks, key=lambda clock: (clock.rule.sla_id, clock.instance)):
            if as_json:
                tell_json(sla_line(clock))
            else:
                tell(_words(clock))
    if not (found or as_json):
        say(nothing_starts(book.rules))


def nothing_starts(rules: Iterable[SlaRule]) -> str:
    """Why no order has a clock: what the rules wait for."""
    kinds = ", ".join(starters(rules)) or "the date that an order's first event promises"
    return f"No order starts a promise; the rules start with {kinds}"


def _words(clock: Clock) -> str:
    late = f", {duration(clock.delay_minutes)} late" if clock.delay_minutes else ""
    due = f"{clock.deadline_at:%Y-%m-%d %H:%M} UTC"
    return f"{clock.order_id}  {clock.rule.sla_id:<14} {clock.state.value}{late}, due {due}"

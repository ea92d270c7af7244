"""`e2a sla whatif`: what an event would start at one moment or another, side by side.

Must not open a database.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot.cli.app import CommandError
from bot.cli.moments import local_moment, zone_called
from bot.cli.output import instant, tell, tell_json
from bot.cli.sla import sla
from bot.policy_files import load_sla_book, read_policy_file
from policies.book.read import SlaBook
from policies.clock import Clock
from policies.facts import ALIASES
from policies.simulate import Started, simulate_start, starters

_LISTS = frozenset({"tags", "flags"})


@sla.command("whatif")
def what_if(
    event: Annotated[str, typer.Option(help="The event that comes, e.g. order_paid.")],
    at: Annotated[list[str], typer.Option(help="When; give it several times to compare.")],
    policy: Annotated[Path | None, typer.Option(help="A policy; else the packaged one.")] = None,
    order: Annotated[str, typer.Option(help="Facts: client=acme,service=ground.")] = "",
    timezone: Annotated[
        str | None, typer.Option(help="Of times without offset, and shown; else the policy's.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Tells by when all is due that an event starts, for each moment at which it may come."""
    chosen = zone_called(timezone) if timezone is not None else None
    book = read_policy_file(policy) if policy else load_sla_book(None)
    zone = chosen or book.timezone
    moments = [local_moment(text, "--at", zone) for text in at]
    started = simulate_start(book.rules, event, moments, _facts(order))
    if as_json:
        tell_json({"event": event, "moments": [_line(one) for one in started]})
        return
    if not any(one.clocks for one in started):
        raise CommandError(_nothing(event, book))
    for line in _words(started, zone):
        tell(line)


def _facts(text: str) -> dict[str, Any]:
    """What the order states; tags and flags are lists with + between."""
    found: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, sign, value = part.partition("=")
        if not (key and sign):
            message = f"--order {part} says nothing; write it as client=acme,service=ground"
            raise typer.BadParameter(message)
        found[key] = value.split("+") if key in _LISTS else value
    return found


def _line(started: Started) -> dict[str, Any]:
    return {"at": instant(started.at), "clocks": [_clock(clock) for clock in started.clocks]}


def _clock(clock: Clock) -> dict[str, Any]:
    return {
        "sla_id": clock.rule.sla_id,
        "promise": clock.rule.promise,
        "started_at": instant(clock.started_at),
        "deadline": instant(clock.deadline_at),
        "target_minutes": clock.target_minutes,
        "at_risk_at": instant(clock.at_risk_at),
        "calendar": clock.calendar.name,
    }


def _nothing(event: str, book: SlaBook) -> str:
    kinds = starters(book.rules)
    if ALIASES.get(event, event) in kinds:
        return f"{event} starts nothing for such an order; give its facts with --order"
    return f"no promise of {book.file} starts with {event}; they start with {', '.join(kinds)}"


def _words(started: Sequence[Started], zone: str) -> Iterator[str]:
    width = max(len(clock.rule.sla_id) for one in started for clock in one.clocks)
    for one in started:
        yield f"{_shown(one.at, zone)}:"
        for clock in one.clocks:
            yield f"  {clock.rule.sla_id:<{width}}  due {_shown(clock.deadline_at, zone)}"
        if not one.clocks:
            yield "  nothing"


def _shown(moment: datetime, zone: str) -> str:
    """The weekday, because that is what a business calendar is about."""
    local = moment.astimezone(ZoneInfo(zone))
    seconds = f":{local:%S}" if local.second else ""
    return f"{local:%a %Y-%m-%d %H:%M}{seconds} {zone}"

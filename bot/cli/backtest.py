"""`e2a sla backtest`: what a change of promises would have done. Must not change anything."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from bot.cli.backtest_words import report_words
from bot.cli.event_files import EventFile, Told, read_event_file
from bot.cli.moments import day_or_moment, moment
from bot.cli.output import say, tell, tell_json
from bot.cli.progress import progress
from bot.cli.sla import nothing_starts, sla
from bot.cli.store import tenant_called, with_storage
from bot.clock import wall_now
from bot.policy_files import (
    load_sla_book,
    load_tariff,
    policy_texts,
    read_policy_file,
    read_tariff_file,
)
from bot.settings import Settings, load_settings
from jobs.adopt_policies import policies_at_hand
from jobs.backtest_policy import Policy, backtest_orders, in_force
from policies.backtest import Backtest
from policies.backtesting.line import report_line
from policies.backtesting.report import Report
from policies.backtesting.trial import Span, Targets, Trial
from policies.book.read import SlaBook
from policies.facts import Timeline
from policies.money.tariff import Tariff
from policies.records import Tenant
from storage.transaction import SqlStorage

_STEP = 500


class _Asked(NamedTuple):
    """What was asked for, as it was written."""

    policy: SlaBook
    against: Path | None
    since: str | None
    until: str | None
    now: str | None
    tariff: Path | None


@sla.command("backtest")
def backtest_promises(  # noqa: PLR0913 - a command's options
    *,
    policy: Annotated[Path, typer.Option(help="The policy to be tried.")],
    against: Annotated[Path | None, typer.Option(help="Else the one in force.")] = None,
    events: Annotated[Path | None, typer.Option(help="Canonical events, JSON lines.")] = None,
    tenant: Annotated[str | None, typer.Option(help="Its stored orders, with --since.")] = None,
    since: Annotated[str | None, typer.Option(help="Promises begun from then on.")] = None,
    until: Annotated[str | None, typer.Option(help="Promises begun before.")] = None,
    now: Annotated[str | None, typer.Option(help="As of when; else the end of the data.")] = None,
    tariff: Annotated[Path | None, typer.Option(help="Prices; else the one in force.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Judges past orders by a new policy and by the old one, and tells the difference."""
    if (events is None) == (tenant is None):
        message = "name either --events or --tenant"
        raise typer.BadParameter(message)
    if tenant is not None and since is None:
        message = "--tenant needs --since: from when on its orders are to be judged"
        raise typer.BadParameter(message)
    asked = _Asked(read_policy_file(policy), against, since, until, now, tariff)
    if events is not None:
        report = _of_file(events, asked, load_settings())
    else:
        report = with_storage(lambda storage, settings: _stored(storage, settings, tenant, asked))
    if as_json:
        tell_json(report_line(report))
        return
    for line in report_words(report):
        tell(line)
    if not any(rule.new.clocks for rule in report.rules if rule.new):
        say(nothing_starts(asked.policy.rules))


def _of_file(path: Path, asked: _Asked, settings: Settings) -> Report:
    """Over the events of a file, as of its last one, by the days of the new policy's zone."""
    book = (
        read_policy_file(asked.against) if asked.against else load_sla_book(settings.policies_dir)
    )
    zone = asked.policy.timezone
    trial = _trial(asked, settings, (book.rules, book.targets), zone)
    with progress("reading", path.stat().st_size) as told:
        orders = read_event_file(path, told)
    if asked.now is None and orders.latest is not None:
        trial = replace(trial, now=orders.latest)
    run, around = Backtest(trial), orders.around()
    with progress("judging", len(orders)) as told:
        for timeline in _told(orders, told):
            run.add(timeline, around)
    return run.report()


def _told(orders: EventFile, told: Told) -> Iterator[Timeline]:
    for number, timeline in enumerate(orders.timelines(), start=1):
        yield timeline
        if number % _STEP == 0:
            told(_STEP)


async def _stored(
    storage: SqlStorage, settings: Settings, name: str | None, asked: _Asked
) -> Report:
    """Over a tenant's stored orders, as of now."""
    async with storage.read() as tx:
        tenant = await tenant_called(tx, name or "")
    old = await _against(asked, tenant, storage, settings)
    trial = _trial(asked, settings, old, tenant.timezone)
    with progress("judging") as told:
        return await backtest_orders(trial, tenant, storage=storage, told=told)


async def _against(
    asked: _Asked, tenant: Tenant, storage: SqlStorage, settings: Settings
) -> Policy:
    """The policy that was named, else what governs the tenant's orders; none is adopted by it."""
    if asked.against:
        book = read_policy_file(asked.against)
        return book.rules, book.targets
    now = wall_now()
    texts = policy_texts(settings.policies_dir)
    at_hand = await policies_at_hand(texts, storage=storage, now=now)
    return in_force(at_hand.promises, tenant, now)


def _trial(asked: _Asked, settings: Settings, old: Policy, zone: str) -> Trial:
    since = day_or_moment(asked.since, "--since", zone) if asked.since else None
    until = day_or_moment(asked.until, "--until", zone) if asked.until else None
    if since and until and until <= since:
        message = f"--until {asked.until} is not after --since {asked.since}"
        raise typer.BadParameter(message)
    rules, targets = old
    return Trial(
        new=asked.policy.rules,
        old=rules,
        now=moment(asked.now, "--now") if asked.now else wall_now(),
        pricing=_tariff(asked, settings),
        span=Span(since, until, zone),
        targets=Targets(asked.policy.targets, targets),
    )


def _tariff(asked: _Asked, settings: Settings) -> Tariff:
    return read_tariff_file(asked.tariff) if asked.tariff else load_tariff(settings.policies_dir)

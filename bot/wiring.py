"""Plugs the house together: with bot/parts.py the only place that names concrete classes.

Must not run anything: bot/process.py starts and stops what is built here.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.billing import billing
from bot.carrier_files import load_contracts
from bot.checking import checking_of
from bot.clock import AgreedClock, Now
from bot.directory import SlackDirectory
from bot.downloads import SlackDownloads
from bot.enriching import answers_noted, enriching_of, enrichment
from bot.errands import deliverer, evaluation, giving_way, scheduled, sweeper
from bot.explaining import explainer
from bot.homes import home_keeper, one_workspace, several_workspaces
from bot.improving import improver_of
from bot.intake import open_retelling
from bot.keeping import Keeper
from bot.models import Models, open_models
from bot.oauth import ManyWorkspaces
from bot.parts import Parts, open_parts, slack_client
from bot.policy_files import load_reactions, load_resolution, load_tariff, load_tariffs
from bot.rates import OwnLimits, OwnPace, SharedLimits, SharedPace
from bot.reading import FileReader
from bot.refuge import relocating
from bot.resolving import open_resolving, resolution
from bot.scheduler import Job, Scheduler
from bot.seams import NamedEventLog, StoredAuthority, StoredKeys, StoredPersonal
from bot.searching import Searching
from bot.sender import Sender
from bot.settings import Settings
from bot.sheets import read_bill_file
from bot.slack import SlackMessenger
from bot.telemetry import Metrics
from bot.timekeeper import Timekeeper
from bot.watching import MetricsObserver, readiness, statistics, watcher
from bot.workers import Evaluator, Worker
from handlers.blocks import renderer
from handlers.services import Limits, Services
from jobs.apply_retention import Retaining
from jobs.deliver_alert import Delivery
from jobs.enriching import Enriching
from jobs.escalate import Escalating
from jobs.schedule import SCHEDULE
from jobs.spare_people import sparing
from jobs.watching import Watching
from storage.keeper import SqlKeeper
from storage.transaction import SqlStorage
from storage.writer import GroupCommitWriter

SETTLE = timedelta(milliseconds=250)
"""How long an order rests after an event, so that a burst in the wrong order is judged once."""
_PATIENCE_SECONDS = 5.0
"""How long an event waits for a database that is busy or away before its sender hears 503."""
_WATCH_SECONDS = 5.0
_INDEX_SECONDS = 2.0


@dataclass(kw_only=True)
class Bot:
    """The parts of a running bot, plugged together and not yet started."""

    settings: Settings
    storage: SqlStorage
    writer: GroupCommitWriter
    services: Services
    metrics: Metrics
    client: AsyncWebClient
    """Answers people: waits where Slack says so. The outbox has a client that never waits."""
    many: ManyWorkspaces | None
    """Several workspaces, where OAuth is set up."""
    session: aiohttp.ClientSession
    sender: Sender
    scheduler: Scheduler
    workers: list[Worker]
    models: Models
    keeper: Keeper
    """Has the index, and keeps it current."""


async def wire(settings: Settings, *, business_now: Now | None = None) -> Bot:
    """Builds a bot on the running event loop; business time is wall time unless given."""
    clock = AgreedClock()
    parts = await open_parts(settings, clock, business_now or clock.now)
    models = open_models(parts)
    parts.asking = models.asking
    workers = parts.workers
    writer = GroupCommitWriter(
        parts.stored.engines,
        settle=SETTLE,
        patience=_PATIENCE_SECONDS,
        max_pending=settings.ingest_max_pending,
        on_commit=lambda: workers["evaluate"].wake(SETTLE.total_seconds() + 0.01),
        wall_now=clock.now,
    )
    keys = StoredKeys(parts.stored, asyncio.get_running_loop().time, clock.now)
    sender = _sender(parts)
    retaining = Retaining(keeper=SqlKeeper(parts.stored.engines), keeping=parts.keeping)
    jobs = scheduled(
        _watching(parts),
        parts.business_now,
        parts.metrics,
        parts.names,
        retaining,
        clock.now,
        SlackDirectory(parts.answering, asyncio.get_running_loop().time),
    )
    jobs |= _resolution(parts)
    enriching = enriching_of(parts)
    jobs |= billing(settings, parts.storage, parts.metrics, parts.business_now, clock.now)
    jobs |= checking_of(parts)
    jobs |= enrichment(enriching, parts.metrics, parts.business_now, clock.now)
    scheduler = Scheduler(SCHEDULE, jobs, parts.stored, clock.now, parts.metrics)
    _add_workers(parts, writer, sender, enriching)
    workers["keys"] = Worker("keys", keys.note_uses, idle_seconds=_WATCH_SECONDS, wakes=False)
    services = replace(
        _services(parts, writer, keys), asking=models.asking, circuits=models.circuits
    )
    workers["homes"] = _home_worker(parts, services)
    keeper = Timekeeper(parts.stored, clock, scheduler.realign)
    step = parts.keeper.step
    workers["index"] = Worker("index", step, idle_seconds=_INDEX_SECONDS, wakes=False)
    workers["clock"] = Worker("clock", keeper.step, wakes=False)
    return Bot(
        settings=settings,
        storage=parts.stored,
        writer=writer,
        services=services,
        metrics=parts.metrics,
        client=parts.answering,
        many=parts.many,
        session=parts.session,
        sender=sender,
        scheduler=scheduler,
        workers=list(workers.values()),
        models=models,
        keeper=parts.keeper,
    )


def _services(parts: Parts, writer: GroupCommitWriter, keys: StoredKeys) -> Services:
    """What handlers may knock at."""
    settings, clock = parts.settings, asyncio.get_running_loop().time
    observer = MetricsObserver(parts.metrics, parts.names)
    return Services(
        storage=parts.storage,
        event_log=NamedEventLog(writer),
        keys=keys,
        directory=SlackDirectory(parts.answering, clock),
        promises=parts.promises,
        policy_texts=parts.policy_text,
        reactions=load_reactions(settings.policies_dir),
        shifts=parts.telling.calling.shifts,
        occasions=parts.telling.occasions,
        tariff=load_tariff(settings.policies_dir),
        tariffs=load_tariffs(settings.policies_dir),
        bill_reader=read_bill_file,
        contracts_of=load_contracts(settings.policies_dir),
        resolution=load_resolution(settings.policies_dir),
        business_now=parts.business_now,
        wall_now=parts.wall_now,
        default_channel=settings.slack_default_channel,
        notifications=settings.slack_notifications_enabled,
        grouping=parts.telling.grouping,
        limits=_limits(parts),
        authority=StoredAuthority(parts.stored, clock),
        personal=StoredPersonal(parts.stored),
        observe=observer,
        observe_slack=observer,
        ready=readiness(parts.stored, parts.workers.values(), parts.wall_now, parts.keeper.health),
        search=Searching(parts.keeper, clock, parts.metrics),
        downloads=SlackDownloads(parts.session, settings.slack_api_url),
        reader=FileReader(),
        stats=statistics(parts.stored),
        registry=parts.metrics.registry,
        retell=open_retelling(settings, parts.stored),
        installer=parts.many.installer if parts.many else None,
    )


def _resolution(parts: Parts) -> dict[str, Job]:
    """What is done by itself, as policies allow; without one it touches nothing."""

    def count(result: str) -> None:
        parts.metrics.attempts.labels(result).inc()

    resolving = open_resolving(parts.settings, parts.storage, parts.promises, count)
    return resolution(resolving, parts.business_now, parts.wall_now)


def _home_worker(parts: Parts, services: Services) -> Worker:
    """Draws open Homes anew with a client that never waits: whoever is refused has a next turn."""
    client = slack_client(parts.settings, parts.session)
    many = parts.many
    visit = (
        several_workspaces(services, client, many.workspaces)
        if many
        else one_workspace(services, client)
    )
    step = home_keeper(services, visit)
    return Worker("homes", step, idle_seconds=_WATCH_SECONDS, wakes=False)


def _sender(parts: Parts) -> Sender:
    """Sends the outbox through a client that never waits by itself."""
    alone = parts.stored.engines.on_sqlite
    clock = asyncio.get_running_loop().time
    pace = OwnPace(clock) if alone else SharedPace(parts.stored, parts.wall_now)
    posting = slack_client(parts.settings, parts.session)
    delivery = Delivery(
        improves=parts.asking is not None,
        storage=parts.storage,
        promises=parts.promises,
        renderer=renderer,
        messenger=SlackMessenger(posting, parts.metrics, pace),
        cards=parts.telling.cards,
        quiet=parts.telling.quiet,
        default_channel=parts.telling.default_channel,
        occasions=parts.telling.occasions,
        explain=explainer(parts.storage, parts.promises, parts.telling.steps),
    )
    speaking = parts.many.messenger_of(posting, parts.metrics, pace) if parts.many else None
    there = deliverer(delivery, parts.business_now, speaking)
    deliver = relocating(there, parts.storage, parts.telling, (parts.business_now, parts.wall_now))
    return Sender(parts.stored, deliver, parts.wall_now, parts.metrics.outbox_ambiguous.inc)


def _limits(parts: Parts) -> Limits:
    """Replicas share a key's rate, which only a common database can count."""
    rate = parts.settings.ingest_rate_per_key
    return OwnLimits(rate) if parts.stored.engines.on_sqlite else SharedLimits(rate, parts.stored)


def _watching(parts: Parts) -> Watching:
    """Listening begins with this process."""
    return Watching(
        storage=parts.storage,
        promises=parts.promises,
        telling=parts.telling,
        listening_since=parts.business_now(),
    )


def _evaluator(parts: Parts) -> Evaluator:
    evaluate = evaluation(
        parts.storage,
        parts.promises,
        parts.telling,
        parts.metrics,
        parts.names,
        parts.business_now,
        parts.wall_now,
        parts.keeping,
    )
    return Evaluator(parts.stored, evaluate, parts.wall_now)


def _escalating(parts: Parts) -> Escalating:
    """Who is in a user group is asked of the first workspace."""
    directory = SlackDirectory(parts.answering, asyncio.get_running_loop().time)
    return Escalating(
        storage=parts.storage,
        promises=parts.promises,
        telling=parts.telling,
        members_of=directory.members_of,
        hold=sparing(parts.storage),
    )


def _add_workers(
    parts: Parts, writer: GroupCommitWriter, sender: Sender, enriching: Enriching
) -> None:
    """Evaluator and sender are woken; sweep and watch go by their own time."""
    seconds = parts.settings.sweep_interval_seconds
    clocks = parts.business_now, parts.wall_now
    sweep = sweeper(parts.storage, seconds, parts.metrics, *clocks, _escalating(parts))
    watch = watcher(parts.stored, parts.metrics, parts.names, parts.wall_now)
    step = giving_way(_evaluator(parts).step, lambda: writer.written)
    parts.workers["evaluate"] = Worker("evaluate", step)
    parts.workers["send"] = Worker("send", sender.step)
    parts.workers["sweep"] = Worker("sweep", sweep, idle_seconds=seconds, wakes=False)
    parts.workers["watch"] = Worker("watch", watch, idle_seconds=_WATCH_SECONDS, wakes=False)
    if parts.asking:
        improver = improver_of(parts, parts.asking, answers_noted(enriching, parts.wall_now))
        parts.workers["improve"] = Worker("improve", improver.step, wakes=False)
    if parts.many:
        step = parts.many.tokens.replace_due
        parts.workers["tokens"] = Worker("tokens", step, idle_seconds=60.0, wakes=False)
    sender.wake = parts.workers["send"].wake

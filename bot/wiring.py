"""Plugs the house together: with bot/parts.py the only place that names concrete classes.

Must not run anything: bot/process.py starts and stops what is built here.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import AgreedClock, Now
from bot.directory import SlackDirectory
from bot.errands import deliverer, evaluation, giving_way, scheduled, sweeper
from bot.intake import open_retelling
from bot.oauth import ManyWorkspaces
from bot.parts import Parts, open_parts, slack_client
from bot.policy_files import load_reactions, load_tariff
from bot.rates import OwnLimits, OwnPace, SharedLimits, SharedPace
from bot.scheduler import Scheduler
from bot.seams import NamedEventLog, StoredAuthority, StoredKeys
from bot.sender import Sender
from bot.settings import Settings
from bot.slack import SlackMessenger
from bot.telemetry import Metrics
from bot.timekeeper import Timekeeper
from bot.watching import MetricsObserver, readiness, statistics, watcher
from bot.workers import Evaluator, Worker
from handlers.blocks import renderer
from handlers.services import Limits, Services
from jobs.apply_retention import Retaining
from jobs.deliver_alert import Delivery
from jobs.schedule import SCHEDULE
from jobs.watching import Watching
from storage.keeper import SqlKeeper
from storage.transaction import SqlStorage
from storage.writer import GroupCommitWriter

SETTLE = timedelta(milliseconds=250)
"""How long an order rests after an event, so that a burst in the wrong order is judged once."""
_PATIENCE_SECONDS = 5.0
"""How long an event waits for a database that is busy or away before its sender hears 503."""
_WATCH_SECONDS = 5.0


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


async def wire(settings: Settings, *, business_now: Now | None = None) -> Bot:
    """Builds a bot on the running event loop; business time is wall time unless given."""
    clock = AgreedClock()
    parts = await open_parts(settings, clock, business_now or clock.now)
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
        _watching(parts), parts.business_now, parts.metrics, parts.names, retaining, clock.now
    )
    scheduler = Scheduler(SCHEDULE, jobs, parts.stored, clock.now, parts.metrics)
    _add_workers(parts, writer, sender)
    workers["keys"] = Worker("keys", keys.note_uses, idle_seconds=_WATCH_SECONDS, wakes=False)
    keeper = Timekeeper(parts.stored, clock, scheduler.realign)
    workers["clock"] = Worker("clock", keeper.step, wakes=False)
    return Bot(
        settings=settings,
        storage=parts.stored,
        writer=writer,
        services=_services(parts, writer, keys),
        metrics=parts.metrics,
        client=parts.answering,
        many=parts.many,
        session=parts.session,
        sender=sender,
        scheduler=scheduler,
        workers=list(workers.values()),
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
        tariff=load_tariff(settings.policies_dir),
        business_now=parts.business_now,
        wall_now=parts.wall_now,
        default_channel=settings.slack_default_channel,
        notifications=settings.slack_notifications_enabled,
        limits=_limits(parts),
        authority=StoredAuthority(parts.stored, clock),
        observe=observer,
        observe_slack=observer,
        ready=readiness(parts.stored, parts.workers.values(), parts.wall_now),
        stats=statistics(parts.stored),
        registry=parts.metrics.registry,
        retell=open_retelling(settings, parts.stored),
        installer=parts.many.installer if parts.many else None,
    )


def _sender(parts: Parts) -> Sender:
    """Sends the outbox through a client that never waits by itself."""
    alone = parts.stored.engines.on_sqlite
    clock = asyncio.get_running_loop().time
    pace = OwnPace(clock) if alone else SharedPace(parts.stored, parts.wall_now)
    posting = slack_client(parts.settings, parts.session)
    delivery = Delivery(
        storage=parts.storage,
        promises=parts.promises,
        renderer=renderer,
        messenger=SlackMessenger(posting, parts.metrics, pace),
    )
    speaking = parts.many.messenger_of(posting, parts.metrics, pace) if parts.many else None
    deliver = deliverer(delivery, parts.business_now, speaking)
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


def _add_workers(parts: Parts, writer: GroupCommitWriter, sender: Sender) -> None:
    """Evaluator and sender are woken; sweep and watch go by their own time."""
    seconds = parts.settings.sweep_interval_seconds
    sweep = sweeper(parts.storage, seconds, parts.metrics, parts.business_now, parts.wall_now)
    watch = watcher(parts.stored, parts.metrics, parts.names, parts.wall_now)
    step = giving_way(_evaluator(parts).step, lambda: writer.written)
    parts.workers["evaluate"] = Worker("evaluate", step)
    parts.workers["send"] = Worker("send", sender.step)
    parts.workers["sweep"] = Worker("sweep", sweep, idle_seconds=seconds, wakes=False)
    parts.workers["watch"] = Worker("watch", watch, idle_seconds=_WATCH_SECONDS, wakes=False)
    if parts.many:
        step = parts.many.tokens.replace_due
        parts.workers["tokens"] = Worker("tokens", step, idle_seconds=60.0, wakes=False)
    sender.wake = parts.workers["send"].wake

"""Plugs the house together: the only place that names concrete classes.

Must not run anything: bot/process.py starts and stops what is built here.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import PurePath

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import AgreedClock, Now
from bot.directory import SlackDirectory
from bot.errands import deliverer, evaluation, giving_way, scheduled, sweeper
from bot.intake import open_retelling
from bot.oauth import ManyWorkspaces, open_workspaces
from bot.policy_files import (
    load_reactions,
    load_retention,
    load_tariff,
    load_telling,
    policy_texts,
    told_of_policies,
    with_links,
)
from bot.rates import OwnLimits, OwnPace, SharedLimits, SharedPace
from bot.scheduler import Scheduler
from bot.seams import NamedEventLog, StoredAuthority, StoredKeys, WakingStorage
from bot.sender import Sender
from bot.settings import Settings
from bot.slack import SlackMessenger
from bot.telemetry import Metrics
from bot.timekeeper import Timekeeper
from bot.watching import MetricsObserver, readiness, statistics, watcher
from bot.workers import Evaluator, Worker
from handlers.blocks import renderer
from handlers.services import Limits, Services
from jobs.adopt_policies import InForce, adopt_policies
from jobs.apply_retention import Retaining
from jobs.deliver_alert import Delivery
from jobs.put_on_record import Telling
from jobs.schedule import SCHEDULE
from jobs.watching import Watching
from policies.book.read import read_sla_book
from policies.promises import Promises
from policies.retention import Keeping
from storage.engine import open_engines
from storage.keeper import SqlKeeper
from storage.transaction import SqlStorage
from storage.writer import GroupCommitWriter

SETTLE = timedelta(milliseconds=250)
"""How long an order rests after an event, so that a burst in the wrong order is judged once."""
_SLACK_SECONDS = 10
_PATIENCE_SECONDS = 5.0
"""How long an event waits for a database that is busy or away before its sender hears 503."""
_WATCH_SECONDS = 5.0
_SILENCE_SECONDS = 10.0
"""After how long without an answer a replica gives PostgreSQL up, and PostgreSQL a replica."""
_SOON_SECONDS = 0.02
"""How long a worker gathers wakings before it looks, so that a busy writer is not asked in vain."""


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


@dataclass(kw_only=True)
class _Parts:
    """What several parts share while they are plugged together; `names` are those of tenants."""

    settings: Settings
    in_force: InForce
    keeping: Keeping
    telling: Telling
    stored: SqlStorage
    storage: WakingStorage
    metrics: Metrics
    session: aiohttp.ClientSession
    answering: AsyncWebClient
    many: ManyWorkspaces | None
    workers: dict[str, Worker]
    wall_now: Now
    business_now: Now
    names: dict[int, str] = field(default_factory=dict)

    @property
    def promises(self) -> Promises:
        """What was promised to whom."""
        return with_links(self.in_force.promises, self.settings.policies_dir)

    def policy_text(self, tenant: str) -> tuple[str, str]:
        """File and text of the policy that governs what a tenant's orders start now."""
        found = self.in_force.texts.get(tenant) or self.in_force.texts[""]
        return PurePath(found.file).name, found.text


def open_storage(settings: Settings, silence_seconds: float | None = None) -> SqlStorage:
    """The stores alone, for commands that need no more and wait as long as it takes."""
    return SqlStorage(
        open_engines(
            settings.database_url,
            pool_size=settings.database_pool_size,
            max_overflow=settings.database_max_overflow,
            silence_seconds=silence_seconds,
        )
    )


def slack_client(settings: Settings, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client that retries nothing but 429: the default would post twice after a lost answer."""
    token = settings.slack_bot_token
    return AsyncWebClient(
        token=token.get_secret_value() if token else None,
        base_url=settings.slack_api_url,
        session=session,
        timeout=_SLACK_SECONDS,
        retry_handlers=[],
    )


async def wire(settings: Settings, *, business_now: Now | None = None) -> Bot:
    """Builds a bot on the running event loop; business time is wall time unless given."""
    clock = AgreedClock()
    parts = await _parts(settings, clock, business_now or clock.now)
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


async def _parts(settings: Settings, clock: AgreedClock, business_now: Now) -> _Parts:
    texts = policy_texts(settings.policies_dir)
    for text in texts:
        read_sla_book(text.text, text.file)  # a fault is told before anything is opened
    keeping = load_retention(settings.policies_dir)
    telling = load_telling(settings)
    stored = open_storage(settings, _SILENCE_SECONDS)
    if moment := await stored.server_time():
        clock.agree(moment)  # before anything is dated or leased by this machine's own clock
    in_force = await adopt_policies(texts, storage=stored, now=business_now())
    told_of_policies(in_force)
    workers: dict[str, Worker] = {}
    session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SLACK_SECONDS))
    answering = slack_client(settings, session)
    answering.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=5))
    return _Parts(
        settings=settings,
        in_force=in_force,
        keeping=keeping,
        telling=telling,
        stored=stored,
        storage=WakingStorage(stored, lambda name: workers[name].wake(_SOON_SECONDS)),
        metrics=Metrics(),
        session=session,
        answering=answering,
        many=open_workspaces(settings, stored, answering, clock.now),
        workers=workers,
        wall_now=clock.now,
        business_now=business_now,
    )


def _services(parts: _Parts, writer: GroupCommitWriter, keys: StoredKeys) -> Services:
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


def _sender(parts: _Parts) -> Sender:
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


def _limits(parts: _Parts) -> Limits:
    """Replicas share a key's rate, which only a common database can count."""
    rate = parts.settings.ingest_rate_per_key
    return OwnLimits(rate) if parts.stored.engines.on_sqlite else SharedLimits(rate, parts.stored)


def _watching(parts: _Parts) -> Watching:
    """Listening begins with this process."""
    return Watching(
        storage=parts.storage,
        promises=parts.promises,
        telling=parts.telling,
        listening_since=parts.business_now(),
    )


def _evaluator(parts: _Parts) -> Evaluator:
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


def _add_workers(parts: _Parts, writer: GroupCommitWriter, sender: Sender) -> None:
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

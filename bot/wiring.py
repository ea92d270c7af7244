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

from bot.clock import Now, wall_now
from bot.directory import SlackDirectory
from bot.errands import deliverer, evaluation, giving_way, scheduled, sweeper
from bot.pace import Pace
from bot.policy_files import load_tariff, policy_texts, told_of_policies
from bot.scheduler import Scheduler
from bot.seams import NamedEventLog, StoredKeys, WakingStorage
from bot.sender import Sender
from bot.settings import Settings
from bot.slack import SlackMessenger
from bot.telemetry import Metrics
from bot.watching import MetricsObserver, readiness, statistics, watcher
from bot.workers import Evaluator, Worker
from handlers.blocks import renderer
from handlers.services import Services
from jobs.adopt_policies import InForce, adopt_policies
from jobs.deliver_alert import Delivery
from jobs.put_on_record import Telling
from jobs.schedule import SCHEDULE
from jobs.watching import Watching
from policies.book.read import read_sla_book
from policies.promises import Promises
from storage.engine import open_engines
from storage.transaction import SqlStorage
from storage.writer import GroupCommitWriter

SETTLE = timedelta(milliseconds=250)
"""How long an order rests after an event, so that a burst in the wrong order is judged once."""
_SLACK_SECONDS = 10
_WATCH_SECONDS = 5.0
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
    session: aiohttp.ClientSession
    sender: Sender
    scheduler: Scheduler
    workers: list[Worker]


@dataclass(kw_only=True)
class _Parts:
    """What several parts share while they are plugged together; `names` are those of tenants."""

    settings: Settings
    in_force: InForce
    stored: SqlStorage
    storage: WakingStorage
    metrics: Metrics
    session: aiohttp.ClientSession
    answering: AsyncWebClient
    workers: dict[str, Worker]
    business_now: Now
    names: dict[int, str] = field(default_factory=dict)

    @property
    def promises(self) -> Promises:
        """What was promised to whom."""
        return self.in_force.promises

    def policy_text(self, tenant: str) -> tuple[str, str]:
        """File and text of the policy that governs what a tenant's orders start now."""
        found = self.in_force.texts.get(tenant) or self.in_force.texts[""]
        return PurePath(found.file).name, found.text


def open_storage(settings: Settings) -> SqlStorage:
    """The stores alone, for commands that need no more."""
    return SqlStorage(
        open_engines(
            settings.database_url,
            pool_size=settings.database_pool_size,
            max_overflow=settings.database_max_overflow,
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


async def wire(settings: Settings, *, business_now: Now = wall_now) -> Bot:
    """Builds a bot on the running event loop."""
    parts = await _parts(settings, business_now)
    workers = parts.workers
    writer = GroupCommitWriter(
        parts.stored.engines,
        settle=SETTLE,
        max_pending=settings.ingest_max_pending,
        on_commit=lambda: workers["evaluate"].wake(SETTLE.total_seconds() + 0.01),
        wall_now=wall_now,
    )
    sender = _sender(parts)
    _add_workers(parts, writer, sender)
    jobs = scheduled(_watching(parts), business_now, parts.metrics, parts.names)
    return Bot(
        settings=settings,
        storage=parts.stored,
        writer=writer,
        services=_services(parts, writer),
        metrics=parts.metrics,
        client=parts.answering,
        session=parts.session,
        sender=sender,
        scheduler=Scheduler(SCHEDULE, jobs, parts.stored, wall_now, parts.metrics),
        workers=list(workers.values()),
    )


async def _parts(settings: Settings, business_now: Now) -> _Parts:
    texts = policy_texts(settings.policies_dir)
    for text in texts:
        read_sla_book(text.text, text.file)  # a fault is told before anything is opened
    stored = open_storage(settings)
    in_force = await adopt_policies(texts, storage=stored, now=business_now())
    told_of_policies(in_force)
    workers: dict[str, Worker] = {}
    session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SLACK_SECONDS))
    answering = slack_client(settings, session)
    answering.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=5))
    return _Parts(
        settings=settings,
        in_force=in_force,
        stored=stored,
        storage=WakingStorage(stored, lambda name: workers[name].wake(_SOON_SECONDS)),
        metrics=Metrics(),
        session=session,
        answering=answering,
        workers=workers,
        business_now=business_now,
    )


def _services(parts: _Parts, writer: GroupCommitWriter) -> Services:
    """What handlers may knock at."""
    settings, clock = parts.settings, asyncio.get_running_loop().time
    observer = MetricsObserver(parts.metrics, parts.names)
    return Services(
        storage=parts.storage,
        event_log=NamedEventLog(writer),
        keys=StoredKeys(parts.stored, clock, wall_now),
        directory=SlackDirectory(parts.answering, clock),
        promises=parts.promises,
        policy_texts=parts.policy_text,
        tariff=load_tariff(settings.policies_dir),
        business_now=parts.business_now,
        wall_now=wall_now,
        default_channel=settings.slack_default_channel,
        notifications=settings.slack_notifications_enabled,
        rate_per_key=settings.ingest_rate_per_key,
        observe=observer,
        observe_slack=observer,
        ready=readiness(parts.stored, parts.workers.values(), wall_now),
        stats=statistics(parts.stored),
        registry=parts.metrics.registry,
    )


def _sender(parts: _Parts) -> Sender:
    """Sends the outbox through a client that never waits by itself."""
    pace = Pace(asyncio.get_running_loop().time)
    posting = slack_client(parts.settings, parts.session)
    delivery = Delivery(
        storage=parts.storage,
        promises=parts.promises,
        renderer=renderer,
        messenger=SlackMessenger(posting, parts.metrics, pace),
    )
    deliver = deliverer(delivery, parts.business_now)
    return Sender(parts.stored, deliver, wall_now, parts.metrics.outbox_ambiguous.inc)


def _telling(parts: _Parts) -> Telling:
    return Telling(
        default_channel=parts.settings.slack_default_channel,
        notify=parts.settings.slack_notifications_enabled,
    )


def _watching(parts: _Parts) -> Watching:
    """Listening begins with this process."""
    return Watching(
        storage=parts.storage,
        promises=parts.promises,
        telling=_telling(parts),
        listening_since=parts.business_now(),
    )


def _evaluator(parts: _Parts) -> Evaluator:
    evaluate = evaluation(
        parts.storage,
        parts.promises,
        _telling(parts),
        parts.metrics,
        parts.names,
        parts.business_now,
    )
    return Evaluator(parts.stored, evaluate, wall_now)


def _add_workers(parts: _Parts, writer: GroupCommitWriter, sender: Sender) -> None:
    """Evaluator and sender are woken; sweep and watch go by their own time."""
    seconds = parts.settings.sweep_interval_seconds
    sweep = sweeper(parts.storage, seconds, parts.metrics, parts.business_now)
    watch = watcher(parts.stored, parts.metrics, parts.names, wall_now)
    step = giving_way(_evaluator(parts).step, lambda: writer.written)
    parts.workers["evaluate"] = Worker("evaluate", step)
    parts.workers["send"] = Worker("send", sender.step)
    parts.workers["sweep"] = Worker("sweep", sweep, idle_seconds=seconds, wakes=False)
    parts.workers["watch"] = Worker("watch", watch, idle_seconds=_WATCH_SECONDS, wakes=False)
    sender.wake = parts.workers["send"].wake

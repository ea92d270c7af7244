"""Plugs the house together: the only place that names concrete classes.

Must not run anything: bot/process.py starts and stops what is built here.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Now, wall_now
from bot.directory import SlackDirectory
from bot.errands import deliverer, evaluation, giving_way, scheduled, sweeper
from bot.pace import Pace
from bot.policy_files import load_sla_book
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
from jobs.deliver_alert import Delivery
from jobs.put_on_record import Telling
from jobs.schedule import SCHEDULE
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
    workers: list[Worker] = field(default_factory=list)
    tenant_names: dict[int, str] = field(default_factory=dict)


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
    rules = load_sla_book(settings.policies_dir).rules  # before anything is opened
    loop = asyncio.get_running_loop()
    metrics = Metrics()
    stored = open_storage(settings)
    session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SLACK_SECONDS))
    client = slack_client(settings, session)
    answering = slack_client(settings, session)
    answering.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=5))
    workers: dict[str, Worker] = {}

    def wake(name: str) -> None:
        workers[name].wake(_SOON_SECONDS)

    def wake_evaluator() -> None:
        workers["evaluate"].wake(SETTLE.total_seconds() + 0.01)

    storage = WakingStorage(stored, wake)
    names: dict[int, str] = {}
    writer = GroupCommitWriter(
        stored.engines,
        settle=SETTLE,
        max_pending=settings.ingest_max_pending,
        on_commit=wake_evaluator,
        wall_now=wall_now,
    )
    observer = MetricsObserver(metrics, names)
    services = Services(
        storage=storage,
        event_log=NamedEventLog(writer),
        keys=StoredKeys(stored, loop.time, wall_now),
        directory=SlackDirectory(answering, loop.time),
        rules=rules,
        business_now=business_now,
        wall_now=wall_now,
        default_channel=settings.slack_default_channel,
        notifications=settings.slack_notifications_enabled,
        rate_per_key=settings.ingest_rate_per_key,
        observe=observer,
        observe_slack=observer,
        ready=readiness(stored, workers.values(), wall_now),
        stats=statistics(stored),
        registry=metrics.registry,
    )
    sender = Sender(
        stored,
        deliverer(
            Delivery(
                storage=storage,
                rules=rules,
                renderer=renderer,
                messenger=SlackMessenger(client, metrics, Pace(loop.time)),
            ),
            business_now,
        ),
        wall_now,
        metrics.outbox_ambiguous.inc,
    )
    telling = Telling(
        default_channel=settings.slack_default_channel,
        notify=settings.slack_notifications_enabled,
    )
    evaluator = Evaluator(
        stored, evaluation(storage, rules, telling, metrics, names, business_now), wall_now
    )
    workers["evaluate"] = Worker("evaluate", giving_way(evaluator.step, lambda: writer.written))
    workers["send"] = Worker("send", sender.step)
    sender.wake = workers["send"].wake
    workers["sweep"] = Worker(
        "sweep",
        sweeper(storage, settings.sweep_interval_seconds, metrics, business_now),
        idle_seconds=settings.sweep_interval_seconds,
        wakes=False,
    )
    workers["watch"] = Worker(
        "watch",
        watcher(stored, metrics, names, wall_now),
        idle_seconds=_WATCH_SECONDS,
        wakes=False,
    )
    scheduler = Scheduler(SCHEDULE, scheduled(storage, business_now), stored, wall_now, metrics)
    return Bot(
        settings=settings,
        storage=stored,
        writer=writer,
        services=services,
        metrics=metrics,
        client=answering,
        session=session,
        sender=sender,
        scheduler=scheduler,
        workers=list(workers.values()),
        tenant_names=names,
    )

"""What several parts of the bot share, and how it is opened.

Must not plug parts together: bot/wiring.py does. Only these two name concrete classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePath

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import AgreedClock, Now
from bot.corpora import shelves_of
from bot.keeping import Keeper, Stock, complain
from bot.knowledge import opener
from bot.oauth import ManyWorkspaces, open_workspaces
from bot.policy_files import (
    load_retention,
    load_telling,
    policy_texts,
    told_of_policies,
    with_links,
    with_problems,
)
from bot.seams import WakingStorage
from bot.settings import Settings
from bot.telemetry import Metrics
from bot.workers import Worker
from jobs.adopt_policies import InForce, PolicyText, adopt_policies
from jobs.ask_model import Asking
from jobs.put_on_record import Telling
from policies.book.read import read_sla_book
from policies.promises import Promises
from policies.retention import Keeping
from storage.engine import open_engines
from storage.statements import tell_statements
from storage.transaction import SqlStorage

_SLACK_SECONDS = 10
_SILENCE_SECONDS = 10.0
"""After how long without an answer a replica gives PostgreSQL up, and PostgreSQL a replica."""
_SOON_SECONDS = 0.02
"""How long a worker gathers wakings before it looks, so that a busy writer is not asked in vain."""


@dataclass(kw_only=True)
class Parts:
    """What several parts share while they are plugged together; `names` are those of tenants.

    `asking` is there where there is a model.
    """

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
    keeper: Keeper
    wall_now: Now
    business_now: Now
    names: dict[int, str] = field(default_factory=dict)
    asking: Asking | None = None

    @property
    def promises(self) -> Promises:
        """What was promised to whom."""
        return self.in_force.promises

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


async def open_parts(settings: Settings, clock: AgreedClock, business_now: Now) -> Parts:
    """Opens what is shared, on the running event loop."""
    texts = policy_texts(settings.policies_dir)
    for text in texts:
        read_sla_book(text.text, text.file)  # a fault is told before anything is opened
    keeping = load_retention(settings.policies_dir)
    telling = load_telling(settings)
    stored = open_storage(settings, _SILENCE_SECONDS)
    if moment := await stored.server_time():
        clock.agree(moment)  # before anything is dated or leased by this machine's own clock
    in_force = await _adopted(texts, settings, stored, business_now())
    workers: dict[str, Worker] = {}
    metrics = Metrics()
    tell_statements(stored.engines, lambda kind, took: metrics.db_query.labels(kind).observe(took))
    keeper = _keeper(settings, stored, metrics, business_now)
    session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SLACK_SECONDS))
    answering = slack_client(settings, session)
    answering.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=5))
    return Parts(
        settings=settings,
        in_force=in_force,
        keeping=keeping,
        telling=telling,
        stored=stored,
        storage=WakingStorage(
            stored, lambda name: workers[name].wake(_SOON_SECONDS), keeper.note_explained
        ),
        metrics=metrics,
        session=session,
        answering=answering,
        many=open_workspaces(settings, stored, answering, clock.now),
        workers=workers,
        keeper=keeper,
        wall_now=clock.now,
        business_now=business_now,
    )


def _keeper(settings: Settings, stored: SqlStorage, metrics: Metrics, business_now: Now) -> Keeper:
    """Opens nothing yet: its worker does, when the start is over."""
    watched = shelves_of(settings.policies_dir, stored, complain, business_now)
    stock = Stock(watched=watched, storage=stored, business_now=business_now)
    return Keeper(stock, opener(settings), metrics)


async def _adopted(
    texts: Sequence[PolicyText], settings: Settings, stored: SqlStorage, now: datetime
) -> InForce:
    """What is in force from here on, with where tenants' orders are looked at; read once."""
    in_force = await adopt_policies(texts, storage=stored, now=now)
    told_of_policies(in_force)
    linked = with_links(in_force.promises, settings.policies_dir)
    linked = with_problems(linked, settings.policies_dir)
    return replace(in_force, promises=linked)

"""Starts the parts of a bot in order, serves, and stops them so that nothing is lost.

Must not build parts: bot/wiring.py does.
"""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from bot.settings import Settings
from bot.wiring import Bot
from storage.migrate import check_wall, migrate, newest, pending
from storage.transaction import SqlStorage

_DRAIN_SECONDS = 10
_IDLE_SECONDS = 75.0
"""How long a connection may be silent or drip its headers: longer than proxies keep one."""
_LINGER_SECONDS = 5.0
"""How long the rest of a refused body is read away, so that its sender can read the refusal."""

log = structlog.get_logger(__name__)


class NotMigratedError(RuntimeError):
    """The database lacks a step; run `e2a migrate` first."""


async def prepare_database(settings: Settings, *, serving: bool = False) -> None:
    """Brings a SQLite file up to date; on PostgreSQL that is the operator's to do.

    Args:
        settings: name the database.
        serving: whether tenants are to be served from it; PostgreSQL must keep them apart then.

    Raises:
        NotMigratedError: the PostgreSQL database is behind this version of E2A.
        UnsafeLoginError: row-level security does not hold for its login.
    """
    if settings.database_url.startswith("sqlite"):
        await migrate(settings.database_url)
    elif await pending(settings.database_url):
        message = f"The database is not at {newest()}; run: e2a migrate"
        raise NotMigratedError(message)
    elif serving:
        await check_wall(settings.database_url)


@asynccontextmanager
async def running(
    bot: Bot, app: web.Application, host: str, port: int, *, working: bool = True
) -> AsyncIterator[str]:
    """The bot at work; yields its URL. At the end takes no more, finishes, and closes.

    Args:
        bot: as wired, not yet started.
        app: with all routes.
        host: where to listen.
        port: 0 for any free one.
        working: whether workers start at once; else `start_work` is the caller's to call.
    """
    await bot.writer.start()
    runner = web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=_DRAIN_SECONDS,
        auto_decompress=False,
        keepalive_timeout=_IDLE_SECONDS,
        lingering_time=_LINGER_SECONDS,
    )
    await runner.setup()
    site = web.TCPSite(runner, host, port, reuse_address=True)
    try:
        await site.start()
        await take_over(bot.storage)  # not before the port is ours: it proves that we are alone
        if working:
            start_work(bot)
        yield f"http://{host}:{_port(runner)}"
    finally:
        log.info("stopping")
        await runner.cleanup()
        await _stop(bot)


def start_work(bot: Bot) -> None:
    """Sets workers and scheduler going."""
    for worker in bot.workers:
        worker.start()
    bot.scheduler.start()


async def take_over(storage: SqlStorage) -> None:
    """Frees the work that a process held which died; a SQLite file has one process only."""
    if storage.engines.on_sqlite:
        async with storage.write() as tx:
            await tx.work.release_all()
            await tx.outbox.release_all()


async def _stop(bot: Bot) -> None:
    bot.scheduler.stop()
    await bot.writer.stop()
    for worker in bot.workers:
        await worker.stop()
    if left := await bot.sender.drain(_DRAIN_SECONDS):
        log.warning("stopped_while_sending", messages=left)
    await bot.keeper.close()
    await bot.models.close()
    await bot.session.close()
    await bot.storage.close()


async def until_told() -> None:
    """Returns when the process is asked to end (SIGINT or SIGTERM)."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    await told.wait()


def _port(runner: web.AppRunner) -> int:
    host_and_port: tuple[str, int] = runner.addresses[0]
    return host_and_port[1]

"""`e2a demo`: the main job with nothing installed and no account. Must not fake a result."""

import asyncio
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.app import app
from bot.cli.output import say, tell_json
from bot.clock import SpedUpClock, wall_now
from bot.demo_count import count_errors, count_threads
from bot.demo_stage import (
    Wishes,
    demo_settings,
    free_port,
    settle_clients,
    until_quiet,
    work_a_shift,
    workspace,
)
from bot.interpreter import SWITCH_SECONDS
from bot.process import prepare_database, running, start_work, until_told
from bot.server import create_app
from bot.settings import Settings, load_settings
from bot.telemetry import ErrorCount, set_up_logs
from bot.wiring import wire
from storage.stats import tenant_stats

_BOT_PORT, _WORKSPACE_PORT = 3000, 3100
_DRAIN_SECONDS = 15


@app.command()
def demo(
    seed: int = 7,
    speed: Annotated[float, typer.Option(min=0.1, max=3600, help="Business s per second.")] = 60,
    seconds: Annotated[float | None, typer.Option("--for", min=1, help="Stop after.")] = None,
    orders_per_hour: Annotated[int, typer.Option(min=1, max=3600)] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON at the end.")] = False,
) -> None:
    """The bot, a local Slack-like workspace in the browser, and a simulated warehouse."""
    settings = load_settings()
    errors = set_up_logs(settings.log_level, settings.log_format)
    sys.setswitchinterval(SWITCH_SECONDS)
    wishes = Wishes(seed=seed, speed=speed, seconds=seconds, orders_per_hour=orders_per_hour)
    with tempfile.TemporaryDirectory(prefix="e2a-demo-") as folder:
        counted = asyncio.run(_demo(settings, Path(folder), wishes, errors))
    if counted is None:
        return
    if as_json:
        tell_json(counted)
    else:
        say(", ".join(f"{name} {count}" for name, count in counted.items()))
    sys.exit(0 if counted["alerts"] else 1)


async def _demo(
    given: Settings, folder: Path, wishes: Wishes, errors: ErrorCount
) -> dict[str, Any] | None:
    bot_port = free_port(given.port or _BOT_PORT)
    workspace_port = free_port(max(_WORKSPACE_PORT, bot_port + 1))
    settings = demo_settings(given, folder, bot_port, workspace_port)
    await prepare_database(settings, serving=True)
    clock = SpedUpClock(wall_now().replace(second=0, microsecond=0), wishes.speed)
    bot = await wire(settings, business_now=clock.now)
    app_ = create_app(bot)
    async with (
        running(bot, app_, settings.host, bot_port, working=False) as bot_url,
        workspace(settings, bot_port, workspace_port) as page,
    ):
        say(f"workspace {page}")
        say(f"bot       {bot_url}")
        config = await settle_clients(bot.storage, bot_url, folder)
        shift = asyncio.create_task(work_a_shift(config, wishes, clock, partial(start_work, bot)))
        if wishes.seconds is None:
            told = asyncio.create_task(until_told())
            await asyncio.wait({shift, told}, return_when=asyncio.FIRST_COMPLETED)
            shift.cancel()
            await asyncio.gather(shift, return_exceptions=True)
            return None
        tally = await shift
        await until_quiet(bot, _DRAIN_SECONDS)
        figures = (await tenant_stats(bot.storage.engines)).values()
        threads = await count_threads(bot.storage, page)
        return {
            "events": tally["accepted"],
            "exceptions": sum(sum(f.exceptions.values()) for f in figures),
            **threads,
            "errors": await count_errors(bot, errors, figures),
        }

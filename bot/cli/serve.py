"""`e2a serve`: the server in one process. Must not hold what the server does."""

import asyncio

from bot.cli.app import app
from bot.cli.output import say
from bot.interpreter import tune_interpreter
from bot.process import prepare_database, running, until_told
from bot.server import create_app
from bot.settings import Settings, load_settings
from bot.telemetry import set_up_logs
from bot.wiring import wire


@app.command()
def serve() -> None:
    """Serves Slack, ingestion, the API, the scheduler and the workers."""
    settings = load_settings(for_slack=True)
    set_up_logs(settings.log_level, settings.log_format)
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    await prepare_database(settings, serving=True)
    bot = await wire(settings)
    tune_interpreter()
    async with running(bot, create_app(bot), settings.host, settings.port) as url:
        say(f"E2A serves at {url}")
        await until_told()

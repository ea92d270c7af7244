"""The server in this process, taking in events at a steady rate from another one.

For measurements of what else the same event loop has to do. Must not be used as a test.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bench.ingest import bodies
from bot.clock import wall_now
from bot.process import prepare_database, running
from bot.server import create_app
from bot.settings import Settings
from bot.telemetry import set_up_logs
from bot.wiring import wire
from policies.records import Tenant

_HOST = "127.0.0.1"
_CONNECTIONS = 8
_HOUR = 3600


@asynccontextmanager
async def busy(rate: int) -> AsyncIterator[None]:
    """Everything that `e2a serve` does but the index, with so many events a second coming in."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            database_url=f"sqlite+aiosqlite:///{folder}/e2a.db",
            qdrant_path=str(Path(folder) / "index"),
            slack_notifications_enabled=False,
        )
        set_up_logs("ERROR", "console")
        await prepare_database(settings)
        bot = await wire(settings)
        bot.workers = [one for one in bot.workers if one.name != "index"]
        async with running(bot, create_app(bot), _HOST, 0) as url:
            async with bot.storage.write() as tx:
                tenant = await tx.tenants.add(Tenant(id=0, name="acme"))
                secret, _ = await tx.keys.create(tenant.id, frozenset({"ingest"}), wall_now())
            sender = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bench.busy", url, secret, str(rate))
            )
            try:
                yield
            finally:
                sender.terminate()
                await sender.wait()
                async with bot.storage.read() as tx:
                    _, last = await tx.events.heard(0, 10_000_000)
                print(f"meanwhile {last:,} events came in")


async def send(url: str, key: str, rate: int) -> None:
    """Posts single events on time, however long each takes, until it is ended."""
    waiting = bodies("B", _HOUR * rate, 1)
    connector = aiohttp.TCPConnector(limit=_CONNECTIONS)
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        aiohttp.ClientSession(connector=connector, headers=headers) as http,
        asyncio.TaskGroup() as group,
    ):
        began = time.perf_counter()
        for number, body in enumerate(waiting):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            group.create_task(_post(http, f"{url}/events", body))


async def _post(http: aiohttp.ClientSession, url: str, body: bytes) -> None:
    async with http.post(url, data=body) as answer:
        await answer.read()


if __name__ == "__main__":
    asyncio.run(send(sys.argv[1], sys.argv[2], int(sys.argv[3])))

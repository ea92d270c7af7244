"""Sets the demo's stage: a bot, a local workspace and a simulated warehouse, on one machine.

Must not hold any of the three: the bot is wired as ever, the others are processes of their own
that it speaks to over HTTP.
"""

import asyncio
import json
import secrets
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.clock import SpedUpClock, wall_now
from bot.policy_files import MANIFEST
from bot.settings import Settings
from bot.wiring import Bot
from demo.warehouse.clients import CLIENTS
from policies.records import Tenant
from storage.transaction import SqlStorage

_HOST = "127.0.0.1"
_SOURCES = ("shopify", "wms", "carrier")
_TIMEZONES = {"acme": "America/New_York", "globex": "America/Chicago"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How the demo is to run. `seconds` None means until somebody ends it."""

    seed: int
    speed: float
    seconds: float | None
    orders_per_hour: int


def demo_settings(given: Settings, folder: Path, bot_port: int, workspace_port: int) -> Settings:
    """The operator's settings with a stage of our own around them."""
    own: dict[str, Any] = {
        "host": _HOST,
        "port": bot_port,
        "slack_bot_token": SecretStr(f"xoxb-{secrets.token_hex(16)}"),
        "slack_signing_secret": SecretStr(secrets.token_hex(16)),
        "slack_api_url": f"http://{_HOST}:{workspace_port}/api/",
        "qdrant_path": str(folder / "index"),
    }
    if given.policies_dir is None:
        own["policies_dir"] = demo_policies(folder)
    if "database_url" not in given.model_fields_set:
        own["database_url"] = f"sqlite+aiosqlite:///{folder}/e2a.db"
    return given.model_copy(update=own)


def demo_policies(folder: Path) -> Path:
    """A policies folder in which one client has three clocks on each order."""
    theirs = folder / "policies" / "tenants" / CLIENTS[0].name
    theirs.mkdir(parents=True, exist_ok=True)
    template = files("policies") / "templates" / "three_clocks.yaml"
    (theirs / "sla.yaml").write_text(template.read_text(encoding="utf-8"), encoding="utf-8")
    return folder / "policies"


def free_port(wanted: int) -> int:
    """That port, or the next one that is free."""
    for port in range(wanted, wanted + 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_HOST, port))
            except OSError:
                continue
            return port
    message = f"no free port from {wanted} to {wanted + 199}"
    raise RuntimeError(message)


@asynccontextmanager
async def workspace(settings: Settings, bot_port: int, port: int) -> AsyncIterator[str]:
    """The local workspace as a process of its own; yields the address of its page."""
    token, secret = settings.slack_bot_token, settings.slack_signing_secret
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demo.workspace", "--host", _HOST, "--port", str(port)),
        *("--bot-url", f"http://{_HOST}:{bot_port}/slack/events"),
        *("--bot-token", token.get_secret_value() if token else ""),
        *("--signing-secret", secret.get_secret_value() if secret else ""),
        *("--manifest", str(MANIFEST)),
        stdout=PIPE,
    )
    try:
        yield str((await _line(process))["url"])
    finally:
        await _end(process)


async def settle_clients(storage: SqlStorage, bot_url: str, folder: Path) -> Path:
    """Adds the simulated clients with their channels and webhook addresses.

    Returns:
        The warehouse's configuration, which holds the addresses and their secrets.
    """
    clients = []
    async with storage.write() as tx:
        for client in CLIENTS:
            tenant = await tx.tenants.by_name(client.name) or await tx.tenants.add(
                Tenant(
                    id=0,
                    name=client.name,
                    channel=f"#{client.tenant}-ops",
                    timezone=_TIMEZONES.get(client.tenant, "UTC"),
                )
            )
            hooks = {}
            for source in _SOURCES:
                secret = secrets.token_hex(16)
                hook = await tx.hooks.add(tenant.id, source, secret, wall_now())
                hooks[source] = {"url": f"{bot_url}/hooks/{hook.id}", "secret": secret}
            clients.append({"tenant": client.tenant, "hooks": hooks})
    path = folder / "warehouse.json"
    path.write_text(json.dumps({"clients": clients}), encoding="utf-8")
    path.chmod(0o600)
    return path


async def work_a_shift(
    config: Path, wishes: Wishes, clock: SpedUpClock, on_open: Callable[[], None]
) -> dict[str, Any]:
    """Runs the warehouse; business time begins, and `on_open` is called, when its past is sent.

    Returns:
        Its tally of what was sent and how it was answered.
    """
    limit = ["--for", str(wishes.seconds)] if wishes.seconds is not None else []
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demo.warehouse", "run", "--config", str(config)),
        *("--seed", str(wishes.seed), "--speed", str(wishes.speed)),
        *("--start", clock.now().isoformat(), "--orders-per-hour", str(wishes.orders_per_hour)),
        *limit,
        stdout=PIPE,
    )
    try:
        tally = await _line(process)
        if tally.get("opened"):
            clock.begin()
            on_open()
            tally = await _line(process)
        return tally
    finally:
        await _end(process)


async def until_quiet(bot: Bot, seconds: float) -> None:
    """Returns when nothing waits in inbox or outbox any more, or the time is up."""
    deadline = wall_now() + timedelta(seconds=seconds)
    while wall_now() < deadline:
        async with bot.storage.read() as tx:
            if not await tx.work.waiting() and not await tx.outbox.waiting():
                return
        await asyncio.sleep(0.2)


async def _line(process: Process) -> dict[str, Any]:
    """The next line of JSON that a process prints.

    Raises:
        RuntimeError: it ended without one.
    """
    line = await process.stdout.readline() if process.stdout else b""
    if not line:
        message = f"a part of the demo ended early (exit {await process.wait()})"
        raise RuntimeError(message)
    found: dict[str, Any] = json.loads(line)
    return found


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            async with asyncio.timeout(5):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

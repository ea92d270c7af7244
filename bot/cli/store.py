"""How commands come to the database and the settings. Must not print."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from bot.cli.app import CommandError
from bot.parts import open_storage
from bot.process import prepare_database
from bot.settings import Settings, load_settings
from policies.records import Tenant
from storage.transaction import SqlStorage, SqlTransaction

T = TypeVar("T")


def with_storage(work: Callable[[SqlStorage, Settings], Awaitable[T]]) -> T:
    """Runs a command's work on the database of the settings, migrated on SQLite."""
    settings = load_settings()

    async def whole() -> T:
        async with opened(settings) as storage:
            return await work(storage, settings)

    return asyncio.run(whole())


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[SqlStorage]:
    """The stores, closed at the end."""
    await prepare_database(settings)
    storage = open_storage(settings)
    try:
        yield storage
    finally:
        await storage.close()


async def tenant_called(tx: SqlTransaction, name: str) -> Tenant:
    """The tenant of that name.

    Raises:
        CommandError: there is none; names those there are.
    """
    tenant = await tx.tenants.by_name(name)
    if tenant is None:
        known = ", ".join(sorted(t.name for t in await tx.tenants.all())) or "none yet"
        message = f"there is no tenant {name}; known are: {known}. Add it: e2a tenant add {name}"
        raise CommandError(message)
    return tenant

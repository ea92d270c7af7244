"""A warehouse in memory for every test of a job."""

from datetime import timedelta

import pytest

from policies.records import Tenant
from storage.memory import MemoryEventLog, MemoryStorage
from tests.jobs.escalations import Called
from tests.jobs.world import World, open_world


@pytest.fixture
async def world() -> World:
    """Two tenants, the packaged promises, and nothing heard yet."""
    return await open_world()


@pytest.fixture
async def called() -> Called:
    """A client whose name would call a whole channel, and nobody who answers."""
    storage = MemoryStorage()
    async with storage.write() as tx:
        tenant = await tx.tenants.add(Tenant(id=0, name="<!channel>", channel="#acme"))
    return Called(storage=storage, log=MemoryEventLog(storage, settle=timedelta()), tenant=tenant)

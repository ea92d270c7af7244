"""What came of asking a model is kept before the work counts as done."""

from dataclasses import replace

import pytest

from jobs.errors import TemporarilyUnavailableError
from jobs.improvements import improvement_of
from tests.jobs.enrichments import Pipeline, good
from tests.jobs.world import World, open_world
from tests.policies.builders import at


@pytest.fixture
async def world() -> World:
    """An exception that a model is to be asked about."""
    made = await open_world()
    record = await made.late_order()
    async with made.storage.write() as tx:
        await tx.work.put([improvement_of(record)], at(121))
    return made


async def test_an_outcome_that_cannot_be_kept_is_not_lost(world: World) -> None:
    """While the database is away the work waits, and is done a little later."""
    pipeline = Pipeline(world, [good()])

    async def away(_exception_id: int, _outcome: str) -> None:
        raise TemporarilyUnavailableError(1.0)

    await replace(pipeline.improver(122), noted=away).step()
    [waiting] = world.storage.state.work.values()
    assert (waiting.state, waiting.item.subject) == ("waiting", "1")
    await pipeline.improver(123).step()
    assert not world.storage.state.work
    assert pipeline.row().exception_id == 1

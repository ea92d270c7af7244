"""Laying dead letters aside: with a reason, all or none, on the trail, twice without harm."""

from dataclasses import replace

from jobs.discard_dead_letters import Discarded, Unknown, discard_letters
from jobs.retry_dead_letters import retry_due
from policies.records import DeadLetter
from tests.jobs.world import World
from tests.policies.builders import at

LETTER = DeadLetter(
    tenant_id=1,
    kind="evaluate",
    subject="SO-1",
    reason="broke",
    payload={},
    state="retrying",
    next_retry_at=at(5),
)


async def discard(world: World, *ids: int, tenants: tuple[int, ...] = (1,)) -> Discarded | Unknown:
    """Ann discards them."""
    return await discard_letters(
        ids, tenants, reason="a test order", actor="cli:ann", storage=world.storage, now=at(9)
    )


async def put(world: World, *letters: DeadLetter) -> None:
    """Letters that wait."""
    async with world.storage.write() as tx:
        await tx.dead_letters.add(letters, at(0))


async def test_a_letter_is_laid_aside_with_its_reason(world: World) -> None:
    """It is discarded, has no automatic try any more, and the trail says who and why."""
    await put(world, LETTER)
    done = await discard(world, 1)
    assert isinstance(done, Discarded)
    assert [letter.id for letter in done.laid_aside] == [1]
    assert (world.letters()[0].state, world.letters()[0].next_retry_at) == ("discarded", None)
    assert await retry_due(storage=world.storage, now=at(99)) == 0
    (entry,) = world.trail()
    assert (entry.actor, entry.action, entry.note) == ("cli:ann", "discard", "a test order")
    assert (entry.subject, entry.before["state"]) == ("dead_letter:1", "retrying")


async def test_discarding_twice_is_harmless(world: World) -> None:
    """The second time finds it as it was left and adds nothing to the trail."""
    await put(world, LETTER, replace(LETTER, state="replayed"))
    await discard(world, 1)
    again = await discard(world, 1, 1, 2)
    assert isinstance(again, Discarded)
    assert again.laid_aside == ()
    assert {letter.id: letter.state for letter in again.earlier} == {1: "discarded", 2: "replayed"}
    assert len(world.trail()) == 1


async def test_with_an_unknown_number_nothing_is_discarded(world: World) -> None:
    """Unknown and foreign numbers are named alike, and the known letter stays."""
    await put(world, LETTER, replace(LETTER, tenant_id=2))
    assert await discard(world, 1, 2, 9) == Unknown(ids=(2, 9))
    assert {letter.state for letter in world.letters()} == {"retrying"}
    assert world.trail() == []

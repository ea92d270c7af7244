"""Failed work: tried after 5, 10 and 20 minutes, then kept for a person, one letter a trouble."""

from dataclasses import replace

import pytest

from jobs.replay_dead_letters import replay_letters
from jobs.retry_dead_letters import bury, retry_due
from policies.records import DeadLetter
from tests.jobs.letters import replaying
from tests.jobs.world import World
from tests.policies.builders import at

EVALUATE = DeadLetter(tenant_id=1, kind="evaluate", subject="SO-1", reason="broke", payload={})
SLACK = DeadLetter(
    tenant_id=1,
    kind="slack",
    subject="alert:1:card",
    reason="Slack refused: is_archived",
    payload={"lane": "#acme-ops", "message": {"alert_id": 1, "part": "card"}},
)
EVENT = DeadLetter(tenant_id=1, kind="event", subject="evt-1", reason="invalid", payload={})


async def fail(world: World, minute: float, letter: DeadLetter = EVALUATE) -> DeadLetter:
    """That work failed for good just now."""
    async with world.storage.write() as tx:
        await bury(tx, letter, at(minute))
    return world.letters()[-1]


async def put(world: World, *letters: DeadLetter) -> None:
    """Letters that wait for a person."""
    async with world.storage.write() as tx:
        await tx.dead_letters.add(letters, at(0))


async def replay(world: World, *ids: int, tenants: tuple[int, ...] = (1,)) -> list[tuple[int, str]]:
    """Maria replays letters."""
    return await replay_letters(ids, tenants, replaying=replaying(world))


async def test_three_automatic_tries_then_a_person(world: World) -> None:
    """A letter is tried after 5, 10 and 20 minutes; then it waits until somebody asks."""
    waits, minute = [], 0.0
    for _ in range(3):
        letter = await fail(world, minute)
        assert letter.state == "retrying"
        assert letter.next_retry_at is not None
        waits.append((letter.next_retry_at - at(minute)).total_seconds() / 60)
        minute += waits[-1]
        assert await retry_due(storage=world.storage, now=at(minute - 0.01)) == 0
        assert await retry_due(storage=world.storage, now=at(minute)) == 1
        assert await retry_due(storage=world.storage, now=at(minute)) == 0
    assert waits == [5, 10, 20]
    last = await fail(world, minute)
    assert (last.state, last.next_retry_at) == ("waiting", None)
    assert await retry_due(storage=world.storage, now=at(99_999)) == 0


async def test_one_trouble_is_one_letter(world: World) -> None:
    """Work that fails again goes on with its letter, with the latest reason."""
    await fail(world, 0)
    await retry_due(storage=world.storage, now=at(5))
    letter = await fail(world, 6, replace(EVALUATE, reason="broke otherwise"))
    assert (len(world.letters()), letter.id, letter.attempts) == (1, 1, 1)
    assert letter.reason == "broke otherwise"
    assert letter.created_at == at(0)


async def test_trouble_while_its_letter_waits_is_no_second_letter(world: World) -> None:
    """A new event may fail again before the next try: the letter and its time stay, one letter."""
    first = await fail(world, 0)
    again = await fail(world, 2, replace(EVALUATE, reason="broke otherwise", correlation_id="c-2"))
    assert (len(world.letters()), again.id, again.attempts) == (1, first.id, 0)
    assert (again.reason, again.correlation_id) == ("broke otherwise", "c-2")
    assert (again.state, again.next_retry_at) == ("retrying", first.next_retry_at)


async def test_what_a_person_laid_aside_comes_anew(world: World) -> None:
    """Work that fails after its letter was discarded is told again."""
    await put(world, replace(EVALUATE, state="discarded"))
    assert (await fail(world, 6)).attempts == 0
    assert len(world.letters()) == 2


async def test_a_delivery_of_the_same_name_is_another_trouble(world: World) -> None:
    """A rejected delivery that is called as an order is does not hide the order's own letter."""
    await fail(world, 0)
    await retry_due(storage=world.storage, now=at(5))
    await put(world, replace(EVENT, subject="SO-1", state="replayed"))
    assert (await fail(world, 6)).kind == "event"
    assert [letter.attempts for letter in world.letters()] == [1, 0]


async def test_troubles_of_different_work_are_different_letters(world: World) -> None:
    """Another order, another kind or another tenant has a letter of its own."""
    await fail(world, 0)
    await retry_due(storage=world.storage, now=at(5))
    for other in (
        replace(EVALUATE, subject="SO-2"),
        replace(SLACK, subject="SO-1"),
        replace(EVALUATE, tenant_id=2),
    ):
        assert (await fail(world, 6, other)).attempts == 0
    assert len(world.letters()) == 4


async def test_a_retry_puts_the_work_back_where_it_was(world: World) -> None:
    """An order is judged again, a message waits in its lane again."""
    await fail(world, 0, EVALUATE)
    await fail(world, 0, SLACK)
    await retry_due(storage=world.storage, now=at(5))
    assert world.waiting_work() == ["SO-1"]
    message = world.outbox()["alert:1:card"]
    assert (message.lane, message.payload) == ("#acme-ops", {"alert_id": 1, "part": "card"})


async def test_a_replay_says_of_each_letter_what_became_of_it(world: World) -> None:
    """Replayed, rejected at the door, or not found: each id is answered, in the asked order."""
    await put(world, EVALUATE, EVENT)
    assert await replay(world, 9, 1, 2, 1) == [(9, "not_found"), (1, "replayed"), (2, "rejected")]
    assert [letter.state for letter in world.letters()] == ["replayed", "waiting"]
    assert [(e.actor, e.action, e.subject) for e in world.trail()] == [
        ("slack:U0MARIA", "replay", "dead_letter:1")
    ]


async def test_replaying_twice_is_safe(world: World) -> None:
    """The second press finds the letter dealt with and puts nothing back again."""
    await put(world, SLACK)
    assert await replay(world, 1) == [(1, "replayed")]
    before = world.storage.state.copy()
    assert await replay(world, 1) == [(1, "not_found")]
    assert world.storage.state.outbox == before.outbox


@pytest.mark.parametrize("tenants", [(2,), ()])
async def test_a_foreign_letter_is_not_found(world: World, tenants: tuple[int, ...]) -> None:
    """Nobody replays another tenant's work."""
    await put(world, EVALUATE)
    assert await replay(world, 1, tenants=tenants) == [(1, "not_found")]
    assert world.letters()[0].state == "waiting"

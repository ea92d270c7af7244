"""Dead letters tried again by a person: in batches, once each, on the trail, deliveries too."""

import asyncio
import time
from dataclasses import replace

from jobs.replay_dead_letters import SEND_AGAIN, NotKept, Retold, Tried, replay_batches
from policies.queries import LetterFilter
from policies.records import DeadLetter
from tests.jobs.letters import Reader, replaying
from tests.jobs.world import World
from tests.policies.builders import at, event
from tests.storage.builders import received

EVALUATE = DeadLetter(tenant_id=1, kind="evaluate", subject="SO-1", reason="broke", payload={})
EVENT = DeadLetter(
    tenant_id=1, kind="event", subject="evt-1", reason="order_id: bad", payload={"whole": True}
)
ALL = LetterFilter(tenant_ids=(1,), limit=10)


async def put(world: World, *letters: DeadLetter) -> None:
    """Letters that wait."""
    async with world.storage.write() as tx:
        await tx.dead_letters.add(letters, at(0))


async def run(
    world: World,
    wanted: LetterFilter = ALL,
    reader: Reader | None = None,
    *,
    dry_run: bool = False,
    max_batches: int | None = None,
) -> list[list[Tried]]:
    """Maria replays what fits; the batches."""
    batches = replay_batches(
        wanted,
        replaying=replaying(world, reader or Reader()),
        dry_run=dry_run,
        max_batches=max_batches,
    )
    return [list(batch) async for batch in batches]


def said(batches: list[list[Tried]]) -> list[tuple[int, str]]:
    """The letters' numbers and what became of them."""
    return [(one.letter.id, one.result) for batch in batches for one in batch]


async def test_batches_go_oldest_first(world: World) -> None:
    """Batches of the asked size, the oldest letter first, until all are done."""
    await put(world, *(replace(EVALUATE, subject=f"SO-{n}") for n in range(5)))
    batches = await run(world, replace(ALL, limit=2))
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert said(batches) == [(n, "replayed") for n in range(1, 6)]
    assert world.waiting_work() == [f"SO-{n}" for n in range(5)]
    assert [(e.actor, e.action, e.subject) for e in world.trail()] == [
        ("slack:U0MARIA", "replay", f"dead_letter:{n}") for n in range(1, 6)
    ]


async def test_a_run_can_be_kept_short(world: World) -> None:
    """After so many batches the rest waits for another run."""
    await put(world, *[EVALUATE] * 5)
    assert len(await run(world, replace(ALL, limit=2), max_batches=1)) == 1
    assert [letter.state for letter in world.letters()].count("waiting") == 3


async def test_filters_leave_the_others_alone(world: World) -> None:
    """Only what fits is tried; a letter that was dealt with is not."""
    await put(world, EVALUATE, replace(EVALUATE, reason="other"), replace(EVALUATE, tenant_id=2))
    assert said(await run(world, replace(ALL, reason="OTHER"))) == [(2, "replayed")]
    assert said(await run(world)) == [(1, "replayed")]
    assert said(await run(world)) == []


async def test_a_dry_run_changes_nothing(world: World) -> None:
    """It says what would become of each letter, and no row differs afterwards."""
    reader = Reader({"evt-1": Retold(events=(received(1, event("order_paid", 0)),))})
    await put(world, EVALUATE, EVENT, replace(EVENT, subject="evt-2"))
    before = world.storage.state.copy()
    tried = said(await run(world, reader=reader, dry_run=True))
    assert tried == [(1, "replayed"), (2, "replayed"), (3, "rejected")]
    assert world.storage.state == before


async def test_two_runs_at_once_put_each_letter_back_once(world: World) -> None:
    """Whatever both saw, each letter goes back to work by one of them, with one entry."""
    await put(world, *(replace(EVALUATE, subject=f"SO-{n}") for n in range(30)))
    first, second = await asyncio.gather(run(world), run(world))
    results = sorted(said(first) + said(second))
    assert [id_ for id_, result in results if result == "replayed"] == list(range(1, 31))
    assert len(world.trail()) == 30


async def test_what_fails_while_it_runs_is_left_for_another(world: World) -> None:
    """A letter that comes after the beginning is not taken, so that a run ends."""
    await put(world, EVALUATE, replace(EVALUATE, subject="SO-2"))
    batches = replay_batches(replace(ALL, limit=1), replaying=replaying(world))
    seen: list[Tried] = []
    async for batch in batches:
        seen += batch
        await put(world, replace(EVALUATE, subject="SO-9"))
    assert [one.letter.id for one in seen] == [1, 2]


async def test_the_rate_is_kept_between_batches(world: World) -> None:
    """Three batches of one at 20 a second take two rests; the first goes at once."""
    await put(world, *(replace(EVALUATE, subject=f"SO-{n}") for n in range(3)))
    began = time.perf_counter()
    batches = replay_batches(replace(ALL, limit=1), replaying=replaying(world), rate=20)
    assert len([batch async for batch in batches]) == 3
    assert time.perf_counter() - began >= 0.1


async def test_a_delivery_is_read_again_and_recorded(world: World) -> None:
    """What was rejected and can be read now is an event, its order waits to be judged."""
    reader = Reader({"evt-1": Retold(events=(received(1, event("order_paid", 0)),))})
    await put(world, EVENT)
    assert said(await run(world, reader=reader)) == [(1, "replayed")]
    assert [one.event.event_type for one in world.storage.state.events.values()] == ["order_paid"]
    assert world.waiting_work() == ["SO-1"]
    assert world.letters()[0].state == "replayed"


async def test_a_delivery_that_is_known_meanwhile_is_done(world: World) -> None:
    """Its sender sent it again: nothing is recorded twice and the letter is dealt with."""
    await world.hear(event("order_paid", 0))
    reader = Reader({"evt-1": Retold(events=(received(1, event("order_paid", 0)),))})
    await put(world, EVENT)
    assert said(await run(world, reader=reader)) == [(1, "replayed")]
    assert len(world.storage.state.events) == 1


async def test_a_delivery_still_rejected_stays_with_the_new_reason(world: World) -> None:
    """The letter waits on with what is wrong now, on the trail; what could be read is kept."""
    told = Retold(events=(received(1, event("order_paid", 0)),), reason="event 2: bad")
    await put(world, EVENT)
    [[tried]] = await run(world, reader=Reader({"evt-1": told}))
    assert (tried.result, tried.why) == ("rejected", "event 2: bad")
    (letter,) = world.letters()
    assert (letter.state, letter.reason) == ("waiting", "event 2: bad")
    assert len(world.storage.state.events) == 1
    assert [(e.action, e.note) for e in world.trail()] == [("replay", "event 2: bad")]
    await run(world, reader=Reader({"evt-1": told}))
    assert len(world.trail()) == 1


async def test_an_id_with_other_content_stays_rejected(world: World) -> None:
    """What conflicts with a recorded event is not taken, and says so."""
    await world.hear(event("order_paid", 0))
    other = received(1, replace(event("order_paid", 0), order_id="SO-2"))
    await put(world, EVENT)
    [[tried]] = await run(world, reader=Reader({"evt-1": Retold(events=(other,))}))
    assert (tried.result, tried.why) == ("rejected", "event_id: event_conflict")


async def test_without_a_body_its_sender_is_to_send_it_again(world: World) -> None:
    """Where nothing can be read again that is said, and the letter keeps its own reason."""
    await put(world, EVENT)
    assert await Reader()(EVENT, at(0)) == NotKept()
    [[tried]] = await run(world)
    assert (tried.result, tried.why) == ("rejected", SEND_AGAIN)
    assert [(letter.state, letter.reason) for letter in world.letters()] == [
        ("waiting", "order_id: bad")
    ]
    assert world.trail() == []

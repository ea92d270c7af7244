"""Dead letters: found by what is asked, counted, and moved once however many want to."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from policies.queries import LetterCount, LetterFilter
from policies.records import DeadLetter
from storage.transaction import SqlTransaction
from tests.storage.builders import MINUTE, T0
from tests.storage.conftest import SqlWorld, World

OLD, FAILED, REFUSED, DONE = 1, 2, 3, 4
"""The letters by number, in the order in which they came."""


def letters(tenant_id: int) -> list[DeadLetter]:
    """One of each kind a minute apart, the last of them dealt with."""
    usual = DeadLetter(tenant_id=tenant_id, kind="event", subject="e-1", reason="no", payload={})
    return [
        replace(usual, reason="occurred_at: 100% wrong_", order_id="SO-1", created_at=T0),
        replace(
            usual,
            kind="evaluate",
            subject="SO-2",
            order_id="SO-2",
            reason="Evaluation failed",
            state="retrying",
            next_retry_at=T0 + 5 * MINUTE,
            created_at=T0 + MINUTE,
        ),
        replace(usual, kind="slack", subject="alert:1", reason="R", created_at=T0 + 2 * MINUTE),
        replace(usual, order_id="SO-1", state="replayed", created_at=T0 + 3 * MINUTE),
    ]


async def fill(world: World) -> dict[int, int]:
    """Keeps them; the places by number."""
    async with world.storage.write() as tx:
        numbers = await tx.dead_letters.add(letters(world.tenant.id), T0)
    return {number: place for place, number in enumerate(numbers, start=1)}


async def test_dead_letters_are_kept_as_they_were(world: World) -> None:
    """Whatever text and payload came, the letter comes back, and is replaced by its number."""
    odd = replace(letters(world.tenant.id)[0], reason="bad \x00 \ud800 text", payload={"o": "\x00"})
    async with world.storage.write() as tx:
        assert await tx.dead_letters.add([], T0) == []
        [number] = await tx.dead_letters.add([replace(odd, created_at=None)], T0)
        wanted = LetterFilter(tenant_ids=(world.tenant.id,))
        (kept,) = await tx.dead_letters.find(wanted)
        assert (kept.id, kept.payload, kept.created_at) == (number, {"o": "\x00"}, T0)
        again = replace(kept, state="retrying", next_retry_at=T0 + MINUTE, created_at=None)
        await tx.dead_letters.save(again)
        assert await tx.dead_letters.due(T0, 10) == []
        assert await tx.dead_letters.due(T0 + MINUTE, 10) == [replace(again, created_at=T0)]
        await tx.dead_letters.save(replace(again, tenant_id=world.tenant.id + 1, reason="x"))
        assert (await tx.dead_letters.find(wanted))[0].reason == kept.reason


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [REFUSED, FAILED, OLD]),
        ({"oldest_first": True}, [OLD, FAILED, REFUSED]),
        ({"oldest_first": True, "limit": 1}, [OLD]),
        ({"limit": 1}, [REFUSED]),
        ({"states": ()}, [DONE, REFUSED, FAILED, OLD]),
        ({"states": ("retrying",)}, [FAILED]),
        ({"kinds": ("event", "slack")}, [REFUSED, OLD]),
        ({"subject": "SO-2"}, [FAILED]),
        ({"order_id": "SO-1"}, [OLD]),
        ({"reason": "FAILED"}, [FAILED]),
        ({"reason": "0% wrong_"}, [OLD]),
        ({"reason": "%"}, [OLD]),
        ({"reason": ""}, [REFUSED, FAILED, OLD]),
        ({"since": T0 + MINUTE}, [REFUSED, FAILED]),
        ({"until": T0 + MINUTE}, [OLD]),
        ({"ids": ()}, []),
        ({"tenant_ids": ()}, []),
        ({"tenant_ids": (10**9,)}, []),
    ],
    ids=str,
)
async def test_letters_are_found_by_what_is_asked(
    world: World, asked: dict[str, Any], found: list[int]
) -> None:
    """What is given restricts, what is not does not; open ones unless states are named."""
    places = await fill(world)
    wanted = replace(LetterFilter(tenant_ids=(world.tenant.id,)), **asked)
    async with world.storage.read() as tx:
        assert [places[letter.id] for letter in await tx.dead_letters.find(wanted)] == found


async def test_letters_are_found_by_number(world: World) -> None:
    """By their numbers, after one, before one."""
    places = await fill(world)
    numbers = {place: number for number, place in places.items()}
    wanted = LetterFilter(tenant_ids=(world.tenant.id,), states=())
    async with world.storage.read() as tx:
        for asked, found in (
            ({"ids": (numbers[OLD], numbers[DONE], 10**9)}, [DONE, OLD]),
            ({"after_id": numbers[REFUSED]}, [DONE]),
            ({"before_id": numbers[FAILED]}, [OLD]),
        ):
            letters_found = await tx.dead_letters.find(replace(wanted, **asked))
            assert [places[letter.id] for letter in letters_found] == found


async def test_letters_are_counted_by_kind_and_reason(world: World) -> None:
    """Each kind and reason has its count and its soonest next try, whatever the limit."""
    await fill(world)
    async with world.storage.write() as tx:
        more = replace(letters(world.tenant.id)[1], next_retry_at=T0 + 2 * MINUTE)
        await tx.dead_letters.add([more], T0)
        counts = await tx.dead_letters.tally(LetterFilter(tenant_ids=(world.tenant.id,), limit=1))
        failed = [one.count for one in counts if one.kind == "evaluate"]
        assert await tx.dead_letters.count([world.tenant.id], ["retrying"]) == failed[0] == 2
    assert counts == [
        LetterCount(
            kind="evaluate", reason="Evaluation failed", count=2, next_retry_at=T0 + 2 * MINUTE
        ),
        LetterCount(kind="event", reason="occurred_at: 100% wrong_", count=1),
        LetterCount(kind="slack", reason="R", count=1),
    ]


async def test_a_move_takes_what_fits_once(world: World) -> None:
    """Those that fit are moved oldest first within the limit, and no longer fit afterwards."""
    places = await fill(world)
    wanted = LetterFilter(tenant_ids=(world.tenant.id,), oldest_first=True, limit=2)
    async with world.storage.write() as tx:
        moved = await tx.dead_letters.move(wanted, "replayed")
        assert [places[letter.id] for letter in moved] == [OLD, FAILED]
        assert {(letter.state, letter.next_retry_at) for letter in moved} == {("replayed", None)}
        rest = await tx.dead_letters.move(wanted, "discarded", reason="known")
        assert [(places[one.id], one.state, one.reason) for one in rest] == [
            (REFUSED, "discarded", "known")
        ]
        assert await tx.dead_letters.move(wanted, "replayed") == []


async def test_of_two_who_move_a_letter_one_gets_it(sql: SqlWorld) -> None:
    """Two transactions at once share the letters between them: each is moved by one of them."""
    async with sql.storage.write() as tx:
        some = [letters(sql.tenant.id)[2]] * 40
        numbers = await tx.dead_letters.add(some, T0)
    wanted = LetterFilter(tenant_ids=(sql.tenant.id,), limit=100)

    async def move(tx: SqlTransaction) -> list[int]:
        return [letter.id for letter in await tx.dead_letters.move(wanted, "replayed")]

    async def one() -> list[int]:
        async with sql.storage.write() as tx:
            moved = await move(tx)
            await asyncio.sleep(0.02)
            return moved

    moved = await asyncio.gather(*(one() for _ in range(4)))
    assert sorted(number for each in moved for number in each) == numbers

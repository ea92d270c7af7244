"""Dead letters over HTTP: seen by their tenant, and replayed once."""

from dataclasses import replace

import pytest

from policies.records import DeadLetter
from tests.handlers.world import NOW, World


async def add_letters(world: World, *kinds: str) -> list[int]:
    """Stores dead letters of the first tenant, and one of the second."""
    letter = DeadLetter(
        tenant_id=world.tenant.id,
        kind="evaluate",
        subject="SO-1",
        order_id="SO-1",
        reason="failed",
        payload={},
    )
    async with world.storage.write() as tx:
        mine = await tx.dead_letters.add([replace(letter, kind=kind) for kind in kinds], NOW)
        theirs = await tx.dead_letters.add([replace(letter, tenant_id=world.other.id)], NOW)
    return mine + theirs


async def test_dead_letters_are_listed(world: World) -> None:
    """The tenant's letters with their reasons, filtered and paged."""
    first, second, _ = await add_letters(world, "evaluate", "evaluate")
    _, body = await world.call("GET", "/api/dead-letters?limit=1&state=waiting", key="read")
    assert [item["id"] for item in body["items"]] == [second]
    assert (body["items"][0]["reason"], body["next_cursor"]) == ("failed", str(second))
    _, body = await world.call("GET", f"/api/dead-letters?cursor={second}", key="read")
    assert [item["id"] for item in body["items"]] == [first]
    assert body["next_cursor"] is None
    assert (await world.call("GET", "/api/dead-letters?state=lost", key="read"))[0] == 422


async def test_dead_letters_are_replayed_once(world: World) -> None:
    """A dry run only says; a replay does it; again finds nothing; foreign ones are not found."""
    work, rejected, foreign = await add_letters(world, "evaluate", "event")
    ids = {"ids": [work, rejected, foreign, 999]}
    expected = ["replayed", "rejected", "not_found", "not_found"]
    for body in (ids | {"dry_run": True}, ids):
        status, answer = await world.send(body, "/api/dead-letters/replay", key="admin")
        assert (status, [item["result"] for item in answer["items"]]) == (200, expected)
        assert answer["dry_run"] is body.get("dry_run", False)
    _, answer = await world.send(ids, "/api/dead-letters/replay", key="admin")
    assert answer["items"][0]["result"] == "not_found"


async def test_dead_letters_of_an_order(world: World) -> None:
    """All waiting letters of an order can be replayed together."""
    [work, _] = await add_letters(world, "evaluate")
    body = {"order_id": "SO-1"}
    _, answer = await world.send(body, "/api/dead-letters/replay", key="admin")
    assert answer["items"] == [{"id": work, "result": "replayed"}]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"ids": []},
        {"ids": [1], "order_id": "SO-1"},
        {"ids": ["1"]},
        {"ids": [True]},
        {"ids": [10**20]},
        {"ids": list(range(1, 102))},
        {"ids": [1], "dry_run": 1},
    ],
)
async def test_bad_replays_are_422(world: World, body: object) -> None:
    """Which letters has to be said, one way and with numbers."""
    assert (await world.send(body, "/api/dead-letters/replay", key="admin"))[0] == 422

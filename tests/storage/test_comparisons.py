"""What an exception is compared with is read the same way from every storage."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from policies.clock import Clock
from policies.reasons import ClockState, ClockVerdict, ReasonCode, Status
from policies.records import ExceptionRecord, Explanation
from tests.storage.builders import MINUTE, T0, a_record, an_event, clocks_of
from tests.storage.conftest import World

NOW = T0 + 600 * MINUTE
TOLD = Explanation(
    label="Late", ops_note="Late.", client_note="Late.", next_step="", evidence=("e1",)
)


def a_clock(order_id: str, began: int, took: int | None = None, **changes: Any) -> Clock:  # noqa: ANN401
    """A clock that is due two hours after it began, stopped after so many minutes."""
    at = T0 + began * MINUTE
    events = [an_event(f"paid-{order_id}", order_id, at=at)]
    if took is not None:
        done = at + took * MINUTE
        events.append(an_event(f"p-{order_id}", order_id, event_type="pick_completed", at=done))
    return clocks_of(*events, now=NOW)[0]._replace(**changes)


async def save(world: World, *clocks: Clock) -> None:
    """Stores them."""
    async with world.storage.write() as tx:
        await tx.clocks.save([(world.tenant.id, clock) for clock in clocks], NOW)


async def settled(world: World, number: int, **changes: Any) -> ExceptionRecord:  # noqa: ANN401
    """A settled exception of another order, opened an hour a number after T0."""
    opened = T0 + number * 60 * MINUTE
    usual: dict[str, Any] = {
        "status": Status.RESOLVED,
        "opened_at": opened,
        "resolved_at": opened + 30 * MINUTE,
        "resolution": "done",
    }
    record = a_record(world.tenant.id, order_id=f"SO-{number}", **{**usual, **changes})
    async with world.storage.write() as tx:
        return (await tx.exceptions.open([record]))[0]


async def test_those_due_nearest_are_found_on_both_sides(world: World) -> None:
    """Up to so many before a moment and after it, by deadline, whatever state they are in."""
    clocks = [a_clock(f"SO-{n}", n * 10, 40 if n % 2 else None) for n in range(9)]
    await save(world, *clocks)
    moment = clocks[4].deadline_at
    async with world.storage.read() as tx:
        near = await tx.comparisons.beside(world.tenant.id, "pick", moment, 2)
        every = await tx.comparisons.beside(world.tenant.id, "pick", moment, 50)
        others = await tx.comparisons.beside(world.tenant.id, "pack", moment, 50)
        nobodys = await tx.comparisons.beside(world.tenant.id + 1, "pick", moment, 50)
    assert [row.order_id for row in near] == ["SO-3", "SO-4", "SO-5", "SO-6"]
    assert [row.order_id for row in every] == [f"SO-{n}" for n in range(9)]
    assert others == nobodys == []


async def test_what_stopped_in_an_hour_is_counted(world: World) -> None:
    """Each window counts what stopped in it, its end left out, late ones included."""
    off = a_clock("off", 0, 10, state=ClockState.CANCELLED, check_at=None)
    await save(
        world,
        a_clock("a", 0, 10),
        a_clock("b", 0, 59),
        a_clock("c", 0, 60),
        a_clock("d", 0, 130),
        off,
    )
    windows = [(T0 + n * 60 * MINUTE, T0 + (n + 1) * 60 * MINUTE) for n in (0, 1, 2, 9)]
    async with world.storage.read() as tx:
        counts = await tx.comparisons.stopped(
            world.tenant.id, "pick", windows, timedelta(minutes=120)
        )
        none = await tx.comparisons.stopped(world.tenant.id, "pick", [], timedelta())
    assert counts == [2, 1, 1, 0]
    assert none == []


async def test_what_is_done_and_what_is_due_next(world: World) -> None:
    """A client's times, latest deadline first, and the deadlines to come, next first."""
    done = [a_clock(f"SO-{n}", n * 10, 20 + n, client="acme") for n in range(3)]
    other = a_clock("other", 5, 9, client="globex")
    waiting = [a_clock(f"W-{n}", 590 - n * 10) for n in range(3)]
    unknown = a_clock("unknown", 585, verdict=ClockVerdict.NO_DATA)
    await save(world, *done, other, *waiting, unknown, a_clock("late", 10))
    mine = (world.tenant.id, "pick")
    async with world.storage.read() as tx:
        times = await tx.comparisons.elapsed(*mine, "acme", NOW, 10)
        latest = await tx.comparisons.elapsed(*mine, "acme", done[2].deadline_at, 1)
        due = await tx.comparisons.due(*mine, NOW, waiting[1].deadline_at, 10)
        first = await tx.comparisons.due(*mine, NOW, NOW + 1000 * MINUTE, 1)
        nobodys = await tx.comparisons.due(world.tenant.id + 1, "pick", NOW, NOW, 9)
    assert (times, latest) == ([22, 21, 20], [21])
    assert due == [(waiting[2].deadline_at, "W-2"), (waiting[1].deadline_at, "W-1")]
    assert (first, nobodys) == (due[:1], [])


async def test_past_cases_are_the_settled_ones_of_the_reason(world: World) -> None:
    """Newest first per status, with the cause that was told; open ones and others are none."""
    told = replace(TOLD, cause="stock")
    await settled(world, 1, facts={"warehouse": "ATL1"}, explanation=told)
    await settled(world, 2, status=Status.CLOSED, resolution="carrier")
    await settled(world, 3, reason_code=ReasonCode.PACK_DELAY)
    await settled(world, 4, status=Status.OPEN, resolved_at=None, resolution=None)
    await settled(world, 5)
    async with world.storage.read() as tx:
        cases, since = await tx.comparisons.past_cases(
            world.tenant.id, ReasonCode.PICK_DELAY, T0 - MINUTE
        )
        later, _ = await tx.comparisons.past_cases(
            world.tenant.id, ReasonCode.PICK_DELAY, T0 + 61 * MINUTE
        )
    assert since == T0 - MINUTE
    assert [(case.resolution, case.cause) for case in cases] == [
        ("done", None),
        ("done", "stock"),
        ("carrier", None),
    ]
    assert cases[1].facts == {"warehouse": "ATL1"}
    assert cases[1].resolved_at - cases[1].opened_at == 30 * MINUTE
    assert len(later) == 2


async def test_an_explanation_is_replaced_alone(world: World) -> None:
    """It takes the place of the one before, unless the record was changed since it was read."""
    record = await settled(world, 1, explanation=TOLD)
    fuller = replace(TOLD, ops_note="Much later.", own=1, as_of="2026-01-05T08:00:00+00:00")
    async with world.storage.write() as tx:
        assert await tx.exceptions.explain(record, fuller)
        read = await tx.exceptions.get(record.id)
        assert read == replace(record, explanation=fuller)
        assert await tx.exceptions.save(replace(record, version=2), was=record.version)
        assert not await tx.exceptions.explain(record, TOLD)
        await tx.exceptions.save(replace(record, version=2, updated_at=NOW), was=2)
        stale = replace(record, version=2, updated_at=NOW - MINUTE)
        assert not await tx.exceptions.explain(stale, TOLD)

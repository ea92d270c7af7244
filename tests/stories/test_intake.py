"""What is accepted is stored once, whatever comes in at once, doubled or in the wrong order."""

import asyncio
from collections import Counter
from datetime import timedelta
from itertools import permutations
from typing import Any

import aiohttp

from tests.policies.test_sla_cases import CASES
from tests.stories.harness import Bot, ago, an_event, eventually

START = ago(days=20).replace(hour=10, minute=0, second=0, microsecond=0)


async def test_sixteen_at_once(bot: Bot) -> None:
    """Of 16 identical events at once one is accepted and 15 are duplicates."""
    event = an_event("SO-1", "order_paid", ago(minutes=5))
    answers = await asyncio.gather(*(bot.post("/events", event) for _ in range(16)))
    assert Counter(status for status, _ in answers) == {202: 1, 200: 15}
    assert Counter(body["status"] for _, body in answers) == {"accepted": 1, "duplicate": 15}


async def test_cases_over_http(bot: Bot) -> None:
    """Each conformance case whose time has come has its verdict over HTTP too."""
    ended = [case for case in CASES if case.moves[-1][1] == case.now or _over(case.expected)]
    events = [
        an_event(f"case-{n}", kind, START + timedelta(minutes=minutes), f"case-{n}-{k}")
        for n, case in enumerate(ended)
        for k, (kind, minutes) in enumerate(case.moves)
    ]
    status, answer = await bot.post("/events", {"events": events})
    assert (status, answer["accepted"]) == (200, len(events))
    for n, case in enumerate(ended):
        clocks = await eventually(lambda n=n: _clocks(bot, f"case-{n}"))
        for name, (state, delay) in case.expected.items():
            assert clocks[name]["state"] == state, case.name
            if state in ("met", "cancelled") or name in _stopped(case.moves):
                assert clocks[name]["delay_minutes"] == delay
            else:  # its stop event is missing, so the delay has gone on since
                assert clocks[name]["delay_minutes"] >= delay


def _over(expected: dict[str, tuple[str, float]]) -> bool:
    return all(state != "running" for state, _ in expected.values())


def _stopped(moves: tuple[tuple[str, float], ...]) -> set[str]:
    """Clocks whose stop event is among the moves, so that time cannot change them any more."""
    kinds = {kind for kind, _ in moves}
    stops = {"pick": {"pick_completed"}, "pack": {"pack_completed"}, "ship": {"manifested"}}
    return {name for name, events in stops.items() if events & kinds}


async def _clocks(bot: Bot, order_id: str) -> dict[str, dict[str, Any]]:
    order = await bot.get(f"/api/orders/{order_id}")
    return {clock["sla_id"]: clock for clock in order.get("clocks", [])}


async def test_any_order_of_arrival(bot: Bot) -> None:
    """120 orders of arrival of five events, each sent twice, one by one, give the same state."""
    moves = (
        ("order_paid", 0),
        ("pick_completed", 180),
        ("pack_completed", 420),
        ("manifested", 1861),
        ("delivered", 3000),
    )
    async with aiohttp.ClientSession(headers=bot.authority) as http:

        async def tell(order_id: str, told: tuple[tuple[str, int], ...]) -> None:
            for kind, minutes in (*told, *reversed(told)):
                at = START + timedelta(minutes=minutes)
                event = an_event(order_id, kind, at)
                async with http.post(f"{bot.url}/events", json=event) as answer:
                    assert answer.status in (200, 202)

        orders = [(f"P-{n}", told) for n, told in enumerate(permutations(moves))]
        for some in range(0, 120, 12):
            await asyncio.gather(*(tell(*order) for order in orders[some : some + 12]))
    states = [await eventually(lambda o=o: _settled(bot, o)) for o, _ in orders]
    assert len(states) == 120
    assert all(state == states[0] for state in states)


async def _settled(bot: Bot, order_id: str) -> list[tuple[object, ...]] | None:
    """The order's clocks and the delays of its exceptions, once all of it is judged."""
    order = await bot.get(f"/api/orders/{order_id}")
    records = sorted((r["reason_code"], r["delay_minutes"]) for r in order["exceptions"])
    if len(order["clocks"]) < 5 or any(c["state"] == "running" for c in order["clocks"]):
        return None
    late = [record for record in records if record[1] > 0]
    if len(late) < 3 or any(r["status"] != "RESOLVED" for r in order["exceptions"]):
        return None
    clocks = [(c["sla_id"], c["state"], c["delay_minutes"]) for c in order["clocks"]]
    return [*sorted(clocks), *late]

"""A shift: emissions turned into deliveries at their time, until the time is up.

Wall time comes from the event loop; business time must not come from anything else.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import aiohttp

from demo.warehouse.deliveries import address_to_hook, address_to_key
from demo.warehouse.senders import Lanes, Sender, Tally

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from datetime import datetime

    from demo.warehouse.generate import Emission
    from demo.warehouse.hooks import Hook

PROGRESS_SECONDS = 10
DRAIN_SECONDS = 3
BATCH_ORDERS = 100

log = logging.getLogger(__name__)


async def run_warehouse(
    emissions: Iterable[Emission],
    *,
    hooks: Mapping[tuple[str, str], Hook],
    start: datetime,
    speed: float,
    wall_seconds: float | None = None,
    on_open: Callable[[], None] = lambda: None,
) -> Tally:
    """Send signed webhooks: what arrives before `start` at once, the rest in its time.

    Business time stands at `start` until the past is sent; then `on_open` is called and a second
    lasts `speed` business seconds. It ends after `wall_seconds` (the past included), on a signal,
    or when all `emissions` are sent. `hooks` is by (tenant, source); what has no hook is left out.
    """

    async def feed(lanes: Lanes) -> None:
        loop = asyncio.get_running_loop()
        began: float | None = None
        for emission in emissions:
            ahead = (emission.arrives_at - start).total_seconds() / speed
            if ahead > 0 and began is None:
                await lanes.drain()
                began = loop.time()
                on_open()
            if began is not None and began + ahead > loop.time():
                await asyncio.sleep(began + ahead - loop.time())
            if hook := hooks.get((emission.tenant, emission.event["source"])):
                await lanes.put(address_to_hook(emission.event, hook))

    return await _work(feed, wall_seconds)


async def send_events(
    emissions: Iterable[Emission],
    *,
    url: str,
    key: str,
    wall_seconds: float,
    delay: float = 2.0,
) -> Tally:
    """Post canonical events to `url`, with a pause of `delay` seconds after 100 new orders."""

    async def feed(lanes: Lanes) -> None:
        placed = 0
        for emission in emissions:
            placed += emission.event["event_type"] == "order_created"
            if placed > BATCH_ORDERS:
                placed = 1
                await asyncio.sleep(delay)
            await lanes.put(address_to_key(emission.event, url=url, key=key))

    return await _work(feed, wall_seconds)


async def _work(feed: Callable[[Lanes], Awaitable[None]], wall_seconds: float | None) -> Tally:
    tally = Tally()
    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
        lanes = Lanes(group, Sender(session, tally).post)
        reporting = group.create_task(_report(tally))
        ends = (group.create_task(_feed_all(feed, lanes)), group.create_task(_await_signal()))
        await asyncio.wait(ends, timeout=wall_seconds, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        with suppress(TimeoutError):
            await asyncio.wait_for(lanes.drain(), DRAIN_SECONDS)
        lanes.close()
        reporting.cancel()
    return tally


async def _feed_all(feed: Callable[[Lanes], Awaitable[None]], lanes: Lanes) -> None:
    await feed(lanes)
    await lanes.drain()


async def _await_signal() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, stop.set)
    try:
        await stop.wait()
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


async def _report(tally: Tally) -> None:
    while True:
        await asyncio.sleep(PROGRESS_SECONDS)
        log.info("warehouse: %s", tally.to_json())

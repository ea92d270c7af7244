"""Remembers what went over the wire, bounded in memory and counted in full.

It must not hold a token.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from demo.workspace.shapes import Json

_QUEUE_LENGTH = 2000


class Hub:
    """Passes every change on to whoever watches: the page's streams and the traffic drawer."""

    def __init__(self) -> None:
        """Start without watchers."""
        self._queues: set[asyncio.Queue[Json]] = set()

    def watch(self) -> asyncio.Queue[Json]:
        """Return a queue that receives every change from now on."""
        queue: asyncio.Queue[Json] = asyncio.Queue(_QUEUE_LENGTH)
        self._queues.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[Json]) -> None:
        """Stop filling a queue."""
        self._queues.discard(queue)

    def tell(self, kind: str, **data: object) -> None:
        """Hand a change to every watcher; one that is too slow is told to load everything again."""
        for queue in self._queues:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait({"kind": "reload"})
            queue.put_nowait({"kind": kind, **data})


class Traffic:
    """The log of Web API calls and of deliveries to the bot, newest last."""

    def __init__(self, hub: Hub, kept: int) -> None:
        """Keep the newest `kept` entries of each kind."""
        self._hub = hub
        self._calls: deque[Json] = deque(maxlen=kept)
        self._deliveries: deque[Json] = deque(maxlen=kept)
        self.call_totals: Counter[str] = Counter()
        self.error_totals: Counter[str] = Counter()
        self.delivery_totals: Counter[str] = Counter()

    def call(self, entry: Json) -> None:
        """Log one finished call; `entry` names method, arguments, answer, status, ms and at."""
        self.call_totals[entry["method"]] += 1
        error = entry["answer"].get("error") if isinstance(entry["answer"], dict) else None
        if error or entry.get("fault"):
            self.error_totals[error or entry["fault"]] += 1
        self._calls.append({"n": self.call_totals.total(), **entry})
        self._hub.tell("call", call=self._calls[-1])

    def delivery(self, entry: Json) -> None:
        """Log one finished attempt to deliver something to the bot."""
        self.delivery_totals[entry["kind"]] += 1
        self._deliveries.append({"n": self.delivery_totals.total(), **entry})
        self._hub.tell("delivery", delivery=self._deliveries[-1])

    def calls(self, wanted: Callable[[Json], bool]) -> list[Json]:
        """Return the kept calls that `wanted` accepts, oldest first."""
        return [call for call in self._calls if wanted(call)]

    def deliveries(self, wanted: Callable[[Json], bool]) -> list[Json]:
        """Return the kept deliveries that `wanted` accepts, oldest first."""
        return [delivery for delivery in self._deliveries if wanted(delivery)]

    def totals(self) -> Json:
        """Return the counts since the start."""
        return {
            "calls": dict(self.call_totals),
            "errors": dict(self.error_totals),
            "deliveries": dict(self.delivery_totals),
        }

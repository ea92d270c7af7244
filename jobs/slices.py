"""Long work without a pause is done in slices, so that the event loop answers others in between.

Must not know what the work is.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")
_SIZE = 25
"""Orders judged or explained at once: some 2 ms."""


async def slices(items: Sequence[Item]) -> AsyncIterator[Sequence[Item]]:
    """The items in portions, with a turn for others after each of them."""
    for start in range(0, len(items), _SIZE):
        yield items[start : start + _SIZE]
        await asyncio.sleep(0)

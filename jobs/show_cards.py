"""Finds where in Slack exceptions are told. Must not change anything."""

from collections.abc import Mapping, Sequence

from jobs.ports import Storage
from jobs.show_storm import thread_of
from jobs.tell import CARD


async def cards_of(
    exception_ids: Sequence[int], *, storage: Storage
) -> Mapping[int, tuple[str, str]]:
    """The channel and the message of each exception's card; those without one are left out."""
    found: dict[int, tuple[str, str]] = {}
    async with storage.read() as tx:
        for number in dict.fromkeys(exception_ids):
            thread = await thread_of(tx, number)
            card = thread.part(CARD).ts if thread else None
            if thread is not None and thread.channel_id is not None and card is not None:
                found[number] = (thread.channel_id, card)
    return found

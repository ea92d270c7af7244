"""Gives what Slack refuses to have in one channel a refuge in another.

Must not decide which: jobs/relocate.py does.
"""

from collections.abc import Awaitable, Callable

import structlog

from bot.clock import Now
from jobs.errors import SlackRefusedError
from jobs.ports import Storage
from jobs.put_on_record import Telling
from jobs.relocate import Refusal, relocate
from policies.records import OutboxMessage

log = structlog.get_logger(__name__)


def relocating(
    deliver: Callable[[OutboxMessage], Awaitable[str]],
    storage: Storage,
    telling: Telling,
    clocks: tuple[Now, Now],
) -> Callable[[OutboxMessage], Awaitable[str]]:
    """Delivers, and takes to the default channel what Slack refuses to have in another one.

    Args:
        deliver: sends one message.
        storage: where it is told elsewhere.
        telling: where alerts go.
        clocks: business time and wall time.
    """
    business_now, wall_now = clocks

    async def with_refuge(message: OutboxMessage) -> str:
        try:
            return await deliver(message)
        except SlackRefusedError as error:
            refusal = Refusal(
                message=message, why=str(error), now=business_now(), wall_now=wall_now()
            )
            if not await relocate(refusal, storage=storage, telling=telling):
                raise
            log.warning("relocated", why=refusal.why, lane=message.lane)
            return "relocated"

    return with_refuge

"""Suggests what to ask in the conversation with E2A, by what is open for that person now.

Must not fail loudly: who gets no suggestions can still type.
"""

import aiohttp
import structlog
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks.suggestions import TITLE, suggestions
from handlers.services import Services
from handlers.slack.asker import Asker
from handlers.slack.desk import Desk, Nothing, desk_for
from jobs.see_tenants import tenants_of_channel
from jobs.show_openings import Openings, show_openings

log = structlog.stdlib.get_logger(__name__)
_REFUSED = (SlackClientError, aiohttp.ClientError, TimeoutError)


async def suggest(asker: Asker, services: Services, client: AsyncWebClient) -> None:
    """Puts them above the conversation; four at most."""
    if asker.channel_id is None:
        return
    found = suggestions(await _openings(asker, services))
    try:
        await client.assistant_threads_setSuggestedPrompts(
            channel_id=asker.channel_id, title=TITLE, prompts=found
        )
    except _REFUSED as error:
        log.info("slack_suggestions_not_shown", reason=str(error))


async def _openings(asker: Asker, services: Services) -> Openings | None:
    desk = await desk_for(asker, services)
    if isinstance(desk, Nothing):
        return None
    tenant_ids = await _beside(desk, services)
    return await show_openings(
        asker.user_id, tenant_ids, storage=desk.services.storage, now=desk.now
    )


async def _beside(desk: Desk, services: Services) -> tuple[int, ...]:
    """Their clients; of those only the channel's that they look at, where it has any."""
    beside = desk.asker.beside
    if beside is None:
        return desk.tenant_ids
    there = await tenants_of_channel(
        beside.channel_id,
        storage=services.storage,
        directory=services.directory,
        default_channel=services.default_channel,
    )
    seen = tuple(one.id for one in there if one.id in desk.tenant_ids)
    return seen or desk.tenant_ids

"""Gathers and publishes one person's Home. Must not draw it."""

from dataclasses import replace

from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks.home import MOST_LISTED, empty_home, home
from handlers.blocks.home import Desk as HomeDesk
from handlers.services import Services
from handlers.slack.asker import Asker
from handlers.slack.desk import Desk, Nothing, desk_for
from jobs.show import list_exceptions, show_status
from jobs.views import ExceptionList
from policies.queries import ExceptionFilter
from policies.reasons import ACTIVE_STATUSES


async def show_home(asker: Asker, services: Services, client: AsyncWebClient) -> None:
    """Draws a person's Home anew."""
    desk = await desk_for(asker, services)
    if isinstance(desk, Nothing):
        await client.views_publish(user_id=asker.user_id, view=empty_home(desk.notice))
        return
    await client.views_publish(user_id=asker.user_id, view=home(await _gather(desk)))


async def _gather(desk: Desk) -> HomeDesk:
    storage = desk.services.storage
    status = await show_status(
        desk.tenant_ids, storage=storage, promises=desk.services.promises, now=desk.now
    )
    active = ExceptionFilter(
        tenant_ids=desk.tenant_ids, statuses=ACTIVE_STATUSES, soonest_first=True, limit=MOST_LISTED
    )
    mine = await _listed(replace(active, assignee=desk.asker.user_id), desk)
    unowned = await _listed(replace(active, unowned=True), desk)
    return HomeDesk(status=status, mine=mine, unowned=unowned)


async def _listed(wanted: ExceptionFilter, desk: Desk) -> ExceptionList:
    return await list_exceptions(wanted, described="", storage=desk.services.storage, now=desk.now)

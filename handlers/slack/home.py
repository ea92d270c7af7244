"""Gathers and publishes one person's Home. Must not draw it."""

from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks.home import Desk as HomeDesk
from handlers.blocks.home import empty_home, home
from handlers.services import Services
from handlers.slack.asker import Asker
from handlers.slack.desk import Desk, Nothing, desk_for
from jobs.show import list_exceptions, show_status
from jobs.views import ExceptionList
from policies.permissions import READ
from policies.queries import ExceptionFilter
from policies.reasons import ACTIVE_STATUSES
from policies.records import ExceptionRecord

_MOST_LOOKED_AT = 200


async def show_home(asker: Asker, services: Services, client: AsyncWebClient) -> None:
    """Draws a person's Home anew."""
    desk = await desk_for(asker, READ, services)
    if isinstance(desk, Nothing):
        await client.views_publish(user_id=asker.user_id, view=empty_home(desk.notice))
        return
    await client.views_publish(user_id=asker.user_id, view=home(await _gather(desk)))


async def _gather(desk: Desk) -> HomeDesk:
    storage = desk.services.storage
    status = await show_status(desk.tenant_ids, storage=storage, now=desk.now)
    mine = await _list(desk, assignee=desk.asker.user_id)
    waiting = await _list(desk, assignee=None)
    unowned = tuple(record for record in waiting.records if record.assignee is None)
    return HomeDesk(
        status=status,
        mine=_soonest(mine, mine.records, mine.total),
        unowned=_soonest(waiting, unowned, status.unowned),
    )


async def _list(desk: Desk, assignee: str | None) -> ExceptionList:
    wanted = ExceptionFilter(
        tenant_ids=desk.tenant_ids,
        statuses=ACTIVE_STATUSES,
        assignee=assignee,
        limit=_MOST_LOOKED_AT,
    )
    return await list_exceptions(wanted, described="", storage=desk.services.storage, now=desk.now)


def _soonest(
    found: ExceptionList, records: tuple[ExceptionRecord, ...], total: int
) -> ExceptionList:
    """Earliest deadline first."""
    return ExceptionList(
        records=tuple(sorted(records, key=lambda record: record.deadline_at)),
        total=max(total, len(records)),
        described=found.described,
        tenants=found.tenants,
        now=found.now,
    )

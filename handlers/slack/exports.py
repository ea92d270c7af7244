"""Hands long lists out as files: the whole list of exceptions, the trail.

Must not send them: the voice does, to where the answer goes.
"""

import asyncio
from collections.abc import Iterable
from functools import partial

from handlers.blocks import notices
from handlers.blocks.lists import MOST_SHOWN
from handlers.blocks.sheets import MOST_ROWS, Sheet, exceptions_sheet, trail_sheet
from handlers.blocks.text import counted
from handlers.slack.asker import Reply
from handlers.slack.desk import Desk
from handlers.slack.intents import ExportAudit
from handlers.slack.times import since_moment
from jobs.export_rows import all_exceptions, export_trail
from jobs.views import ExceptionList
from policies.queries import ExceptionFilter

Outcome = tuple[Reply, str]
_SLACK = "slack:"


async def whole_list(found: ExceptionList, wanted: ExceptionFilter, desk: Desk) -> Sheet | None:
    """All of a list that is longer than what is shown of it; None where it is not."""
    if found.total <= MOST_SHOWN:
        return None
    records = await all_exceptions(wanted, MOST_ROWS, storage=desk.services.storage)
    names = await _names({one.assignee for one in records if one.assignee}, desk)
    cut = f" (the newest {MOST_ROWS:,} in this file)" if found.total > MOST_ROWS else ""
    title = f"{counted(found.total, 'exception')}: {found.described}{cut}"
    write = partial(exceptions_sheet, records, desk.tenants, names, title=title, now=desk.now)
    return await asyncio.to_thread(write)


async def export(intent: ExportAudit, desk: Desk) -> Outcome:
    """The trail of the clients for whom they may, to the asker alone."""
    since = since_moment(intent.since, desk.now, desk.zone) if intent.since else None
    trail = await export_trail(
        desk.tenant_ids,
        since,
        MOST_ROWS,
        actor=desk.asker.actor,
        correlation_id=desk.asker.correlation_id,
        storage=desk.services.storage,
        now=desk.now,
    )
    if not trail.entries:
        return Reply(message=notices.told("The trail has nothing from then on."), private=True), (
            "answered"
        )
    people = {one.actor.removeprefix(_SLACK) for one in trail.entries if _SLACK in one.actor}
    names = await _names(people, desk)
    clients = ", ".join(tenant.name for tenant in desk.tenants)
    many = counted(len(trail.entries), "entry", "entries")
    title = f"Audit trail of {clients}: {'the newest ' if trail.cut else ''}{many}"
    write = partial(trail_sheet, trail.entries, desk.tenants, names, title=title, now=desk.now)
    sheet = await asyncio.to_thread(write)
    told = notices.told(f"{title}. The file is in your direct messages with E2A.")
    return Reply(message=told, private=True, sheet=sheet), "answered"


async def _names(people: Iterable[str], desk: Desk) -> dict[str, str]:
    found = [await desk.services.directory.person(user_id) for user_id in sorted(people)]
    return {person.id: person.name for person in found if person}

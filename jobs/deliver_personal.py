"""Says what an owner hears directly about an exception: nothing they do not want, nor in the night.

Must not post: deliver_notice does, and asks again later where this says that it is too early.
"""

from datetime import datetime

from jobs.deliver_alert import Delivery
from jobs.errors import PacedError
from jobs.ports.slack import Message
from jobs.show import exception_view
from jobs.tell_owner import ASSIGNED
from jobs.views import PersonalView
from policies.personal_settings import PersonalSettings
from policies.quiet import dm_allowed_at
from policies.reasons import Severity
from policies.records import OutboxMessage

_LONGEST_WAIT = 120.0
"""Seconds; then it is looked at again, because settings and severities change."""


async def draw_personal(
    message: OutboxMessage, delivery: Delivery, now: datetime
) -> Message | None:
    """The direct message; None where it is not wanted, not theirs any more, or over.

    Raises:
        PacedError: they want quiet now.
    """
    user_id, why = message.payload["channel"], message.payload["why"]
    async with delivery.storage.read() as tx:
        settings = await tx.people.settings(user_id)
        record = await tx.exceptions.get(message.payload["exception_id"])
        if record is None or not record.active or record.assignee != user_id:
            return None
        view = await exception_view(tx, record, delivery.promises, now)
    if view is None or not _wanted(settings, why):
        return None
    _wait_for_quiet(settings, record.severity, now)
    by = message.payload.get("by")
    return delivery.renderer.personal(PersonalView(exception=view, why=why, by=by))


def _wanted(settings: PersonalSettings, why: str) -> bool:
    return settings.tell_assigned if why == ASSIGNED else settings.tell_worse


def _wait_for_quiet(settings: PersonalSettings, severity: Severity, now: datetime) -> None:
    windows = (settings.quiet,) if settings.quiet else ()
    wait = (dm_allowed_at(windows, severity, now) - now).total_seconds()
    if wait > 0:
        raise PacedError(min(wait, _LONGEST_WAIT))

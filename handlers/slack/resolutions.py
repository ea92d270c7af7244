"""Shows what is done by itself, and takes it back on request.

Must not let a text widen what a channel sees.
"""

from handlers.blocks import notices
from handlers.blocks.resolution import rates, resolution, undoing
from handlers.slack.asker import Reply
from handlers.slack.desk import Desk
from handlers.slack.reads import ANSWERED, NOT_FOUND, meant
from handlers.slack.resolution_intents import ShowResolution, UndoResolution
from jobs.act_on_exception import NotFound, NotPossible
from jobs.show_resolution import show_rates, show_resolution
from jobs.undo_attempt import undo_attempt

Outcome = tuple[Reply, str]


async def show_it(intent: ShowResolution, desk: Desk) -> Outcome:
    """Of one exception, or how it goes as a whole."""
    services = desk.services
    if intent.exception_id is None and not intent.here:
        whole = await show_rates(desk.tenant_ids, storage=services.storage, now=desk.now)
        return Reply(message=rates(whole)), ANSWERED
    number = intent.exception_id
    found = number if number is not None else await meant(desk, "resolution")
    if isinstance(found, Reply):
        return found, NOT_FOUND
    view = await show_resolution(
        found, desk.tenant_ids, storage=services.storage, book=services.resolution, now=desk.now
    )
    if view is None:
        return Reply(message=notices.not_found(found), private=True), NOT_FOUND
    return Reply(message=resolution(view)), ANSWERED


async def undo_it(intent: UndoResolution, desk: Desk) -> Outcome:
    """Puts the inverse action on the list."""
    number = intent.exception_id
    found = number if number is not None else await meant(desk, "resolution undo")
    if isinstance(found, Reply):
        return found, NOT_FOUND
    outcome = await undo_attempt(
        found,
        desk.tenant_ids,
        actor=desk.asker.actor,
        storage=desk.services.storage,
        book=desk.services.resolution,
        now=desk.now,
        wall_now=desk.services.wall_now(),
    )
    if isinstance(outcome, NotFound):
        return Reply(message=notices.not_found(found), private=True), NOT_FOUND
    if isinstance(outcome, NotPossible):
        return Reply(message=notices.told(outcome.why), private=True), "impossible"
    return Reply(message=undoing(outcome.attempt.action, found)), "done"

"""Takes back what somebody just did, as long as nothing came after it.

Must not restore anything: the lifecycle does, from what the trail kept.
"""

from datetime import datetime

from handlers.blocks import notices
from handlers.blocks.card import target_of
from handlers.blocks.undo import TIME, Undoing, with_undo
from handlers.slack.asker import Reply
from handlers.slack.desk import Desk
from handlers.slack.intents import Undo
from jobs.act_on_exception import Done, NotFound, NotPossible, Stale, act_on_exception
from jobs.ports.slack import Message
from policies.lifecycle import UNDOABLE, Act
from policies.records import ExceptionRecord

Outcome = tuple[Reply, str]


def undoable(message: Message, verb: str, record: ExceptionRecord, wall_now: datetime) -> Reply:
    """A confirmation; where only the asker sees it, it can be undone for a while."""
    if verb not in UNDOABLE:
        return Reply(message=message)
    undoing = Undoing(target=target_of(record), until=wall_now + TIME)
    return Reply(message=message, aside=with_undo(message, undoing))


async def undo(intent: Undo, desk: Desk) -> Outcome:
    """Takes it back, or says why nothing was changed."""
    services, target = desk.services, intent.undoing.target
    wall_now = services.wall_now()
    if wall_now > intent.undoing.until:
        late = f"That was more than {TIME.seconds} seconds ago, so nothing was changed."
        return _aside(notices.told(late)), "late"
    act = Act(
        verb="undo",
        exception_id=target.id,
        actor=desk.asker.actor,
        actor_name=desk.person.name,
        tenant_ids=desk.tenant_ids,
        expected_version=target.version,
        correlation_id=desk.asker.correlation_id,
    )
    outcome = await act_on_exception(act, storage=services.storage, now=desk.now, wall_now=wall_now)
    match outcome:
        case Done():
            return _aside(notices.done("undo", outcome.record)), "done"
        case Stale():
            return _aside(notices.stale(outcome.record, outcome.last, desk.now)), "stale"
        case NotPossible():
            return _aside(notices.told(outcome.why)), "impossible"
        case NotFound():
            return _aside(notices.not_found(target.id)), "not_found"


def _aside(message: Message) -> Reply:
    return Reply(message=message, private=True)

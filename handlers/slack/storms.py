"""Does what somebody wants of a storm: the same with all of its members, or one of them split off.

Must not check authority again, nor draw cards: the outbox brings them up to date.
"""

from datetime import timedelta

from handlers.blocks import notices
from handlers.blocks.storm_forms import all_done, split_done
from handlers.slack.asker import Reply
from handlers.slack.desk import Desk, storm_here
from handlers.slack.intents import ActOnAll, SplitFrom
from handlers.slack.times import MOST_MINUTES, until_moment
from handlers.slack.waits import TOMORROW
from jobs.act_on_storm import act_on_storm, split_off
from policies.lifecycle import Act

Outcome = tuple[Reply, str]
_LONGEST = timedelta(minutes=MOST_MINUTES)
_NO_STORM = Reply(
    message=notices.told("That is for a storm: say it in the thread of one, or press its buttons."),
    private=True,
)


async def act_on_all(intent: ActOnAll, desk: Desk) -> Outcome:
    """One act on all members for whose clients they may, or on those that a form showed."""
    storm_id = intent.storm_id if intent.storm_id is not None else await _here(desk)
    if storm_id is None:
        return _NO_STORM, "not_found"
    wish = wish_of(intent, desk)
    if wish.until is not None and wish.until - desk.now > _LONGEST:
        return Reply(
            message=notices.told(f"At most {_LONGEST.days} days, please."), private=True
        ), "refused"
    done = await act_on_storm(
        wish,
        storm_id,
        intent.versions,
        storage=desk.services.storage,
        now=desk.now,
        wall_now=desk.services.wall_now(),
    )
    if done is None:
        return _NO_STORM, "not_found"
    private = intent.storm_id is not None
    return Reply(message=all_done(intent.verb, done), private=private), "done"


async def split_one(intent: SplitFrom, desk: Desk) -> Outcome:
    """One member gets a card of its own."""
    storm_id = intent.storm_id if intent.storm_id is not None else await _here(desk)
    if storm_id is None:
        return _NO_STORM, "not_found"
    done = await split_off(
        _act("split", desk),
        storm_id,
        intent.what,
        storage=desk.services.storage,
        now=desk.now,
        wall_now=desk.services.wall_now(),
    )
    if done is None:
        why = f"Nobody in this storm is called {intent.what[:60]}. Show all lists them."
        return Reply(message=notices.told(why), private=True), "not_found"
    private = intent.storm_id is not None
    return Reply(message=split_done(done), private=private), "done"


def wish_of(intent: ActOnAll, desk: Desk) -> Act:
    """As it is to be done with each member."""
    said = intent.until or (TOMORROW if intent.awaits else None)
    until = until_moment(said, desk.now, desk.zone) if said else None
    return _act(
        intent.verb,
        desk,
        note=intent.note,
        reason=intent.reason,
        until=until,
        awaits=intent.awaits,
    )


def _act(verb: str, desk: Desk, **more: object) -> Act:
    return Act(
        verb=verb,
        exception_id=0,
        actor=desk.asker.actor,
        actor_name=desk.person.name,
        tenant_ids=desk.tenant_ids,
        correlation_id=desk.asker.correlation_id,
        **more,  # type: ignore[arg-type]
    )


async def _here(desk: Desk) -> int | None:
    view = await storm_here(desk)
    return view.storm.id if view else None

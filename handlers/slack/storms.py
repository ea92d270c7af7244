"""Does what somebody wants of a storm: the same with all of its members, or one of them split off.

Must not check authority again, nor draw cards: the outbox brings them up to date.
"""

from datetime import datetime, timedelta

from handlers.blocks import notices
from handlers.blocks.storm_forms import all_done, all_undone, split_done, with_undo_all
from handlers.blocks.storm_ids import UndoingAll
from handlers.blocks.undo import TIME
from handlers.slack.asker import Reply
from handlers.slack.desk import Desk, storm_here
from handlers.slack.intents import ActOnAll, SplitFrom, UndoAll
from handlers.slack.times import MOST_MINUTES, until_moment
from handlers.slack.waits import CUT_OFF, TOMORROW
from jobs.act_on_storm import act_on_storm, split_off
from jobs.show_storm import show_storm
from jobs.views.storms import StormView
from policies.cut_offs import next_cut_off
from policies.lifecycle import Act

Outcome = tuple[Reply, str]
_LONGEST = timedelta(minutes=MOST_MINUTES)
_NO_STORM = Reply(
    message=notices.told("That is for a storm: say it in the thread of one, or press its buttons."),
    private=True,
)

_NO_CUT_OFF = Reply(
    message=notices.told(
        "No promise to these clients has a cut-off, so nothing was changed. "
        "Say a time instead: snooze all 2h"
    ),
    private=True,
)


async def act_on_all(intent: ActOnAll, desk: Desk) -> Outcome:
    """One act on all members for whose clients they may, or on those that a form showed."""
    storm_id = intent.storm_id if intent.storm_id is not None else await _here(desk)
    if storm_id is None:
        return _NO_STORM, "not_found"
    wish = await _wish(intent, storm_id, desk)
    if wish is None:
        return _NO_CUT_OFF, "refused"
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
    private, told = intent.storm_id is not None, all_done(intent.verb, done)
    undoing = UndoingAll(
        storm_id=storm_id, versions=done.versions, until=desk.services.wall_now() + TIME
    )
    return Reply(message=told, private=private, aside=with_undo_all(told, undoing)), "done"


async def undo_all(intent: UndoAll, desk: Desk) -> Outcome:
    """Takes back one's own act on many, as long as nothing came after it."""
    undoing, wall_now = intent.undoing, desk.services.wall_now()
    if wall_now > undoing.until:
        late = f"That was more than {TIME.seconds} seconds ago, so nothing was changed."
        return Reply(message=notices.told(late), private=True), "late"
    done = await act_on_storm(
        _act("undo", desk),
        undoing.storm_id,
        undoing.versions,
        storage=desk.services.storage,
        now=desk.now,
        wall_now=wall_now,
    )
    if done is None:
        return _NO_STORM, "not_found"
    return Reply(message=all_undone(done), private=True), "done" if done.done else "stale"


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


async def _wish(intent: ActOnAll, storm_id: int, desk: Desk) -> Act | None:
    """As it is to be done with each; a cut-off is the soonest of any, None where there is none."""
    if intent.awaits != CUT_OFF:
        return wish_of(intent, desk)
    view = await show_storm(storm_id, desk.tenant_ids, storage=desk.services.storage, now=desk.now)
    until = soonest_cut_off(view, desk) if view else None
    return _act(intent.verb, desk, note=intent.note, until=until) if until else None


def soonest_cut_off(view: StormView, desk: Desk) -> datetime | None:
    """The first cut-off that any open member has before it."""
    promises = desk.services.promises
    found = [
        at
        for one in view.members
        if one.record.active
        and (at := next_cut_off(one.record, promises.of(one.tenant.name), desk.now))
    ]
    return min(found, default=None)


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

"""Changes an exception's state on behalf of somebody who may.

Must not check authority again, nor draw cards: the outbox brings them up to date.
"""

from dataclasses import replace

from handlers.blocks import notices
from handlers.blocks import shifts as drawn
from handlers.slack.asker import Reply
from handlers.slack.authority import verdict_on
from handlers.slack.desk import Desk
from handlers.slack.intents import ME, ON_SHIFT, ActOn, Replay
from handlers.slack.on_shift import choose
from handlers.slack.reads import find, meant
from handlers.slack.snoozing import Quiet, came_already, quiet_of
from handlers.slack.undoing import undoable
from jobs.act_on_exception import Done, NotFound, NotPossible, Stale, act_on_exception
from jobs.replay_order import replay_exception
from policies.lifecycle import Act
from policies.permissions import Refused, one_of

Outcome = tuple[Reply, str]
_SHOWN_BY_CARD = frozenset({"acknowledge", "assign", "reopen"})
"""Presses that are met with silence; what ends or quiets something can be undone and says so."""


async def act(intent: ActOn, desk: Desk) -> Outcome:
    """One action by the lifecycle, or the reason why nothing was changed."""
    found = (
        intent.exception_id if intent.exception_id is not None else await meant(desk, intent.verb)
    )
    if isinstance(found, Reply):
        return found, "not_found"
    if intent.assignee == ON_SHIFT:
        return await _give_to_shift(intent, found, desk)
    assignee = await _assignee(intent, found, desk)
    if isinstance(assignee, Reply):
        return assignee, "refused"
    quiet = await _quiet(intent, found, desk)
    if isinstance(quiet, Reply):
        return quiet, "refused"
    wish = Act(
        verb=intent.verb,
        exception_id=found,
        actor=desk.asker.actor,
        actor_name=desk.person.name,
        tenant_ids=desk.tenant_ids,
        note=intent.note,
        reason=intent.reason,
        assignee=assignee,
        until=quiet.until,
        awaits=quiet.awaits,
        expected_version=intent.version,
        correlation_id=desk.asker.correlation_id,
    )
    return await _done(wish, desk)


async def _give_to_shift(intent: ActOn, exception_id: int, desk: Desk) -> Outcome:
    """Whoever is on shift and holds the fewest gets it, and everybody is told why."""
    chosen = await choose(exception_id, desk)
    if isinstance(chosen, Reply):
        return chosen, "impossible"
    theirs = replace(intent, exception_id=exception_id, assignee=chosen.person_id)
    reply, result = await act(theirs, desk)
    view = await find(exception_id, desk)
    if result != "done" or isinstance(view, Reply):
        return reply, result
    told = drawn.given(view.record, chosen.name, chosen.shift, chosen.held)
    return undoable(told, "assign", view.record, desk.services.wall_now()), result


async def replay(intent: Replay, desk: Desk) -> Outcome:
    """Judges the order again and says what that changes."""
    found = intent.exception_id if intent.exception_id is not None else await meant(desk, "replay")
    if isinstance(found, Reply):
        return found, "not_found"
    services = desk.services
    act = Act(
        verb="replay",
        exception_id=found,
        actor=desk.asker.actor,
        actor_name=desk.person.name,
        tenant_ids=desk.tenant_ids,
        correlation_id=desk.asker.correlation_id,
    )
    preview = await replay_exception(
        act,
        storage=services.storage,
        promises=services.promises,
        now=desk.now,
        wall_now=services.wall_now(),
    )
    if isinstance(preview, NotFound):
        return Reply(message=notices.not_found(found), private=True), "not_found"
    return Reply(message=notices.replayed(preview)), "done"


async def _done(wish: Act, desk: Desk) -> Outcome:
    services = desk.services
    outcome = await act_on_exception(
        wish, storage=services.storage, now=desk.now, wall_now=services.wall_now()
    )
    match outcome:
        case Done():
            notice = notices.done(wish.verb, outcome.record)
            reply = undoable(notice, wish.verb, outcome.record, services.wall_now())
            return replace(reply, visible=wish.verb in _SHOWN_BY_CARD), "done"
        case Stale():
            notice = notices.stale(outcome.record, outcome.last, desk.now)
            return Reply(message=notice, private=True), "stale"
        case NotPossible():
            return Reply(message=notices.told(outcome.why), private=True), "impossible"
        case NotFound():
            return Reply(message=notices.not_found(wish.exception_id), private=True), "not_found"


async def _assignee(intent: ActOn, exception_id: int, desk: Desk) -> str | Reply | None:
    """The person who is to own it; only somebody who may own may be given it."""
    if intent.assignee in (None, ME):
        return desk.asker.user_id if intent.assignee == ME else None
    view = await find(exception_id, desk)
    if isinstance(view, Reply):
        return view
    verdict = await verdict_on(
        intent.assignee or "",
        "own",
        view.tenant.id,
        team_id=desk.asker.team_id,
        services=desk.services,
    )
    if isinstance(verdict, Refused):
        return Reply(message=notices.refused(_cannot_own(verdict)), private=True)
    return intent.assignee


def _cannot_own(verdict: Refused) -> str:
    """Why, as far as roles go; a guest's or stranger's account is nobody's matter."""
    if not verdict.wanted:
        return "Only full members of this workspace can own an exception. Nothing was changed."
    return f"To own an exception takes {one_of(verdict.wanted)}. Nothing was changed."


async def _quiet(intent: ActOn, exception_id: int, desk: Desk) -> Quiet | Reply:
    """Until when a snooze is; only that has to look at the exception."""
    if intent.until is None and intent.awaits is None:
        return Quiet()
    view = await find(exception_id, desk)
    if isinstance(view, Reply):
        return view
    quiet = quiet_of(intent, view, desk)
    if isinstance(quiet, Quiet) and quiet.awaits and await came_already(quiet.awaits, view, desk):
        quiet = f"That came already for #{exception_id}: {quiet.awaits.replace('_', ' ')}. "
        quiet += "Nothing was changed; say a time, or something that is still to come."
    return Reply(message=notices.told(quiet), private=True) if isinstance(quiet, str) else quiet

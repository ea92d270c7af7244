"""Refusals that offer to ask who may, the asking, and what those decide.

Must not let a press decide by its value: the wish and the client come from the store.
"""

from handlers.blocks import authority as drawn
from handlers.blocks import notices
from handlers.blocks.ids import Target
from handlers.blocks.wishes import Wish
from handlers.slack.asker import Reply
from handlers.slack.authority import who_may
from handlers.slack.desk import Desk
from handlers.slack.intents import ME, ON_SHIFT, ActOn, AskApproval, Decide, Intent, Replay
from handlers.slack.reads import find, meant
from handlers.slack.snoozing import Quiet, quiet_of
from jobs.act_on_exception import ActOutcome, Done, NotFound, NotPossible, Stale
from jobs.ask_approval import Decided, Declined, ask_approval, decide_approval
from jobs.ports.slack import Message
from jobs.put_on_record import Telling
from jobs.views import ExceptionView
from policies.lifecycle import RESOLUTIONS, Act
from policies.permissions import Refused
from policies.roles import Approval

Outcome = tuple[Reply, str]


async def refused(intent: Intent, verb: str, desk: Desk) -> Outcome | None:
    """Why not, who may instead, and where it is about one exception a button that asks them.

    None where they may: for the client of that exception, else for any that they see.
    """
    free = desk.allowing(verb)
    if free.tenants == desk.tenants:
        return None
    view = await _about(intent, verb, desk)
    if view is None and free.tenants:
        return None
    tenant = view.tenant if view else desk.tenants[0]
    verdict = desk.verdict(verb, tenant.id)
    if not isinstance(verdict, Refused):
        return None
    named = await who_may(verdict.wanted, tenant, desk.services)
    wish = _wish(intent, view, desk) if view and verdict.wanted else None
    return Reply(message=drawn.refused(verdict.why, named, wish), private=True), "refused"


async def not_theirs(verdict: Refused, view: ExceptionView, desk: Desk) -> Message:
    """The same within a form, where nothing was filled in yet that could be asked for."""
    named = await who_may(verdict.wanted, view.tenant, desk.services)
    return drawn.refused(verdict.why, named, None)


async def _about(intent: Intent, verb: str, desk: Desk) -> ExceptionView | None:
    """The exception that the act is about, where there is one here."""
    if not isinstance(intent, ActOn | Replay):
        return None
    found = intent.exception_id if intent.exception_id is not None else await meant(desk, verb)
    view = found if isinstance(found, Reply) else await find(found, desk)
    return None if isinstance(view, Reply) else view


def _wish(intent: Intent, view: ExceptionView, desk: Desk) -> Wish | None:
    """What of an act can be asked for; a replay changes nothing that needs asking."""
    if not isinstance(intent, ActOn) or intent.assignee == ON_SHIFT:
        return None
    said = quiet_of(intent, view, desk)
    quiet = Quiet() if isinstance(said, str) else said
    version = intent.version if intent.version is not None else view.record.version
    return Wish(
        verb=intent.verb,
        target=Target(id=view.record.id, version=version),
        note=intent.note,
        reason=intent.reason,
        assignee=desk.asker.user_id if intent.assignee == ME else intent.assignee,
        until=quiet.until,
        awaits=quiet.awaits,
    )


async def ask_them(intent: AskApproval, desk: Desk) -> Outcome:
    """Asks in the client's channel for somebody who may."""
    wish, services = intent.wish, desk.services
    view = await find(wish.target.id, desk)
    if isinstance(view, Reply):
        return view, "not_found"
    verdict = desk.verdict(wish.verb, view.tenant.id)
    if not isinstance(verdict, Refused):
        return _aside("You may do that yourself. Nothing was changed; press again."), "impossible"
    if not verdict.wanted:
        return _aside(verdict.why), "refused"
    act = Act(
        verb=wish.verb,
        exception_id=view.record.id,
        actor=desk.asker.actor,
        actor_name=desk.person.name,
        tenant_ids=desk.tenant_ids,
        note=wish.note,
        reason=wish.reason if wish.reason in RESOLUTIONS else None,
        assignee=wish.assignee,
        until=wish.until,
        awaits=wish.awaits,
        expected_version=wish.target.version,
        correlation_id=desk.asker.correlation_id,
    )
    named = await who_may(verdict.wanted, view.tenant, services)
    await ask_approval(
        act,
        view.record,
        channel=Telling(default_channel=services.default_channel).channel_of(view.tenant),
        may=tuple(named),
        storage=services.storage,
        now=desk.now,
        wall_now=services.wall_now(),
    )
    return Reply(message=drawn.asked(named), private=True), "done"


async def decide(intent: Decide, desk: Desk) -> Outcome:
    """Approves or declines what somebody asked for."""
    async with desk.services.storage.read() as tx:
        approval = await tx.approvals.get(intent.approval_id)
    if approval is None or approval.tenant_id not in desk.tenant_ids:
        return _aside("There is no such request here."), "not_found"
    verdict = desk.verdict(approval.verb, approval.tenant_id)
    if isinstance(verdict, Refused):
        return _aside(verdict.why), "refused"
    if intent.approved and approval.asked_by == desk.asker.actor:
        own = "Nobody approves what they asked for themselves. Nothing was changed."
        return _aside(own), "refused"
    outcome = await decide_approval(
        approval,
        approved=intent.approved,
        actor=desk.asker.actor,
        storage=desk.services.storage,
        now=desk.now,
        wall_now=desk.services.wall_now(),
        correlation_id=desk.asker.correlation_id,
    )
    return _told(outcome, approval, intent, desk)


def _told(
    outcome: ActOutcome | Decided | Declined, approval: Approval, intent: Decide, desk: Desk
) -> Outcome:
    match outcome:
        case Done() | Declined():
            notice = drawn.decided(approval, desk.person.name, approved=intent.approved)
            return Reply(message=notice), "done"
        case Decided():
            return Reply(message=drawn.decided_before(outcome.approval), private=True), "stale"
        case Stale():
            notice = notices.stale(outcome.record, outcome.last, desk.now)
            return Reply(message=notice, private=True), "stale"
        case NotPossible():
            return _aside(outcome.why), "impossible"
        case NotFound():
            gone = notices.not_found(approval.exception_id)
            return Reply(message=gone, private=True), "not_found"


def _aside(words: str) -> Reply:
    return Reply(message=notices.told(words), private=True)

"""Draws what may run by itself for an exception, what was tried, and how often what helped.

Must not decide anything, and shows no secret: requests and answers are not drawn.
"""

from handlers.blocks.elements import Block, context, message, section
from handlers.blocks.text import counted, data, joined, moment
from jobs.ports.slack import Message
from jobs.views.resolution import RatesView, ResolutionView
from policies.attempts import Attempt, AttemptState, Rate
from policies.durations import duration
from policies.resolution import Approve, DryRun, ResolutionRule
from policies.resolution_gates import ELIGIBLE

_MOST = 10
ACTIONS = {
    "reevaluate": "judge the order again",
    "close": "settle it",
    "message": "post a line",
    "claim_file": "open a claim file",
}
STATES: dict[AttemptState, str] = {
    AttemptState.ASKED: "waits for approval",
    AttemptState.DUE: "about to run",
    AttemptState.STARTED: "under way",
    AttemptState.WAITING: "done, proof is awaited",
    AttemptState.SUCCEEDED: "succeeded",
    AttemptState.FAILED: "failed",
    AttemptState.REHEARSED: "rehearsed, nothing was done",
    AttemptState.DECLINED: "declined",
    AttemptState.DROPPED: "not needed any more",
}


def resolution(view: ResolutionView) -> Message:
    """What may run by itself for it, what was tried and how it ended."""
    record = view.record
    title = f"#{record.id} {data(record.order_id)}: {_standing(view)}"
    rules = [_rule(rule) for rule in view.rules] or ["nothing: no policy lists an action for it"]
    shown = view.attempts[-_MOST:]
    tried = [_attempt(one) for one in shown] or ["nothing yet"]
    more = len(view.attempts) - len(shown)
    blocks: list[Block] = [
        section(f"*{title}*"),
        section("*May run by itself*", *rules),
        section("*Tried*", *tried, *([f"and {more} before"] if more else [])),
    ]
    if view.undoable:
        undo = f"`resolution undo {record.id}` runs {data(view.undoable, 40)}."
        blocks.append(context(undo))
    return message(title, [*blocks, context(f"as of {moment(view.now)}")])


def rates(view: RatesView) -> Message:
    """Success rates by action, from outcomes alone."""
    clients = ", ".join(data(tenant.name, 40) for tenant in view.tenants[:10])
    title = f"Done by itself in the last {view.days} days for {clients}"
    lines = [rate_line(rate) for rate in view.rates] or ["no outcome yet"]
    now = joined(f"{view.under_way} under way", counted(view.blocked, "exception") + " blocked")
    return message(title, [section(f"*{title}*", *lines), context(now)])


def rate_line(rate: Rate) -> str:
    """`hold_order: 3 of 4 helped (75 %)`."""
    whole = rate.succeeded + rate.failed
    share = f" ({rate.share:.0%})".replace("%", " %") if rate.share is not None else ""
    return f"{_named(rate.action)}: {rate.succeeded} of {whole} helped{share}"


def undoing(action: str, exception_id: int) -> Message:
    """The inverse action is on its way."""
    text = f"{data(action, 40)} runs for #{exception_id} within a minute; its thread says how."
    return message(text, [section(text)])


def said(text: str) -> Message:
    """One line that a policy posts; nothing in it calls anybody."""
    line = data(text, 600)
    return message(line, [section(line)])


def claim(exception_id: int) -> Message:
    """What stands beside a claim file; no data in it, of which Slack could make a link."""
    line = f"Claim file of #{exception_id}, with its evidence"
    return message(line, [section(line)])


def _standing(view: ResolutionView) -> str:
    record = view.record
    used = f"{record.resolution_attempts} of {record.max_resolution_attempts} attempts used"
    if record.resolution_blocked:
        return f"blocked, {data(record.resolution_block_reason or 'no reason given', 200)}"
    if not record.active:
        return f"settled, {used}"
    waits = "" if record.status in ELIGIBLE else ", nothing runs while somebody acknowledged it"
    return f"{used}{waits}"


def _rule(rule: ResolutionRule) -> str:
    limits = (
        f"{rule.per_order} an order" if rule.per_order else None,
        f"{rule.per_hour} an hour" if rule.per_hour else None,
    )
    asks = f"approved by {rule.approve.value}" if rule.approve is not Approve.NO else None
    dry = {DryRun.FIRST: "dry run first", DryRun.ONLY: "dry run only"}.get(rule.dry_run)
    when = f"if {data(rule.condition.text, 200)}" if rule.condition else None
    return joined(f"*{_named(rule.action)}*", when, *limits, asks, dry)


def _named(action: str) -> str:
    """What it does; an operator's own action is called as they call it."""
    return ACTIONS.get(action) or data(action.replace("_", " "), 40)


def _attempt(attempt: Attempt) -> str:
    answered = f"answered {attempt.status}" if attempt.status is not None else None
    words = data(attempt.response, 200) if attempt.response else None
    open_ = attempt.state is AttemptState.WAITING and attempt.prove_by is not None
    until = f"until {moment(attempt.prove_by)}" if open_ and attempt.prove_by else None
    took = None
    if attempt.started_at and attempt.ended_at:
        took = f"after {duration((attempt.ended_at - attempt.started_at).total_seconds() / 60)}"
    name = _named(attempt.action) + (" (dry run)" if attempt.dry_run else "")
    state = STATES[attempt.state]
    return joined(
        moment(attempt.started_at or attempt.asked_at), name, state, took, answered, words, until
    )

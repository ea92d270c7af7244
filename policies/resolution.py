"""What may be done about an exception by itself: who is eligible, which action is next, when not.

Must not do anything: it takes a record, rules and what was tried, and returns a choice.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from policies.attempts import Attempt, AttemptState
from policies.claim_file import NEEDED
from policies.condition import Condition, Facts
from policies.facts import ALIASES
from policies.http_actions import Actions, HttpAction, names_in
from policies.judgement import CURED, LATE_EVIDENCE, SETTLED_LATE
from policies.lifecycle import REOPENED_AFTER
from policies.records import ExceptionRecord

REEVALUATE, CLOSE, MESSAGE, CLAIM_FILE = "reevaluate", "close", "message", "claim_file"
BUILT_IN = (REEVALUATE, CLOSE, MESSAGE, CLAIM_FILE)
"""Actions that need no address; every other one is configured in actions.yaml."""
ANY = "any"
"""Rules for every reason code, after those of its own."""
DELIVERED = "delivered"
ACTOR = "policy:resolution"
HELPED = frozenset({SETTLED_LATE, LATE_EVIDENCE, CURED, DELIVERED})
"""Endings that an attempt may count as its success; what a person settled is the person's."""


class Approve(StrEnum):
    """Who has to approve an action; `no`: nobody."""

    NO = "no"
    OPERATOR = "operator"
    LEAD = "lead"


class DryRun(StrEnum):
    """Whether an action is rehearsed: never, once before it is done, or only ever."""

    NO = "no"
    FIRST = "first"
    ONLY = "only"


VERBS = {Approve.OPERATOR: "run", Approve.LEAD: "authorize"}
"""What an approver has to be allowed to do (permissions.py)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolutionRule:
    """One action that may run by itself, when, how often, and what proves that it helped.

    `per_hour` is for a tenant. `text` is what a message says. Nothing proves an action but the
    exception's end or an event of `proved_by`, within `within_minutes`.
    """

    action: str
    condition: Condition | None = None
    approve: Approve = Approve.NO
    dry_run: DryRun = DryRun.NO
    per_order: int | None = None
    per_hour: int | None = None
    proved_by: tuple[str, ...] = ()
    within_minutes: int = 60
    text: str | None = None


Rules = Mapping[str, tuple[ResolutionRule, ...]]
"""By reason code, or ANY."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolutionBook:
    """Everyone's rules, those of single tenants laid over them, and tenants' HTTP actions."""

    everyone: Rules = field(default_factory=dict)
    own: Mapping[str, Rules] = field(default_factory=dict)
    actions: Mapping[str, Actions] = field(default_factory=dict)

    def rules(self, tenant: str, reason: str) -> tuple[ResolutionRule, ...]:
        """What may run for a reason code, in the order in which it is looked at."""
        laid = {**self.everyone, **self.own.get(tenant, {})}
        return (*laid.get(reason, ()), *laid.get(ANY, ()))

    def reasons(self, tenant: str) -> frozenset[str] | None:
        """Reason codes with any rule; None where every one has."""
        laid = {**self.everyone, **self.own.get(tenant, {})}
        return None if laid.get(ANY) else frozenset(code for code, rules in laid.items() if rules)

    def actions_of(self, tenant: str) -> Actions:
        """The tenant's configured actions."""
        return self.actions.get(tenant, {})


NO_RESOLUTION = ResolutionBook()
"""Nothing runs by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The action that is next, and whether only as a rehearsal."""

    rule: ResolutionRule
    rehearse: bool
    number: int


def choose(
    record: ExceptionRecord,
    rules: Sequence[ResolutionRule],
    facts: Facts,
    known: Collection[str],
    *,
    of_order: Sequence[Attempt],
    this_hour: Mapping[str, int],
    actions: Actions,
) -> Chosen | None:
    """The first action that is due for an eligible exception.

    Args:
        record: the exception.
        rules: what may run for it, in order.
        facts: what conditions are held against.
        known: names that a template could be filled with.
        of_order: every attempt of the order, this exception's among them.
        this_hour: attempts of the tenant in the last hour by action.
        actions: the tenant's configured ones.
    """
    for rule in rules:
        past = [
            one
            for one in of_order
            if one.exception_id == record.id and one.action == rule.action and one.undoes is None
        ]
        if rule.condition is not None and not rule.condition.holds(facts):
            continue
        if not _possible(record, rule, known, actions) or _full(rule, of_order, this_hour):
            continue
        rehearse = _rehearses(rule, past)
        if rehearse is not None:
            number = next_number(record.id, rule.action, of_order)
            return Chosen(rule=rule, rehearse=rehearse, number=number)
    return None


def next_number(exception_id: int, action: str, of_order: Sequence[Attempt]) -> int:
    """The number of the next attempt of that action for that exception."""
    mine = [
        one.number for one in of_order if (one.exception_id, one.action) == (exception_id, action)
    ]
    return 1 + max(mine, default=0)


def undoable(attempts: Sequence[Attempt], actions: Actions) -> tuple[Attempt, HttpAction] | None:
    """The latest attempt that was done and has an inverse, and that inverse.

    Args:
        attempts: those of one exception, oldest first.
        actions: the tenant's configured ones.
    """
    undone = {one.undoes for one in attempts if one.real and one.state is not AttemptState.FAILED}
    for one in reversed(attempts):
        known = actions.get(one.action)
        inverse = actions.get(known.undo) if known is not None and known.undo else None
        done = one.real and one.started_at is not None and one.undoes is None
        if inverse is not None and done and one.id not in undone:
            return one, inverse
    return None


def _possible(
    record: ExceptionRecord, rule: ResolutionRule, known: Collection[str], actions: Actions
) -> bool:
    """Whether there is such an action, and everything that it says is known."""
    if rule.action == CLOSE:
        return record.facts.get(REOPENED_AFTER) != DELIVERED
    if rule.action == CLAIM_FILE:
        return set(known) >= NEEDED
    action = actions.get(rule.action)
    if action is None and rule.action not in BUILT_IN:
        return False
    template = rule.text if action is None else [action.url, action.body]
    return names_in(template) <= set(known)


def _full(rule: ResolutionRule, of_order: Sequence[Attempt], this_hour: Mapping[str, int]) -> bool:
    """Whether a limit is reached."""
    before = sum(1 for one in of_order if one.action == rule.action and one.real)
    many = rule.per_order is not None and before >= rule.per_order
    return many or (rule.per_hour is not None and this_hour.get(rule.action, 0) >= rule.per_hour)


_NOT_AGAIN = frozenset({AttemptState.SUCCEEDED, AttemptState.DECLINED})


def _rehearses(rule: ResolutionRule, past: Sequence[Attempt]) -> bool | None:
    """Whether the next one is a rehearsal; None where there is no next one."""
    if any(one.state in _NOT_AGAIN for one in past):
        return None
    tried = [one for one in past if one.dry_run]
    if rule.dry_run is DryRun.NO:
        return False
    if not tried:
        return True
    rehearsed = any(one.state is AttemptState.REHEARSED for one in tried)
    return False if rule.dry_run is DryRun.FIRST and rehearsed else None


def facts_of(
    record: ExceptionRecord,
    now: datetime,
    *,
    seen: Mapping[str, datetime],
    waits_for: Collection[str],
    settles: bool,
) -> Facts:
    """What conditions may name.

    Args:
        record: whose facts they are.
        now: business time.
        seen: kinds of events of the order so far, each with when it last occurred.
        waits_for: kinds of events that end its promise; what came before it began is no evidence.
        settles: whether its promise lets it settle by itself.
    """
    begun = record.started_at
    came = not record.subject and any(seen.get(kind, begun) > begun for kind in waits_for)
    own: dict[str, Any] = {
        "severity": record.severity.value,
        "status": record.status.value,
        "stage": record.stage.value,
        "reason_code": record.reason_code.value,
        "fault": record.fault.value if record.fault else None,
        "minutes_over": record.delay_at(now),
        "minutes_open": (now - record.opened_at).total_seconds() / 60,
        "attempts": record.resolution_attempts,
        "owned": record.assignee is not None,
        "snoozed": record.snoozed_until is not None and record.snoozed_until > now,
        "settles": settles,
        "evidence": came,
    }

    def fact(name: str) -> Any:  # noqa: ANN401 - a fact of any kind
        if name.startswith("seen."):
            kind = name.removeprefix("seen.")
            return ALIASES.get(kind, kind) in seen
        return own[name] if name in own else record.facts.get(name)

    return fact

"""The life of an exception: which steps are allowed, and what a person's action makes of it.

Must not read a clock or write anything: it takes a record and `now`, returns a record.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from policies.reasons import Status
from policies.records import AuditEntry, ExceptionRecord

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.OPEN: frozenset({Status.ACKNOWLEDGED, Status.IN_PROGRESS, Status.RESOLVED}),
    Status.ACKNOWLEDGED: frozenset({Status.IN_PROGRESS, Status.RESOLVED}),
    Status.IN_PROGRESS: frozenset({Status.RESOLVED}),
    Status.RESOLVED: frozenset({Status.CLOSED, Status.OPEN}),
    Status.CLOSED: frozenset({Status.OPEN}),
}

RESOLUTIONS: dict[str, str] = {
    "done": "The work was done",
    "carrier": "The carrier has it",
    "client": "Settled with the client",
    "duplicate": "Covered by another exception",
    "false_alarm": "It was never late",
    "other": "Something else",
}
"""Reasons that a person can give when resolving, as code and words."""


REOPENED_AFTER = "reopened_after"
"""The fact that keeps what a person reopened from being settled again for the same reason."""
AWAITED = "awaited"
"""The fact that says what a snoozed exception waits for besides its time: `event` and `since`."""

UNDOABLE = frozenset({"acknowledge", "assign", "resolve", "snooze"})
"""What a person can take back; all of these are done to active exceptions."""
KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody wants done with an exception.

    `verb` is a key of STEPS. `tenant_ids` are the tenants that the actor may see.
    `expected_version` is what the actor saw; None accepts any. `actor_name` is what
    colleagues call the actor. `awaits` is the kind of event that ends a snooze before `until`.
    `undoes` is the latest change, for the verb undo.
    """

    verb: str
    exception_id: int
    actor: str
    actor_name: str | None = None
    tenant_ids: tuple[int, ...]
    note: str | None = None
    reason: str | None = None
    assignee: str | None = None
    until: datetime | None = None
    awaits: str | None = None
    expected_version: int | None = None
    correlation_id: str | None = None
    undoes: AuditEntry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Impossible:
    """The action makes no sense for the record as it is; `why` is a sentence for people."""

    why: str


Step = Callable[[ExceptionRecord, Act, datetime], "ExceptionRecord | Impossible"]


def take(record: ExceptionRecord, act: Act, now: datetime) -> ExceptionRecord | Impossible:
    """The record after the action, or why it cannot be done."""
    step = STEPS.get(act.verb)
    if step is None:
        return Impossible(why=f"There is no action called {act.verb}.")
    after = step(record, act, now)
    if isinstance(after, Impossible) or after == record:
        return after
    if act.verb != "undo" and not allowed(record.status, after.status):
        return Impossible(why=f"{name(record)} is {_word(record)}; it cannot become that now.")
    return replace(after, version=record.version + 1, updated_at=now)


def _acknowledge(record: ExceptionRecord, act: Act, _now: datetime) -> ExceptionRecord | Impossible:
    if record.status is not Status.OPEN:
        return Impossible(why=f"{name(record)} is already {_word(record)}.")
    owner = record.assignee or _person(act)
    return replace(record, status=Status.ACKNOWLEDGED, assignee=owner)


def _assign(record: ExceptionRecord, act: Act, _now: datetime) -> ExceptionRecord | Impossible:
    if not record.active:
        return Impossible(why=f"{name(record)} is {_word(record)}; reopen it first.")
    if not (act.assignee or "").strip():
        return Impossible(why="Say who should own it.")
    return replace(record, status=Status.IN_PROGRESS, assignee=act.assignee)


def _resolve(record: ExceptionRecord, act: Act, now: datetime) -> ExceptionRecord | Impossible:
    if not record.active:
        return Impossible(why=f"{name(record)} is already {_word(record)}.")
    return replace(
        record,
        status=Status.RESOLVED,
        resolved_at=now,
        resolution=act.reason or act.note or "done",
        resolution_note=act.note if act.reason else None,
        snoozed_until=None,
        facts=_without(record, AWAITED),
        delay_minutes=record.delay_at(now),
    )


def _reopen(record: ExceptionRecord, _act: Act, _now: datetime) -> ExceptionRecord | Impossible:
    if record.active:
        return Impossible(why=f"{name(record)} is not resolved, so there is nothing to reopen.")
    return replace(
        record,
        status=Status.OPEN,
        resolved_at=None,
        resolution=None,
        resolution_note=None,
        facts={**record.facts, REOPENED_AFTER: record.resolution},
    )


def _snooze(record: ExceptionRecord, act: Act, now: datetime) -> ExceptionRecord | Impossible:
    if not record.active:
        return Impossible(why=f"{name(record)} is {_word(record)}; there is nothing to snooze.")
    if act.until is None or act.until <= now:
        return Impossible(why="Choose a time in the future to snooze until.")
    facts = _without(record, AWAITED)
    if act.awaits is not None:
        facts[AWAITED] = {"event": act.awaits, "since": now.isoformat()}
    return replace(record, snoozed_until=act.until, facts=facts)


def _undo(record: ExceptionRecord, act: Act, _now: datetime) -> ExceptionRecord | Impossible:
    """Only the actor's own act, and only when it was the last."""
    last = act.undoes
    if last is None or last.action not in UNDOABLE or last.actor != act.actor:
        return Impossible(why="Only what you did last can be undone; nothing was changed.")
    kept = last.before.get(KEPT)
    if not isinstance(kept, dict):
        return Impossible(why="That can no longer be undone; nothing was changed.")
    facts = _without(record, AWAITED)
    if kept.get(AWAITED):
        facts[AWAITED] = kept[AWAITED]
    return replace(
        record,
        status=Status(str(last.before["status"])),
        assignee=last.before.get("assignee"),
        snoozed_until=_instant(last.before.get("snoozed_until")),
        resolved_at=None,
        resolution=None,
        resolution_note=None,
        delay_minutes=float(kept["delay_minutes"]),
        facts=facts,
    )


def kept_of(record: ExceptionRecord) -> dict[str, Any]:
    """What the trail keeps of a record besides what it shows, so that an act can be undone."""
    return {AWAITED: record.facts.get(AWAITED), "delay_minutes": record.delay_minutes}


def _wake(record: ExceptionRecord, _act: Act, _now: datetime) -> ExceptionRecord | Impossible:
    return replace(record, snoozed_until=None, facts=_without(record, AWAITED))


def _close(record: ExceptionRecord, _act: Act, _now: datetime) -> ExceptionRecord | Impossible:
    if record.status is not Status.RESOLVED:
        return Impossible(why=f"{name(record)} is {_word(record)}; only resolved ones close.")
    return replace(record, status=Status.CLOSED)


def _block(record: ExceptionRecord, act: Act, _now: datetime) -> ExceptionRecord | Impossible:
    if record.resolution_blocked:
        return Impossible(why=f"{name(record)} is already blocked.")
    reason = act.note or act.reason or "Blocked by a person"
    return replace(record, resolution_blocked=True, resolution_block_reason=reason)


def _unblock(record: ExceptionRecord, _act: Act, _now: datetime) -> ExceptionRecord | Impossible:
    if not record.resolution_blocked and record.resolution_attempts == 0:
        return Impossible(why=f"{name(record)} is not blocked.")
    return replace(
        record, resolution_blocked=False, resolution_block_reason=None, resolution_attempts=0
    )


STEPS: dict[str, Step] = {
    "acknowledge": _acknowledge,
    "assign": _assign,
    "resolve": _resolve,
    "reopen": _reopen,
    "snooze": _snooze,
    "undo": _undo,
    "wake": _wake,
    "close": _close,
    "block": _block,
    "unblock": _unblock,
}


def allowed(before: Status, after: Status) -> bool:
    """Whether a status may follow another; staying is always allowed."""
    return before is after or after in TRANSITIONS[before]


def name(record: ExceptionRecord) -> str:
    """What people call it: its number."""
    return f"#{record.id}"


def _instant(stated: object) -> datetime | None:
    return datetime.fromisoformat(stated) if isinstance(stated, str) else None


def _without(record: ExceptionRecord, fact: str) -> dict[str, Any]:
    return {key: value for key, value in record.facts.items() if key != fact}


def _word(record: ExceptionRecord) -> str:
    return record.status.value.lower().replace("_", " ")


def _person(act: Act) -> str | None:
    """The Slack id of who acts, when it is a person in Slack."""
    kind, _, who = act.actor.partition(":")
    return who if kind == "slack" else None

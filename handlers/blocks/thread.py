"""Draws the thread of an alert: the explanation with its sources, and the history.

Must not mention anybody: a thread is read, it does not call people.
"""

from collections.abc import Mapping
from datetime import datetime

from handlers.blocks.card import draft_button
from handlers.blocks.elements import Block, actions, context, message, section
from handlers.blocks.text import cut, data, dated, escape, joined, moment
from handlers.blocks.wording import DONE, ENDED, belongs_to, did, lateness
from jobs.explain_links import COUNTED
from jobs.ports.slack import Message
from jobs.views import ExceptionView
from policies.judgement import MERGED
from policies.records import AuditEntry, ExceptionRecord, Explanation

_MOST_SOURCES, _NOTE, _MOST_LINES = 12, 900, 30
_RULES, _MODEL = "rule-based", "written by the model from these events"
_EVENT_ID = 48
_Step = tuple[datetime, int, str]


def explanation(view: ExceptionView) -> Message:
    """Why it is late, what to do next, and what to tell the client."""
    told = view.record.explanation
    if told is None:
        return message("No explanation yet", [section("No explanation yet: none was recorded.")])
    blocks = [
        section(_titled("Why", told.ops_note)),
        section(_titled("Next", " ".join(filter(None, (told.next_step, told.until)))))
        if told.next_step or told.until
        else None,
        section(_titled("For the client", told.client_note)) if told.client_note else None,
        context(_titled("Before", told.similar)) if told.similar else None,
        _sources(told),
        actions([draft_button(view.record)]) if told.client_note else None,
        context(_as_of(view.record, told)),
    ]
    return message(
        f"Why {data(view.record.order_id)}: {escape(cut(_one_line(told.ops_note), 280))}",
        [block for block in blocks if block],
    )


def history(view: ExceptionView) -> Message:
    """What happened when, in one line that grows."""
    steps = _steps(view)
    if len(steps) > _MOST_LINES:
        steps = [*steps[:5], "…", *steps[-(_MOST_LINES - 6) :]]
    return message(f"History of {data(view.record.order_id)}", [context(" · ".join(steps))])


def who(actor: str, names: Mapping[str, str]) -> str | None:
    """An actor's name as dead text; None where nobody in particular acted."""
    kind, _, rest = actor.partition(":")
    if kind == "slack":
        return data(names.get(rest, rest), 60)
    if kind in ("api", "cli"):
        return "the API" if kind == "api" else "the command line"
    return None


def _titled(word: str, text: str) -> str:
    return f"*{word}* {escape(cut(_one_line(text), _NOTE))}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _sources(told: Explanation) -> Block:
    if not told.evidence:
        return context("No evidence: no event speaks of it.")
    shown = told.evidence[:_MOST_SOURCES]
    lines = [_source(number, event_id, told) for number, event_id in enumerate(shown, start=1)]
    more = len(told.evidence) - len(shown)
    return context(" · ".join(lines) + (f" · and {more} more" if more else ""))


def _source(number: int, event_id: str, told: Explanation) -> str:
    words = told.sources[number - 1] if number <= len(told.sources) else None
    named = data(words, 160) if words else None
    counted = event_id.startswith(COUNTED)
    return " ".join(
        filter(None, (f"[{number}]", named, None if counted else data(event_id, _EVENT_ID)))
    )


def _as_of(record: ExceptionRecord, told: Explanation) -> str:
    maker = _RULES if told.source == "rules" else _MODEL
    sure = f"confidence {told.confidence:.2f}" if told.confidence is not None else None
    looked = datetime.fromisoformat(told.as_of) if told.as_of else None
    return joined(maker, sure, f"as of {moment(looked or record.updated_at or record.opened_at)}")


def _steps(view: ExceptionView) -> list[str]:
    """Deadline, end and audit lines in the order of their times."""
    record, names = view.record, view.names
    steps: list[_Step] = [(record.deadline_at, 0, "deadline passed")]
    if record.deadline_at > view.now:
        steps = []
    if record.stopped_at is not None:
        steps.append((record.stopped_at, 1, f"its event came, {lateness(record, view.now)}"))
    if not any(entry.action in ("open", "opened") for entry in view.history):
        steps.append((record.opened_at, 2, "alert"))
    told = [entry for entry in view.history if entry.action != "corrected"]  # the card shows it
    steps += [(entry.at, 3, _line(entry, names)) for entry in told]
    return dated((at, words) for at, _, words in sorted(steps, key=lambda step: step[:2]))


def _line(entry: AuditEntry, names: Mapping[str, str]) -> str:
    done, actor = did(entry), who(entry.actor, names)
    given = entry.after.get("assignee")
    if entry.action == "assign" and isinstance(given, str) and f"slack:{given}" != entry.actor:
        done = f"gave it to {data(names.get(given, given), 60)}"
    if entry.action == "escalate" and isinstance(to := entry.after.get("to"), str):
        done = f"{done}, called {data(to, 60)}"
    if entry.action in ("attempt", "attempt_ended"):
        done = _tried(entry)
    return f"{actor} {done}{_noted(entry)}" if actor else f"{done}{_noted(entry)}"


def _tried(entry: AuditEntry) -> str:
    """`ran hold_order`, `hold_order failed (answered 500)`."""
    told = entry.after
    action, status = data(str(told.get("action")), 40), told.get("status")
    if entry.action == "attempt":
        return f"ran {action}"
    answered = f" (answered {status})" if status is not None else ""
    return f"{action} {data(str(told.get('state')), 20)}{answered}"


def _noted(entry: AuditEntry) -> str:
    """Our own codes in words; a person's note in quotes."""
    if not entry.note or entry.note == "settled_late" or entry.action == "wake":
        return ""  # the step before says it
    if entry.note == MERGED:
        return f" ({belongs_to(entry.after.get('order_id'))})"
    known = DONE.get(entry.note) if entry.action == "undo" else ENDED.get(entry.note)
    return f" ({known})" if known else f" (“{data(entry.note, 80)}”)"

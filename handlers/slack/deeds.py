"""Reads the words behind a verb that changes something: which exception, who, until when, why.

Must not do it: run.py does what the intent says.
"""

import re
from collections.abc import Callable, Sequence

from handlers.slack.intents import (
    ME,
    ON_SHIFT,
    ActOn,
    ActOnAll,
    Draft,
    Explain,
    Incomplete,
    Intent,
    Replay,
    SplitFrom,
)
from handlers.slack.times import read_until
from handlers.slack.waits import read_wait
from handlers.slack.words import VERBS, Said, read_id, usage

_NOTE = 500
_PERSON = re.compile(r"^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>[,.]?$")
_SHIFT = re.compile(
    r"^(?:who(?:ever|'s)?\s+(?:is\s+)?|the\s+(?:person|one)\s+)?on[-_ ]?shift\b[.,!]?"
    r"|^(?:the\s+)?shift\b[.,!]?",
    re.IGNORECASE,
)
_ALL, _OF_STORMS = "all", ("acknowledge", "resolve", "snooze")
_THIS = frozenset({"this", "it", "that", "exception"})


def _target(said: Said) -> tuple[int | None, tuple[str, ...]] | None:
    """The id and what follows; None where no exception is meant."""
    rest = said.rest
    while rest and rest[0].lower() in _THIS:
        rest = rest[1:]
    found = read_id(rest[0]) if rest else None
    if found is not None:
        return found, rest[1:]
    return (None, rest) if said.thread and not said.asks else None


def read_replay(said: Said) -> Intent | None:
    """`replay 7`."""
    target = _target(said)
    if target is None or (target[1] and said.talk):
        return None
    return Replay(exception_id=target[0])


def read_draft(said: Said) -> Intent | None:
    """`draft 7`."""
    target = _target(said)
    if target is None or (target[1] and said.talk):
        return None
    return Draft(exception_id=target[0])


def read_explain(said: Said) -> Intent | None:
    """`explain 7`; in a conversation anything else behind it is a question."""
    target = _target(said)
    if target is None or (target[1] and said.talk):
        return None
    return Explain(exception_id=target[0])


def read_act(said: Said) -> Intent | None:
    """`ack 7`, `resolve 7 why`, `assign 7 me`, `snooze 7 2h`, `ack all`, ..."""
    if said.rest and said.rest[0].lower() == _ALL and VERBS[said.word] in _OF_STORMS:
        return None if said.asks else _read_all(said)
    target = _target(said)
    if target is None:
        return usage(said.word) if not said.rest else None
    exception_id, rest = target
    verb = VERBS[said.word]
    detail = _DETAILS.get(verb)
    if detail is not None:
        return detail(exception_id, rest)
    return ActOn(verb=verb, exception_id=exception_id, note=_note(rest))


def _read_all(said: Said) -> Intent:
    """`ack all`, `resolve all why`, `snooze all 2h`: of the storm in whose thread it is said."""
    verb, rest = VERBS[said.word], said.rest[1:]
    if verb != "snooze":
        return ActOnAll(verb=verb, note=_note(rest))
    found = read_until(rest)
    if found is not None:
        until, used = found
        return ActOnAll(verb=verb, until=until, note=_note(rest[used:]))
    wait = read_wait(rest)
    if wait is None:
        return Incomplete(why="Say until when: snooze all 2h, or snooze all until carrier scan")
    note = _note(rest[wait.used :])
    return ActOnAll(verb=verb, until=wait.latest, awaits=wait.awaits, note=note)


def read_split(said: Said) -> Intent | None:
    """`split 7`, `split SO-1042`."""
    words = [word.strip("?,.\"'`") for word in said.rest]
    return SplitFrom(what=words[0][:128]) if len(words) == 1 and words[0] else None


def _assign(exception_id: int | None, rest: Sequence[str]) -> Intent:
    rest = rest[1:] if rest and rest[0].lower() == "to" else rest
    words = " ".join(rest)
    shift = _SHIFT.match(words)
    if shift is not None:
        note = _note(words[shift.end() :].split())
        return ActOn(verb="assign", exception_id=exception_id, assignee=ON_SHIFT, note=note)
    name = rest[0] if rest else ""
    person = _PERSON.match(name)
    if name.lower().strip(".,!") in (ME, "myself"):
        assignee = ME
    elif person:
        assignee = person[1]
    else:
        why = f"I cannot tell who {name[:40]} is: pick the person from Slack's list after @."
        return Incomplete(why=why) if name else usage("assign")
    return ActOn(verb="assign", exception_id=exception_id, assignee=assignee, note=_note(rest[1:]))


def _snooze(exception_id: int | None, rest: Sequence[str]) -> Intent:
    found = read_until(rest)
    if found is None:
        return _wait(exception_id, rest) or usage("snooze")
    until, used = found
    return ActOn(verb="snooze", exception_id=exception_id, until=until, note=_note(rest[used:]))


def _wait(exception_id: int | None, rest: Sequence[str]) -> Intent | None:
    wait = read_wait(rest)
    if wait is None:
        return None
    return ActOn(
        verb="snooze",
        exception_id=exception_id,
        until=wait.latest,
        awaits=wait.awaits,
        note=_note(rest[wait.used :]),
    )


def _note(words: Sequence[str]) -> str | None:
    return " ".join(words).strip("\"' ")[:_NOTE] or None


_DETAILS: dict[str, Callable[[int | None, Sequence[str]], Intent]] = {
    "assign": _assign,
    "snooze": _snooze,
}

"""Reads the words behind `policy`: what is promised, what is doubtful, and what if.

Must not answer: policy_reads.py does. A slip of the pen gets a suggestion, a question stays one.
"""

import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches

from handlers.slack.intents import (
    Incomplete,
    Intent,
)
from handlers.slack.policy_intents import LintPolicy, ShowPolicy, SimulatePolicy, TryDuration
from handlers.slack.times import read_moments
from handlers.slack.words import Said

_MOST_MOMENTS, _MOST_FACTS = 4, 12
_MOST_NAMES = 3
"""`SO 1042 order_paid`."""
_FACT = re.compile(r"^([a-z][a-z0-9_.]{0,63})=(.{1,120})$")
_TIME_OR_DAY = re.compile(
    r"^(\d{1,2}:\d{2}(am|pm)?|\d{1,2}(am|pm)|\d{4}-\d{2}-\d{2})[,?]?$", re.IGNORECASE
)
_DAYS = frozenset({"today", "tomorrow", "yesterday"})
_EVENT = re.compile(r"^[a-z][a-z0-9_.]{1,63}$")
_SIMULATE = (
    "Say which event, and when it would come: policy simulate order_paid 13:59 14:01, "
    "or of one order: policy simulate SO-1042 order_paid 13:59. "
    "Or another duration for the last 30 days: policy simulate pick 90m"
)
_BACK_TEST = (
    "Say which promise, and the duration to try: policy simulate pick 90m, "
    "or pick 90m over 14 days. Other changes: e2a sla backtest"
)
_DURATION = re.compile(r"^[1-9][0-9]{0,4}(m|h|d)$")
_DAYS_BACK = re.compile(r"^([1-9][0-9]?)(d|days?)?$")
_FILLERS = frozenset({"within", "in", "over", "the", "last", "for", "days", "was", "were"})


def read_policy(said: Said) -> Intent | None:
    """`policy show pick`, `policy lint model`, `policy simulate order_paid 13:59 14:01`."""
    if not said.rest:
        return ShowPolicy()
    word = said.rest[0].lower().strip(",:.!?`")
    reader = READERS.get(word)
    if reader is not None:
        return reader(said.rest[1:], said)
    near = get_close_matches(word, READERS, n=1, cutoff=0.7)
    if said.asks or (said.talk and not near):
        return None
    if near:
        return Incomplete(why=f"I don't know policy {word[:40]}. Did you mean policy {near[0]}?")
    return Incomplete(why=f"I don't know policy {word[:40]}. {_ALL}")


def _show(rest: Sequence[str], said: Said) -> Intent | None:
    if not rest:
        return ShowPolicy()
    if len(rest) == 1 and not said.asks:
        return ShowPolicy(rule=rest[0].strip("`\"'")[:64])
    return None if said.talk else Incomplete(why="One rule at a time, please: policy show pick")


def _lint(rest: Sequence[str], said: Said) -> Intent | None:
    words = [word.lower().strip(",:.!?`") for word in rest]
    if words in (["model"], ["with", "model"], ["with", "a", "model"]):
        return LintPolicy(model=True)
    return None if rest and said.talk else LintPolicy()


def _simulate(rest: Sequence[str], said: Said) -> Intent | None:
    """Names first, then days and times; facts of the order anywhere. Or a rule and a duration."""
    tried = _tried(rest)
    if tried is not None:
        return tried
    found = [_FACT.match(word) for word in rest]
    facts = [(match[1].lower(), match[2]) for match in found if match][:_MOST_FACTS]
    others = [word for word, match in zip(rest, found, strict=True) if match is None]
    place = next((n for n, word in enumerate(others) if _is_time(word)), len(others))
    names = [word.strip(",?`\"'") for word in others[:place]]
    names = [word for word in names if word.lower() not in ("at", "if", "came")]
    moments = read_moments(others[place:])
    if isinstance(moments, str):
        if said.asks:
            return None
        return Incomplete(why=f"I don't know the time {moments[:40]}. {_SIMULATE}")
    event = names[-1].lower() if names else ""
    if not moments or len(names) > _MOST_NAMES or not _EVENT.match(event):
        return None if said.asks else Incomplete(why=_SIMULATE)
    return SimulatePolicy(
        event=event,
        moments=moments[:_MOST_MOMENTS],
        order_id=" ".join(names[:-1])[:128] or None,
        facts=tuple(facts),
    )


def _back_test(rest: Sequence[str], _said: Said) -> Intent | None:
    return _tried(rest) or Incomplete(why=_BACK_TEST)


def _tried(rest: Sequence[str]) -> TryDuration | None:
    """`pick 90m`, `pick within 2h over the last 14 days`."""
    words = [word.strip(",?.`\"'").lower() for word in rest]
    others = [word for word in words[1:] if word not in _FILLERS]
    if not others or len(others) > 2 or not _DURATION.match(others[0]):  # noqa: PLR2004 - and days
        return None
    rule = words[0][:64]
    if len(others) == 1:
        return TryDuration(rule=rule, duration=others[0])
    days = _DAYS_BACK.match(others[1])
    return TryDuration(rule=rule, duration=others[0], days=int(days[1])) if days else None


def _is_time(word: str) -> bool:
    return word.lower().strip(",") in _DAYS or _TIME_OR_DAY.match(word) is not None


READERS: dict[str, Callable[[Sequence[str], Said], Intent | None]] = {
    "show": _show,
    "lint": _lint,
    "simulate": _simulate,
    "backtest": _back_test,
}
_ALL = "There are: policy show, policy lint, policy simulate."

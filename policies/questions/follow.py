"""Reads a question that follows another one: `and last week?`, `by carrier?`, `who owns it?`.

Must not guess: what stands by itself is read by itself, and what it adds replaces what it changes.
"""

import re
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime

from policies.questions.plain import Known
from policies.questions.read import read_figures
from policies.questions.shape import BY_TIME, OPEN_ONES, Figures, Measure, Only, Split, Unclear

_LEAD = re.compile(
    r"^\W*(?:and|or|but|then|so|also|now|ok(?:ay)?|only|just|rather|instead|what about|how about|"
    r"same(?: (?:thing|question))?(?: (?:for|but))?|what if)\b[\s,]*",
    re.IGNORECASE,
)
_FRAGMENT = re.compile(
    r"^\W*(?:by|per|for|at|in|with|since|on|over|during|between|last|this|yesterday|today|"
    r"which|the|those|these|critical|high|medium|low)\b",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"^\W*which\b.*\bmost\b.*\bexceptions\b", re.IGNORECASE)
_OPEN = re.compile(r"\b(?:open|unsettled|active|pending|still|now)\b", re.IGNORECASE)
_MOST_WORDS, _MOST_FRAGMENT = 12, 6
_COUNTED = (Measure.COUNT, Measure.LIST, Measure.TOP, Measure.TREND)


def follows(question: str) -> bool:
    """Whether it reads like a piece of a conversation rather than a question by itself."""
    words = len(question.split())
    if _LEAD.search(question):
        return words <= _MOST_WORDS
    if _WHOLE.search(question):
        return False
    return words <= _MOST_FRAGMENT and _FRAGMENT.search(question) is not None


def read_following(
    question: str, earlier: Sequence[str], known: Known, now: datetime, zone: str
) -> Figures | Unclear | None:
    """As `read_figures`, within a conversation.

    Args:
        question: as typed.
        earlier: the questions that it follows, the first one first; none where it stands alone.
        known: names that may occur.
        now: business time.
        zone: IANA name.
    """
    if not earlier or not follows(question):
        return read_figures(question, known, now, zone)
    before = read_following(earlier[-1], earlier[:-1], known, now, zone)
    if not isinstance(before, Figures):
        return read_figures(question, known, now, zone)
    rest = _LEAD.sub("", question, count=1)
    said = read_figures(f"list exceptions {rest}", known, now, zone)
    if not isinstance(said, Figures):
        return said
    return _merged(before, said, " ".join(earlier), rest)


def _merged(before: Figures, said: Figures, earlier: str, rest: str) -> Figures:
    only = _narrowed(before, said, earlier, rest)
    compared = said.against is not None and before.measure is Measure.TREND
    split = said.split if compared else said.split or before.split
    return replace(
        before,
        measure=_measured(before, said),
        only=only,
        split=split,
        window=said.window or before.window,
        against=said.against if said.window else before.against,
        least=said.least or before.least,
        limit=said.limit or before.limit,
    )


def _narrowed(before: Figures, said: Figures, earlier: str, rest: str) -> Only:
    """What is said replaces what was said of the same kind; the present is not carried along."""
    values = {
        field.name: getattr(said.only, field.name)
        for field in fields(Only)
        if getattr(said.only, field.name) not in ((), None, False)
    }
    if values.get("statuses") == OPEN_ONES and not _OPEN.search(rest):
        del values["statuses"]
    only = replace(before.only, **values)
    present = only.statuses == OPEN_ONES and not _OPEN.search(f"{earlier} {rest}")
    return replace(only, statuses=()) if present and said.window else only


def _measured(before: Figures, said: Figures) -> Measure:
    if said.split is not None and before.measure in _COUNTED:
        return Measure.TREND if _by_time(said.split) else Measure.TOP
    return before.measure if said.measure is Measure.LIST else said.measure


def _by_time(split: Split) -> bool:
    return split in BY_TIME and split in (Split.DAY, Split.WEEK)

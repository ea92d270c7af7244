"""Reads a question about figures into one of the shapes, or says which words were not understood.

Must not guess: a word that is neither understood nor filler makes the question unclear, and a
question that asks for no figure is none of its business.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from policies.questions.bills import STATES
from policies.questions.fillers import FILLER, SUBJECTS
from policies.questions.lexicon import (
    OWNERS,
    REASONS,
    SEVERITIES,
    STAGES,
    STATUSES,
    Phrases,
)
from policies.questions.longer import longer_than
from policies.questions.measures import MEASURES, NOT_FIGURES
from policies.questions.names import Text, named, unlike_times
from policies.questions.plain import Known, mended, plain
from policies.questions.shape import (
    BY_TIME,
    OPEN_ONES,
    SETTLED_ONES,
    Dated,
    Figures,
    Measure,
    Only,
    Split,
    Unclear,
    Window,
)
from policies.questions.splits import ASKED_FOR, LEAD, OFTEN, SPLITS, TAIL, WHO
from policies.questions.windows import after, before, read_window

_NOT_FIGURES = re.compile(rf"\b(?:{NOT_FIGURES})\b")
_UNIT = r"(?: ?(?:h|d|m|w|min|hrs?|hours?|days?|weeks?|months?|minutes?)\b)"
_LIMIT = re.compile(
    rf"\b(?:top|first|worst|oldest|newest|latest|last|the|best|which|biggest|longest) (\d{{1,3}})\b"
    rf"(?!{_UNIT})|\b(\d{{1,3}}|two|three|four|five|ten)"
    r"(?= (?:oldest|newest|latest|worst|most|longest|biggest|top|best)\b)"
)
_LEAST = r"fewest|least|lowest|smallest|shortest|best|quietest|calmest|fastest|quickest"
_MOST = r"most|highest|biggest|largest|worst|top|busiest|longest|slowest|worse"
_COMPARED = re.compile(
    r"\b(?:compar(?:e|ed|ison|ing)|vs|versus|difference|than|against|side by side)\b"
    r"(?! (?:\d|one\b|once\b))"
)
_THAN = re.compile(r"\b(?:than|vs|versus|against|compared (?:to|with))(?: (?:in|on|the))* ?\w*$")
_PLAINLY = (
    Measure.COMPLIANCE,
    Measure.AT_RISK,
    Measure.REPEATED,
    Measure.SILENT,
    Measure.FAILED,
    Measure.FINDINGS,
    Measure.NOTES,
)
"""Nobody says their words of anything but orders."""
_OF_CLIENTS = (Measure.COMPLIANCE, Measure.FINDINGS, Measure.NOTES)
"""Nobody owns them: `who` asks for a client."""
_MEAN = r"(?:on |in )?(?:average|avg|mean|median)"
_ALSO = dict.fromkeys((Measure.DELAY, Measure.SETTLING, Measure.ANSWERING), _MEAN)
_ALSO[Measure.COMPLIANCE] = r"(?:of )?(?:promises|slas)"
"""What may stand beside the words of a measure and says no more."""
_PLURAL = re.compile(r"\b(?:orders|exceptions|ones|delays|shipments|parcels|packages)\b")
_SEVERAL = 5
_OR = re.compile(r"\b(?:or|and)\b")
_BEFORE = (
    r"(?:compared (?:to|with)|than|vs|versus|against) (?:usual|normal|average|"
    r"(?:the )?(?:one |week |day |month )?before|"
    r"(?:the )?(?:last|previous)(?: one)?(?= (?:at|for|in|with)\b|$))"
)
_FIRST = frozenset(
    {
        Measure.FINDINGS,
        Measure.NOTES,
        Measure.MONEY,
        Measure.REPEATED,
        Measure.OLDEST,
        Measure.ANSWERING,
        Measure.SETTLING,
        Measure.AT_RISK,
        Measure.WORST,
        Measure.DELAY,
    }
)
"""Their words would otherwise be taken for a delay or a status."""
Value = TypeVar("Value")


def read_figures(question: str, known: Known, now: datetime, zone: str) -> Figures | Unclear | None:
    """What the question asks for; None where it asks for no figure.

    Args:
        question: as typed.
        known: names that may occur, whatever their case.
        now: business time, aware.
        zone: IANA name, for days and clocks.
    """
    text = Text(mended(plain(question), known))
    if _NOT_FIGURES.search(text.left):
        return None
    over = longer_than(text)
    compared = bool(_COMPARED.search(text.left))
    text.take(_BEFORE)
    either = bool(_OR.search(text.left))
    only = named(text, unlike_times(known, now, zone))
    compared = compared or (either and _several(only))
    window, against = _windows(text, now, zone, compared=compared, alone=not _several(only))
    asked, said, subject = _asked(text, replace(only, over_minutes=over))
    narrowed = subject or asked.only != Only()
    listed = asked.measure is Measure.LIST
    ours = narrowed or (window is not None and not listed)
    if window is not None and compared:
        against = against or (None if _several(asked.only) else before(window, zone))
    asked = _settled(replace(asked, window=window, against=against, now=now), compared=compared)
    strange = tuple(word for word in text.left.split() if _strange(word))
    if not (ours or said or window) or (strange and not ours and asked.measure not in _PLAINLY):
        return None
    return Unclear(words=strange, understood=asked) if strange else asked


def _strange(word: str) -> bool:
    return word not in FILLER and (len(word) > 1 or word.isdigit())


def _asked(text: Text, only: Only) -> tuple[Figures, bool, bool]:
    """What is measured of what, whether that was said, and whether it is said of our matters."""
    limit = text.number(_LIMIT)
    measure = _measure(text, _FIRST)
    states = STATES.get(measure, ()) if measure else ()
    state = next((name for name, phrases in states if text.take(*phrases)), None)
    split = _split(text, only)
    only = _filters(text, only)
    measure = measure or _measure(text)
    if measure in _ALSO:
        text.take(_ALSO[measure])
    plural = _PLURAL.search(text.left) is not None
    subject = bool(text.all(SUBJECTS))
    if measure in (Measure.OLDEST, Measure.WORST) and limit is None and plural:
        limit = _SEVERAL
    least, most = bool(text.take(_LEAST)), bool(text.take(_MOST))
    asked = Figures(
        measure=_meant(measure, split, most=most or least),
        only=only,
        split=split,
        least=least,
        limit=limit,
        state=state,
    )
    told_apart = split is not None and split is not Split.OWNER
    said = measure not in (None, Measure.LIST) or told_apart
    return asked, said, subject or told_apart


def _windows(
    text: Text, now: datetime, zone: str, *, compared: bool, alone: bool
) -> tuple[Window | None, Window | None]:
    """The window, and the one that it is compared with: `more this week than last week`."""
    found: list[Window] = []
    other = False
    while len(found) < 1 + compared and (read := read_window(text.left, now, zone)):
        other = alone and not found and compared and _follows_than(text.left, read[1])
        window, text.left = read
        found.append(window)
    if len(found) == 1 and other:
        return after(found[0], now, zone), found[0]
    return (found[0] if found else None), (found[1] if len(found) > 1 else None)


def _follows_than(text: str, rest: str) -> bool:
    """Whether the words that were taken for a time stand behind `than` or `against`."""
    place = next(
        (at for at, pair in enumerate(zip(text, rest, strict=False)) if len(set(pair)) > 1),
        len(rest),
    )
    return _THAN.search(text[:place]) is not None


def _filters(text: Text, only: Only) -> Only:
    owner = next((who for who, phrases in OWNERS if text.take(*phrases)), None)
    return replace(
        only,
        reasons=_all(text, REASONS),
        stages=_all(text, STAGES),
        severities=_all(text, SEVERITIES),
        statuses=_all(text, STATUSES),
        snoozed=text.take("snoozed|sleeping|on snooze") is not None,
        owner=only.owner or owner,
    )


def _all(text: Text, table: Sequence[tuple[tuple[Value, ...], Phrases]]) -> tuple[Value, ...]:
    """Everything of the table that it states, each once, in the order of the table."""
    found: list[Value] = []
    for values, phrases in table:
        while text.take(*phrases):
            found += [value for value in values if value not in found]
    return tuple(found)


def _split(text: Text, only: Only) -> Split | None:
    """`by carrier`, `per day`, `which client`, `top 3 sites`, `status breakdown`, `who has`."""
    for split, phrases in ASKED_FOR:
        if text.take(*phrases):
            return split
    for split, phrases in SPLITS:
        if text.take(*phrases, lead=LEAD) or text.take(*(rf"(?:{p}){TAIL}" for p in phrases)):
            return split
    often = next((split for word, split in OFTEN.items() if text.take(word)), None)
    return often or (Split.OWNER if not _several(only) and text.take(WHO) else None)


def _measure(text: Text, only: frozenset[Measure] = frozenset(Measure)) -> Measure | None:
    """The first of the table counts; what else asks besides says no more."""
    found = [measure for measure, phrases in MEASURES if measure in only and text.all(phrases)]
    return found[0] if found else None


def _meant(measure: Measure | None, split: Split | None, *, most: bool) -> Measure:
    """A superlative over a split asks for the top of it; a split alone for its counts."""
    counted = measure in (None, Measure.LIST, Measure.COUNT, Measure.WORST)
    if split in (Split.DAY, Split.WEEK) and counted and not most:
        return Measure.TREND
    if split is not None and counted:
        return Measure.TOP
    return measure or Measure.LIST


def _several(only: Only) -> bool:
    return any(len(names) > 1 for names in (only.clients, only.sites, only.carriers))


def _settled(asked: Figures, *, compared: bool) -> Figures:
    """What goes without saying: two names are told apart; the present where no time is said."""
    if compared and asked.split is None:
        asked = replace(asked, split=_names_apart(asked.only), measure=_counted(asked.measure))
    if asked.measure in _OF_CLIENTS and asked.split is Split.OWNER:
        asked = replace(asked, split=Split.CLIENT)
    if asked.measure is Measure.AT_RISK and asked.split is Split.PROMISE:
        asked = replace(asked, split=None)  # each is told by itself anyway
    if asked.measure is Measure.TREND and asked.against is not None:
        asked = replace(asked, measure=Measure.COUNT, split=None)
    if asked.measure is Measure.TREND and asked.split is None:
        asked = replace(asked, split=Split.DAY)
    settled = asked.only.statuses == SETTLED_ONES
    if asked.measure is Measure.SETTLING or (settled and asked.window):
        return replace(asked, dated=Dated.SETTLED)
    timeless = asked.window is None and not asked.only.statuses and asked.split not in BY_TIME
    present = asked.measure in _PRESENT and timeless
    return replace(asked, only=replace(asked.only, statuses=OPEN_ONES)) if present else asked


def _names_apart(only: Only) -> Split | None:
    named = {Split.CLIENT: only.clients, Split.SITE: only.sites, Split.CARRIER: only.carriers}
    return next((split for split, names in named.items() if len(names) > 1), None)


def _counted(measure: Measure) -> Measure:
    return Measure.COUNT if measure is Measure.LIST else measure


_PRESENT = (
    Measure.COUNT,
    Measure.LIST,
    Measure.TOP,
    Measure.OLDEST,
    Measure.WORST,
    Measure.MONEY,
)
"""What is asked of the present where no time is said."""

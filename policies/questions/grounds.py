"""Says whether a passage answers a question, and which of its sentences do; if not, what it lacks.

Must not search. Nearness of meaning alone tells the topic, not whether the answer is there: the
words of the question have to be covered, and a question for a time, a price or a number needs one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from policies.plain_text import is_hostile
from policies.questions.terms import COMMON, Term, nearly, stem_of, terms_of

FLOORS: Sequence[tuple[float, float]] = (
    (0.99, 0.12),
    (0.75, 0.36),
    (0.60, 0.48),
    (0.50, 0.58),
    (0.34, 0.72),
)
"""Coverage of the question's words, and the cosine that is enough beside it."""
WORDS_ALONE = 0.75
"""The coverage that is enough where no cosine is known."""
_MOST_SENTENCES, _MOST_CHARACTERS, _MOST_PASSAGES = 2, 480, 3
_LEAST_OF_BEST = 0.75
_OWN = 0.15
_STEERS = re.compile(
    r"\b(?:ignore|disregard|forget|override) (?:\w+ ){0,4}(?:instructions?|rules?|prompts?)\b|"
    r"\bsystem prompt\b|\byou are now\b|\bas an ai\b|\bjailbreak\b|\bdeveloper mode\b|"
    r"\bnew instructions?\b|\blanguage model\b|\b(?:dear|note to) (?:ai|bot|assistant|e2a)\b",
    re.IGNORECASE,
)
"""Words to a machine, which no answer repeats."""
_TIME = (
    r"\d+(?:[.,]\d+)? ?(?:h\b|hrs?\b|hours?|min\b|minutes?|(?:business |working |calendar )?days?|"
    r"weeks?|months?|years?)|\b\d{1,2}:\d{2}\b|\b(?:one|two|three|four|five|six|seven|ten|twelve|"
    r"fourteen|thirty) (?:hours?|minutes?|(?:business |working )?days?|weeks?|months?|years?)\b"
)
_WHEN = (
    rf"{_TIME}|\b(?:after|before|until|by|once|when|as soon as|within|at the latest|immediately|"
    r"at once|daily|weekly|monthly|every|(?:mon|tues|wednes|thurs|fri|satur|sun)day|noon|midnight|"
    r"january|february|march|april|may|june|july|august|september|october|november|december)\b"
)
_AMOUNT = (
    r"\d+(?:[.,]\d+)* ?(?:[A-Z]{3} )?(?:cents?|%|percent|usd|eur|gbp|dollars?|euros?)|"
    r"[$\u20ac\u00a3] ?\d|\bfree\b|cents: "
)
_NO_LIMIT = "".join(
    f"(?<!{words} )" for words in ("more than", "over", "under", "worth", "above", "below", "least")
)
_PRICE = rf"{_NO_LIMIT}(?<![\d.,])(?:{_AMOUNT})"
"""An amount that is not the limit of something else: `orders worth more than 400 USD`."""
_NUMBER = (
    r"\d|\b(?:once|twice|every|daily|weekly|monthly|one|two|three|four|five|six|seven|eight|nine|"
    r"ten|twelve|dozen|none|no)\b"
)
_HOW_LONG = (
    r"\bhow (?:long|soon|fast|quick(?:ly)?|late)\b|\bby when\b|\b(?:deadline|cut-?off|turnaround|"
    r"lead time)\b|\bhow many (?:\w+ )?(?:h|hours?|minutes?|days?|weeks?|months?)\b"
)
_COSTS = (
    r"\bhow (?:much|expensive) (?:is|are|does|do)\b(?! (?:we|you|i) (?:credit|refund|give|offer))|"
    r"\b(?:earns?|salary|salaries|wages?)\b|"
    r"\bwhat (?:do|does|did|must|should) .{1,40}\b(?:pay|charge)\b|"
    r"\b(?:costs?|prices?|fees?|surcharge|charge[sd]?|rates?)\b"
)
_HOW_MUCH = r"\bhow (?:much|high|big|large)\b"
_KINDS: Sequence[tuple[str, str, str]] = (
    (_HOW_LONG, _TIME, "a time"),
    (_COSTS, _PRICE, "a price"),
    (_HOW_MUCH, _AMOUNT, "an amount"),
    (r"\bhow many\b|\bhow often\b|\bwhat (?:number|share|percentage)\b", _NUMBER, "a number"),
    (r"^\W*(?:and )?when\b|\bwhat time\b", _WHEN, "a time"),
)
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][A-Za-z]{2,}\b")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'(\d])|\n+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A passage as it was found.

    `said` is what may be quoted of it; `around` are its headings and whatever else it holds.
    `trusted` is False for words that a model wrote; `own` says that it is the text of a client whom
    the question names.
    """

    said: str
    around: str
    cosine: float | None
    score: float
    trusted: bool = True
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a passage has for a question.

    `place` is its place among the candidates, `coverage` the share of the question's words that
    it has, `lacks` those it has not, as typed, or `a price`.
    """

    place: int
    coverage: float
    lacks: tuple[str, ...]
    answers: bool
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A question as passages are held against it; without its names nothing answers it."""

    terms: tuple[Term, ...]
    names: frozenset[str]
    kind: re.Pattern[str] | None
    kind_words: str = ""


def wanted_of(question: str) -> Wanted:
    """Its words that count, and what kind of thing would answer it."""
    terms = terms_of(question)
    names = frozenset(stem_of(name.lower()) for name in _NAME.findall(question))
    for asks, has, words in _KINDS:
        if re.search(asks, question, re.IGNORECASE):
            kind = re.compile(has, re.IGNORECASE)
            return Wanted(terms=terms, names=names, kind=kind, kind_words=words)
    return Wanted(terms=terms, names=names, kind=None)


def grounds(question: str, candidates: Sequence[Candidate]) -> list[Ground]:
    """How each candidate stands to the question, in their order."""
    wanted = wanted_of(question)
    return [_ground(place, one, wanted) for place, one in enumerate(candidates)]


def answering(found: Sequence[Ground], candidates: Sequence[Candidate]) -> list[Ground]:
    """Those that answer, the best first; a further one only where it covers what the others lack.

    What the best one says stands by itself then, and nothing is cited that was not needed.
    """
    good = [ground for ground in found if ground.answers and ground.sentences]
    good.sort(key=lambda ground: (-_weight(ground, candidates), ground.place))
    chosen: list[Ground] = []
    for ground in good:
        missing = set.intersection(*(set(one.lacks) for one in chosen)) if chosen else {""}
        if missing - set(ground.lacks) and len(chosen) < _MOST_PASSAGES:
            chosen.append(ground)
    return chosen


def nearest(found: Sequence[Ground]) -> Ground | None:
    """The one with most of the question's words, for saying what was looked at and is not there."""
    return max(found, key=lambda ground: (ground.coverage, -ground.place), default=None)


def _weight(ground: Ground, candidates: Sequence[Candidate]) -> float:
    one = candidates[ground.place]
    return one.score + ground.coverage + (_OWN if one.own else 0.0)


def _ground(place: int, one: Candidate, wanted: Wanted) -> Ground:
    has = {term.stem for term in terms_of(f"{one.around}\n{one.said}")}
    has |= {term.stem for term in wanted.terms if nearly(term.stem, has)}
    coverage = _share(wanted.terms, has)
    lacks = tuple(term.word for term in wanted.terms if term.stem not in has)
    right_kind = wanted.kind is None or wanted.kind.search(one.said) is not None
    lacks = lacks if right_kind else (*lacks, wanted.kind_words)
    named = not wanted.names & {term.stem for term in wanted.terms} - has
    enough = named and right_kind and _enough(coverage, one.cosine) and bool(wanted.terms)
    return Ground(
        place=place,
        coverage=coverage,
        lacks=lacks,
        answers=enough,
        sentences=_best_sentences(one, wanted) if enough else (),
    )


def _enough(coverage: float, cosine: float | None) -> bool:
    if cosine is None:
        return coverage >= WORDS_ALONE
    return any(coverage >= least and cosine >= near for least, near in FLOORS)


def _share(terms: Sequence[Term], has: set[str]) -> float:
    whole = sum(_worth(term) for term in terms)
    return sum(_worth(term) for term in terms if term.stem in has) / whole if whole else 0.0


def _worth(term: Term) -> float:
    """Words that every document of the house has say little."""
    return 0.4 if term.stem in COMMON else 1.0


def _best_sentences(one: Candidate, wanted: Wanted) -> tuple[str, ...]:
    """Verbatim and in their order: those with most of the question's words, and its kind first."""
    whole = [part.strip() for part in _SENTENCE.split(one.said) if part.strip()]
    safe = [(place, part) for place, part in enumerate(whole) if _may_be_said(part, one)]
    scored = sorted(
        ((_value(part, wanted), -place, part) for place, part in safe), key=lambda row: row[:2]
    )
    best = [row for row in reversed(scored) if row[0] > 0][:_MOST_SENTENCES]
    best = best or [row for row in scored if row[1] == -safe[0][0]]  # the heading alone has it
    top = best[0][0] if best else 0.0
    near = (row for row in best if row[0] >= _LEAST_OF_BEST * top)
    chosen = sorted(near, key=lambda row: -row[1])
    kept: list[str] = []
    for _, _, part in chosen:
        if kept and sum(map(len, kept)) + len(part) > _MOST_CHARACTERS:
            break
        kept.append(part)
    return tuple(kept)


def _may_be_said(sentence: str, one: Candidate) -> bool:
    return not (_STEERS.search(sentence) if one.trusted else is_hostile(sentence))


def _value(sentence: str, wanted: Wanted) -> float:
    has = {term.stem for term in terms_of(sentence)}
    value = sum(_worth(term) for term in wanted.terms if term.stem in has)
    kind = wanted.kind is not None and wanted.kind.search(sentence) is not None
    return value + (1.0 if kind else 0.0)

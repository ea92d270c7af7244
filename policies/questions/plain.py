"""Brings what people type into one form: lower case, straight quotes, slips of the pen mended.

Must not know what a word means.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from policies.questions.fillers import FILLER, SUBJECTS
from policies.questions.lexicon import (
    OWNERS,
    REASONS,
    SEVERITIES,
    STAGES,
    STATUSES,
)
from policies.questions.measures import MEASURES
from policies.questions.spans import DAY_NAMES, MONTHS, NUMBERS
from policies.questions.splits import ASKED_FOR, OFTEN, SPLITS

_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-"})
_NOISE = re.compile(r"[?!,;\"()\[\]{}<*_~`]+|\.(?!\d)|(?<!\d)\.|:(?!\d)")
_SHORTEST = 4
_SPOKEN = (
    (r"\b(what|who|how|where|when|that|there)(?:'s|s)\b", r"\1 is"),
    (r"\b(did|does|do|is|are|was|were|has|have|had|would|could|should)n'?t\b", r"\1 not"),
    (r"\b(?:can't|cannot|cant)\b", "can not"),
    (r"\bi'?m\b", "i am"),
    (r"\b(we|they|you)'re\b", r"\1 are"),
    (r"\b(i|we|they|you)'ve\b", r"\1 have"),
    (r"\b(?:lemme|let me)\b", "let me"),
    (r"\bper cent\b", "percent"),
    (r"\bhw\b", "how"),
    (r"\bwich\b", "which"),
    (r"\bw/o\b", "without"),
    (r"\bday over day\b", "today versus yesterday"),
    (r"\b(week|month|year) (?:over|on) \1\b", r"this \1 versus last \1"),
)
"""How people write what they speak, and how it is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Names that rows state and people may use, as they are spelt; `people` are ids by name."""

    clients: Sequence[str] = ()
    sites: Sequence[str] = ()
    carriers: Sequence[str] = ()
    services: Sequence[str] = ()
    waves: Sequence[str] = ()
    people: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> frozenset[str]:
        """Every word of every name."""
        listed = (self.clients, self.sites, self.carriers, self.services, self.waves, self.people)
        return frozenset(word for names in listed for name in names for word in plain(name).split())


def plain(text: str) -> str:
    """Lower case, straight quotes, single blanks, without punctuation and genitives."""
    bare = _NOISE.sub(" ", text.translate(_QUOTES).lower())
    for pattern, written in _SPOKEN:
        bare = re.sub(pattern, written, bare)
    return " ".join(re.sub(r"(?<=\w)'s\b(?! the)", "", bare).split())


def mended(text: str, known: Known) -> str:
    """Slips of the pen in our own words are mended; names are left as they are."""
    names = known.words
    return " ".join(word if word in names else _mended(word) for word in text.split())


def _mended(word: str) -> str:
    """Letters that changed places, or one letter that is another."""
    if len(word) < _SHORTEST or not word.isalpha() or word in OWN_WORDS:
        return word
    near = [one for one in get_close_matches(word, _WORDS, n=5, cutoff=0.74) if _alike(word, one)]
    swapped = [one for one in near if sorted(one) == sorted(word)]
    close = get_close_matches(word, near, n=1, cutoff=0.84) if len(word) > _SHORTEST else []
    return next(iter([*swapped, *close]), word)


def _alike(word: str, other: str) -> bool:
    """A slip of the pen turns nothing into its contrary: `unpacked` is not `packed`."""
    return all(word.startswith(no) == other.startswith(no) for no in ("un", "non"))


def _words(phrases: Iterable[str]) -> set[str]:
    """The words of patterns: `clients?` is two of them, `un-?owned` is one."""
    found: set[str] = set()
    for phrase in phrases:
        bare = phrase.replace("-?", "")
        found.update(re.findall(r"[a-z]{4,}", _OPTIONAL.sub(r"\1 \1\2", bare)))
        for stem, endings, _ in _ENDINGS.findall(bare):
            found.update(f"{stem}{ending}" for ending in endings.split("|"))
    return found


_OPTIONAL = re.compile(r"\b([a-z]{3,})([a-z])\?")
_ENDINGS = re.compile(r"([a-z]{2,})\(\?:([a-z|]+)\)(\??)")
_SPANS = {*DAY_NAMES, *MONTHS, *(name[:3] for name in DAY_NAMES), *NUMBERS}
_WHOLE = """today yesterday tomorrow since until between last past previous week weeks month months
year hour hours minute minutes days morning night overnight tonight quarter current after before
fast quick slow soon times time cost worth kept going exceptions carriers clients sites delays
warehouses breaches orders acknowledge acknowledged unacknowledged acknowledgement resolve resolved
resolution settle settled react respond answered picking packing shipping delivery deliveries
severity severities percentage compliance weekday weekdays increase increased increasing decrease
decreased decreasing"""
_PHRASES = [
    phrase
    for table in (REASONS, STAGES, SEVERITIES, STATUSES, OWNERS, SPLITS, ASKED_FOR, MEASURES)
    for _, phrases in table
    for phrase in phrases
]
_PARTS = {"ing", "ity", "ies", "eries"}
OWN_WORDS = frozenset(
    _words([*_PHRASES, *SUBJECTS]) | {*OFTEN, *_WHOLE.split(), *FILLER} | _SPANS | _PARTS
)
"""Words that mean something to us, so that they are neither mended nor the short form of a name."""
_WORDS = sorted(word for word in OWN_WORDS if len(word) >= _SHORTEST)

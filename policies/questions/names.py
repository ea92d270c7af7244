"""Takes the names out of a question: clients, sites, carriers, services, waves, people.

Must not know what else is asked: read.py does. A text gets shorter with everything that is taken.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from policies.questions.lexicon import Phrases
from policies.questions.plain import OWN_WORDS, Known, plain
from policies.questions.shape import Names, Only
from policies.questions.spans import NUMBERS
from policies.questions.windows import read_window

_SHORTEST = 3
_KINDS = ("clients", "sites", "carriers", "services", "waves")
_EXCEPT = (
    r"(?:not|except|excepting|excluding|excl|without|other than|apart from|besides|ignoring|minus|"
    r"but not) (?:(?:for|with|at|from|in|by|via|of|the|those|ones|wave) )*"
)
_OF = r"(?:(?:owned by|assigned to|with|of|by|has|for) )?"


@dataclass(slots=True)
class Text:
    """What is left of the question."""

    left: str

    def take(self, *phrases: str, lead: str = "") -> re.Match[str] | None:
        """The first match of the first phrase that is there, taken away."""
        for phrase in phrases:
            match = re.search(rf"(?<![\w-]){lead}(?:{phrase})(?![\w-])", self.left)
            if match is not None:
                return self.cut(match)
        return None

    def cut(self, match: re.Match[str] | None) -> re.Match[str] | None:
        """Takes a match away, all but its group `keep`: words that stand between its own."""
        if match is not None:
            kept = match.groupdict().get("keep") or ""
            rest = f"{self.left[: match.start()]} {kept} {self.left[match.end() :]}"
            self.left = " ".join(rest.split())
        return match

    def number(self, pattern: re.Pattern[str]) -> int | None:
        """The number that the pattern finds, taken away without what stands around it."""
        match = pattern.search(self.left)
        if match is None:
            return None
        place = match.lastindex or 0
        rest = f"{self.left[: match.start(place)]} {self.left[match.end(place) :]}"
        self.left = " ".join(rest.split())
        stated = match[place]
        return max(1, int(stated) if stated.isdigit() else NUMBERS[stated])

    def all(self, phrases: Phrases) -> int:
        """Takes each phrase away wherever it is; how often that was."""
        return sum(1 for phrase in phrases for _ in iter(lambda: self.take(phrase), None))  # noqa: B023 - called before the next phrase


def named(text: Text, known: Known) -> Only:
    """The names that it states; a longer name goes before one that is a part of it."""
    but = Names(**{kind: _excepted(text, getattr(known, kind)) for kind in _KINDS})
    people = _taken(text, tuple(known.people), _OF)
    return Only(
        clients=_taken(text, known.clients),
        sites=_taken(text, known.sites),
        carriers=_taken(text, known.carriers),
        services=_taken(text, known.services, tail=r"(?: services?(?: levels?)?)?"),
        waves=_taken(text, known.waves, r"(?:wave )?"),
        owner=known.people[people[0]] if people else None,
        but=None if but == Names() else but,
    )


def _excepted(text: Text, names: Sequence[str]) -> tuple[str, ...]:
    """Those that the words leave out: `except UPS and FedEx`, `not at ATL1`."""
    called = _called(names)
    if not called:
        return ()
    one = "|".join(re.escape(words) for words in sorted(called, key=len, reverse=True))
    match = text.take(rf"{_EXCEPT}(?P<names>(?:{one})(?:(?:,| and| or| nor)+ (?:{one}))*)")
    if match is None:
        return ()
    stated = re.findall(rf"(?<![\w-])(?:{one})(?![\w-])", match["names"])
    found = {called[words] for words in stated}
    return tuple(name for name in names if name in found)


def _taken(text: Text, names: Sequence[str], lead: str = "", *, tail: str = "") -> tuple[str, ...]:
    """Those that are there, in the order of the list."""
    found: set[str] = set()
    for words, name in sorted(_called(names).items(), key=lambda pair: -len(pair[0])):
        while text.take(re.escape(words) + tail, lead=lead):
            found.add(name)
    return tuple(name for name in names if name in found)


def _called(names: Sequence[str]) -> Mapping[str, str]:
    """What each name may be called: all of it, or its first word where that is its alone."""
    full = {plain(name): name for name in names if plain(name)}
    firsts = Counter(words.split()[0] for words in full)
    short = {
        first: name
        for words, name in full.items()
        if firsts[first := words.split()[0]] == 1
        and len(first) >= _SHORTEST
        and first not in OWN_WORDS
    }
    return short | full


def unlike_times(known: Known, now: datetime, zone: str) -> Known:
    """A service called `overnight` is only meant where the word service stands beside it."""

    def plainly(name: str) -> bool:
        found = read_window(plain(name), now, zone)
        return found is None or bool(found[1])

    times = [f"{name} service" for name in known.services if not plainly(name)]
    return replace(known, services=(*filter(plainly, known.services), *times))

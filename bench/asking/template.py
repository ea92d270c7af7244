"""A way to ask with gaps for names, and what it asks for.

Must not fill the gaps: fill.py does. Templates stand in tune_*.py and never_tune_*.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a question is for."""

    IDENTIFIER = "identifier"
    ABSENT = "absent identifier"
    FIGURES = "figures"
    UNKNOWN_WORD = "unknown filter"
    POLICY = "policy"
    SIMILAR = "similar and why"
    RECORD_POLICY = "record with policy"
    OFF_TOPIC = "off-topic"
    NEAR_MISS = "near-miss"
    CROSS_TENANT = "cross-tenant"
    INJECTION = "injection"
    HELP = "help"
    SMALL_TALK = "small talk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a question about figures wants: the name of a truth, with what the words fix.

    `truth` names a function of truths.py; `fixed` are filters that the words state without a gap;
    `by` is how figures are told apart; `limit` how many; `least` turns the order around.
    """

    truth: str
    fixed: Mapping[str, object] = field(default_factory=dict)
    by: str = ""
    limit: int = 5
    least: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One way to ask.

    `places` are the passages any of which answers it, as `document#section`; `says` are words of
    which each must stand in the answer; `never` words none of which may.
    """

    text: str
    kind: Kind
    wanted: Wanted | None = None
    places: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    times: int = 1


def figures(text: str, truth: str, **given: object) -> Template:
    """A template that asks for figures."""
    times = int(str(given.pop("times", 1)))
    by, limit = str(given.pop("by", "")), int(str(given.pop("limit", 5)))
    least = bool(given.pop("least", False))
    wanted = Wanted(truth=truth, fixed=given, by=by, limit=limit, least=least)
    return Template(text=text, kind=Kind.FIGURES, wanted=wanted, times=times)

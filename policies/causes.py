"""Decides what can be said about why: a chain of links with their samples, by stated thresholds.

Must not word or gather anything, and calls nothing likeliest on a sample below its threshold.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from policies.beside import Group
from policies.explanation import Account
from policies.facts import OrderEvent
from policies.last_moment import DueNext, LastMoment
from policies.order_facts import Silence
from policies.past_cases import Similar
from policies.usual import Rate, Usual

LEAST_IN_PLACE = 5
"""Orders with a known outcome, without this one, before their share says anything."""
MOST_LATE = 0.6
"""From this share late on, something is wrong with the place."""
FEW_LATE = 0.2
"""Up to this share late, it is the order and not the place."""
CONTRAST = 0.5
"""Elsewhere at most this part of the place's share: then the place is the likeliest cause."""
STANDSTILL = timedelta(minutes=30)
LEAST_ELSEWHERE = 3
"""So many were done elsewhere since the last one here: then the place stands still."""
SLOW = 0.6
"""At most this part of the usual number an hour is slow."""
LEAST_USUAL = 5.0
"""An hour in which usually fewer are done says nothing when fewer still are."""
MUCH_LONGER = 1.2
"""From so many times the 90th percentile on it is worth saying what is usual."""
MOST_LINKS = 2
"""More than that nobody reads at 2 a.m."""
SOURCE, UNSCANNED = "silence", "unscanned"
_SHARED = ("likeliest", "together", "wider")


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """A source that would tell of it says nothing, or said nothing for a while."""

    kind: ClassVar[str] = "silent"
    silence: Silence


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """How the orders beside it fared.

    `verdict` is likeliest (late here, not elsewhere), together (late here, too few elsewhere to
    compare with), wider (late elsewhere, too), alone (in time here) or mixed.
    """

    kind: ClassVar[str] = "beside"
    group: Group
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standstill:
    """Nothing was done in the place since `last`, and `elsewhere` orders were in others."""

    kind: ClassVar[str] = "standstill"
    group: Group
    last: OrderEvent
    elsewhere: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """Fewer orders an hour go through than usual at that time of day."""

    kind: ClassVar[str] = "slow"
    rate: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Longer:
    """What the stage usually takes, and what it has taken this order."""

    kind: ClassVar[str] = "longer"
    usual: Usual
    minutes: float


Link = Silent | Beside | Standstill | Slow | Longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What was gathered around one exception, as of `as_of`. Empty where nothing was looked at.

    `took_minutes` are the counted minutes that the order has needed so far.
    """

    as_of: datetime
    groups: tuple[Group, ...] = ()
    usual: Usual | None = None
    took_minutes: float = 0.0
    rate: Rate | None = None
    silence: Silence | None = None
    departure: LastMoment | None = None
    due_next: DueNext | None = None
    similar: Similar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The links that are told, and the cause that decides the next step.

    `cause` is a recorded one (a value of explanation.CAUSES or REPORTED), unscanned (the order went
    on), silence, zone, wave, warehouse, carrier, slow, alone, or None: nothing says why. `recorded`
    tells the first kind apart.
    """

    links: tuple[Link, ...] = field(default=())
    cause: str | None = None
    recorded: bool = False


def chain_of(account: Account, around: Surroundings | None) -> Chain:
    """What can be said of an account's why: recorded causes first, then silence, then the place.

    While whoever would tell is silent, the orders beside it say nothing.
    """
    recorded = account.cause
    if recorded is None and account.later is not None:
        return Chain(cause=UNSCANNED)
    if around is None or account.in_time_after_all or account.called_off is not None:
        return Chain(cause=recorded, recorded=recorded is not None)
    beside = beside_of(around.groups)
    if recorded is not None:
        kept = [beside] if beside and beside.verdict in _SHARED else []
        return Chain(links=tuple(kept), cause=recorded, recorded=True)
    if around.silence is not None:
        return Chain(links=(Silent(silence=around.silence),), cause=SOURCE)
    links: list[Link] = [beside] if beside else []
    waits = account.stop is None
    links += _standstill(beside, around.as_of) if waits else []
    slow = around.rate if waits and _is_slow(around.rate) else None
    links += [Slow(rate=slow)] if slow else []
    if len(links) < MOST_LINKS and _is_longer(around):
        usual = around.usual
        links += [Longer(usual=usual, minutes=around.took_minutes)] if usual else []
    return Chain(links=tuple(links[:MOST_LINKS]), cause=_cause(links))


def beside_of(groups: Sequence[Group]) -> Beside | None:
    """The most specific place that explains it, else the most specific one that tells something."""
    told = [Beside(group=group, verdict=verdict_on(group)) for group in groups if _enough(group)]
    for wanted in ("likeliest", "alone", "together", "mixed"):
        found = next((beside for beside in told if beside.verdict == wanted), None)
        if found is not None:
            return found
    return told[-1] if told else None


def verdict_on(group: Group) -> str:
    """What a place's share says against that of other places; the group is large enough."""
    here, there = group.inside, group.outside
    if here.part >= MOST_LATE:
        if there.known < LEAST_IN_PLACE:
            return "together"
        return "likeliest" if there.part <= CONTRAST * here.part else "wider"
    return "alone" if here.part <= FEW_LATE else "mixed"


def _enough(group: Group) -> bool:
    return group.inside.known >= LEAST_IN_PLACE


def _standstill(beside: Beside | None, as_of: datetime) -> list[Standstill]:
    if beside is None or beside.verdict not in _SHARED:
        return []
    group = beside.group
    last, elsewhere = group.last_done, group.done_since
    if last is None or elsewhere < LEAST_ELSEWHERE or as_of - last.occurred_at < STANDSTILL:
        return []
    return [Standstill(group=group, last=last, elsewhere=elsewhere)]


def _is_slow(rate: Rate | None) -> bool:
    return rate is not None and rate.usual >= LEAST_USUAL and rate.part <= SLOW


def _is_longer(around: Surroundings) -> bool:
    usual = around.usual
    return usual is not None and around.took_minutes >= MUCH_LONGER * usual.p90_minutes


def _cause(links: Sequence[Link]) -> str | None:
    """The first link that stands for a cause; a place only where it is more than a coincidence."""
    for link in links:
        if isinstance(link, Beside) and link.verdict in _SHARED:
            return link.group.kind
        if isinstance(link, Beside) and link.verdict == "alone":
            return "alone"
        if isinstance(link, Slow):
            return "slow"
    return None

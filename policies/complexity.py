"""Says how much there was to do for an order: a score with its reasons, as far as it is told.

Must not guess what no event states, and must not gather: the timeline is handed in.

    pieces       1 for 2 to 4, 2 for 5 to 9, 3 for 10 and more
    flags        1 for each of rush, oversized, hazmat, fragile
    services     1 for each kind of extra work that was done (kitting), 1 for an express service
    holds        1 for each time that it was held, 3 at most
    splits       1 for each parcel beyond the first, 3 at most
    border       2 where it goes to another country than most orders of the client
    exceptions   1 for each exception that it had before this one, 3 at most

0 and 1 are simple, 2 to 4 ordinary, 5 and more complex.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from policies.facts import Timeline
from policies.money.usage import FLAGS

_PIECES = ((10, 3), (5, 2), (2, 1))
_MOST = 3
_BORDER = 2
_EXTRA = ("kitting_completed",)
_EXPRESS = frozenset({"express", "overnight", "same_day", "next_day", "rush", "priority"})
_BANDS = ((5, "complex"), (2, "ordinary"), (0, "simple"))
BANDS = ("simple", "ordinary", "complex")


def complexity(timeline: Timeline, until: datetime, *, home: str = "", earlier: int = 0) -> int:
    """The score of an order as it was known at a moment.

    Args:
        timeline: its events.
        until: what happened later does not count.
        home: the country to which most orders go; empty where nobody knows.
        earlier: exceptions that it had before.
    """
    known = timeline.until(until)
    kinds = Counter(event.kind for event in known.events)
    parcels = {_text(event.payload.get("tracking_number")) for event in known.events} - {""}
    country = destination(known)
    abroad = bool(home and country and country != home)
    return (
        _pieces(known)
        + len(_flags(known))
        + sum(kinds[kind] > 0 for kind in _EXTRA)
        + _express(known)
        + min(_MOST, kinds["order_held"])
        + min(_MOST, max(0, len(parcels) - 1))
        + (_BORDER if abroad else 0)
        + min(_MOST, max(0, earlier))
    )


def band(score: int) -> str:
    """`simple`, `ordinary` or `complex`."""
    return next(name for least, name in _BANDS if score >= least)


def destination(timeline: Timeline) -> str:
    """The country that an order goes to in capitals; empty where none is stated."""
    return _text(timeline.known("destination_country")).upper()


def home_of(countries: Iterable[str]) -> str:
    """The country to which more than half of the orders go that state one; empty where none is."""
    counts = Counter(country for country in countries if country)
    most = min(counts, key=lambda country: (-counts[country], country), default="")
    return most if counts[most] * 2 > counts.total() else ""


def _pieces(timeline: Timeline) -> int:
    stated = timeline.known("items")
    count = len(stated) if isinstance(stated, list) else stated
    if isinstance(count, bool) or not isinstance(count, int):
        return 0
    return next((points for least, points in _PIECES if count >= least), 0)


def _flags(timeline: Timeline) -> frozenset[str]:
    stated = timeline.known("flags")
    listed = stated if isinstance(stated, list) else []
    return frozenset(FLAGS).intersection(flag for flag in listed if isinstance(flag, str))


def _express(timeline: Timeline) -> int:
    """One where a word of the service's name says that it is quick."""
    name = _text(timeline.known("service")).casefold().replace("-", "_").replace(" ", "_")
    return int(any(word in name for word in _EXPRESS))


def _text(stated: object) -> str:
    return stated.strip() if isinstance(stated, str) else ""

"""A question about figures with its gaps filled, and what a right answer to it has.

Must not count.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bench.asking.slots import Span

Filters = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a right answer to a question about figures has.

    `begins` is how its text begins, `has` what stands in it somewhere, `leads` any of which has to
    stand first in a ranking, all without regard to case; `refs` are exactly its citations.
    """

    begins: str = ""
    has: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    refs: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question about figures with its gaps filled."""

    filters: Filters
    by: str = ""
    limit: int = 5
    least: bool = False

    @property
    def span(self) -> Span | None:
        """The time that it is about."""
        window = self.filters.get("window")
        return window if isinstance(window, Span) else None


def said(minutes: float) -> str:
    """Minutes as people are told them."""
    whole = int(minutes)
    if whole < 1:
        return "under 1 min"
    if whole >= 1440:  # noqa: PLR2004 - a day
        return f"{whole // 1440} d" + (f" {whole % 1440 // 60} h" if whole % 1440 >= 60 else "")  # noqa: PLR2004
    hours, left = divmod(whole, 60)
    return " ".join(
        part for part in (f"{hours} h" * bool(hours), f"{left} min" * bool(left)) if part
    )


def money(cents: int) -> str:
    """`1,184.40 USD`."""
    return f"{cents // 100:,}.{cents % 100:02} USD"


def counted(number: int, noun: str = "exception") -> str:
    """`No exceptions`, `1 exception`, `17 exceptions`."""
    return f"{number or 'No'} {noun}{'' if number == 1 else 's'}"

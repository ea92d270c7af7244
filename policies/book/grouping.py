"""The section `grouping` of alerting.yaml: what is told as one storm.

Must not read a file: alerting.py does, for all sections.
"""

from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field

from policies.book import words
from policies.book.faults import Faults
from policies.book.model import Minutes, Model
from policies.grouping import Grouping, Level
from policies.judgement import FACTS
from policies.reasons import ReasonCode

_LONGEST_WINDOW = words.WHOLE_DAY
EXAMPLES = {
    "window": "write window: 30 min",
    "above": "write above: 3",
    "by": "write by: [carrier, warehouse]",
    "causes": "write causes: [{by: [warehouse], above: 8}]",
}


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


Reason = Annotated[ReasonCode, BeforeValidator(_upper)]


class CauseText(Model):
    """One cause as written."""

    reasons: list[Reason] | None = None
    by: list[str]
    above: Annotated[int, Field(ge=1, le=1000)]


class GroupingText(Model):
    """The section as written."""

    window: Minutes
    causes: list[CauseText]

    def check(self, faults: Faults) -> None:
        """Notes what pydantic cannot see."""
        if self.window > _LONGEST_WINDOW:
            faults.add(("grouping", "window"), "a storm is a matter of hours; write 24h or less")
        seen: list[tuple[frozenset[str], frozenset[ReasonCode]]] = []
        for index, cause in enumerate(self.causes):
            place = ("grouping", "causes", index)
            for fact in cause.by:
                if fact not in FACTS:
                    known = ", ".join(FACTS)
                    faults.add((*place, "by"), f"no fact is called {fact}; known are {known}")
            meant = frozenset(cause.by), frozenset(cause.reasons or ())
            if meant in seen:
                faults.add(place, "the same reasons and facts stand further up; leave one out")
            seen.append(meant)

    def compiled(self) -> Grouping:
        """What grouping.py decides by."""
        levels = tuple(
            Level(by=tuple(cause.by), above=cause.above, reasons=frozenset(cause.reasons or ()))
            for cause in self.causes
        )
        return Grouping(window=timedelta(minutes=self.window), levels=levels)

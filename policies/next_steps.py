"""The one step to take next, by reason and cause: the first row that fits and can be filled in.

Must not read files: policies/book reads them. Must not invent a name that a row asks for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter

from policies import explanation
from policies.reasons import ReasonCode

PLACEHOLDERS = ("order", "warehouse", "zone", "wave", "carrier", "source")
"""What a step may name in braces; a row is passed over where it is not known of the order."""
CAUSES = (
    *dict.fromkeys([*explanation.CAUSES.values(), *explanation.REPORTED.values()]),
    *("unscanned", "silence", "zone", "wave", "warehouse", "carrier", "slow", "alone"),
)
"""Recorded causes, then those that the orders beside it tell of; see causes.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What to do in one sentence, for these reasons and causes; empty is for all."""

    do: str
    reasons: frozenset[ReasonCode] = frozenset()
    causes: frozenset[str] = frozenset()


NextSteps = Sequence[Step]


@lru_cache(maxsize=1024)
def names_in(text: str) -> tuple[str, ...]:
    """The placeholders of a step.

    Raises:
        ValueError: a brace is not closed, or something else than a name stands in it.
    """
    found = []
    for _, name, spec, conversion in Formatter().parse(text):
        if name is not None:
            if spec or conversion or name not in PLACEHOLDERS:
                message = f"{{{name}}} is nothing that a step can name"
                raise ValueError(message)
            found.append(name)
    return tuple(found)


def next_step(
    steps: NextSteps, reason: ReasonCode, cause: str | None, known: Mapping[str, str]
) -> str:
    """What to do; empty where no row fits."""
    for step in steps:
        if step.reasons and reason not in step.reasons:
            continue
        if step.causes and cause not in step.causes:
            continue
        if all(name in known for name in names_in(step.do)):
            return step.do.format_map(dict(known))
    return ""

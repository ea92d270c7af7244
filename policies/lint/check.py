"""What a check is: a name, how much it matters, and a small function that looks at a policy.

Must not look at one itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from policies.lint.draft import Draft, Written
from policies.lint.finding import Finding, Level
from policies.yaml_text import Step


class Spot(NamedTuple):
    """Something doubtful: what, what to do, and where (below the rule for checks of rules)."""

    message: str
    remedy: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """A check that looks at one promise after the other."""

    name: str
    level: Level
    look: Callable[[Draft, Written], Iterator[Spot]]

    def run(self, draft: Draft) -> Iterator[Finding]:
        """What it finds."""
        for written in draft.rules:
            for spot in self.look(draft, written):
                place = (*written.steps, *spot.steps)
                yield _finding(self, draft, spot, place, written.rule.sla_id)


@dataclass(frozen=True, slots=True)
class PolicyCheck:
    """A check that looks at a policy as a whole."""

    name: str
    level: Level
    look: Callable[[Draft], Iterator[Spot]]

    def run(self, draft: Draft) -> Iterator[Finding]:
        """What it finds."""
        for spot in self.look(draft):
            yield _finding(self, draft, spot, spot.steps, None)


Check = RuleCheck | PolicyCheck


def _finding(
    check: Check, draft: Draft, spot: Spot, steps: tuple[Step, ...], sla_id: str | None
) -> Finding:
    return Finding(
        level=check.level,
        rule=check.name,
        file=draft.book.file,
        line=draft.line(steps),
        path=".".join(str(step) for step in steps),
        sla_id=sla_id,
        message=spot.message,
        remedy=spot.remedy,
    )

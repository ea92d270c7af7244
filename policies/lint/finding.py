"""What lint found: one spot of a policy, what is doubtful about it, and what to do.

Must not look for anything itself.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much it matters, most first."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding. `rule` is the name of the check, `sla_id` the promise that it is about.

    An error must be mended, a warning is probably not what was meant, a note is good to know.
    """

    level: Level
    rule: str
    file: str
    line: int
    path: str
    sla_id: str | None
    message: str
    remedy: str

    def __str__(self) -> str:
        """As compilers print it: `sla.yaml:4: warning unknown-event: ... . Write ...`."""
        place = f"{self.file}:{self.line}"
        return f"{place}: {self.level.value} {self.rule}: {self.message}. {self.remedy}"


def count_of(findings: Iterable[Finding], level: Level) -> int:
    """How many of them are of that level."""
    return sum(finding.level is level for finding in findings)


def summary(findings: Iterable[Finding]) -> str:
    """`2 errors, 1 warning`, or `no findings`."""
    counts = Counter(finding.level for finding in findings)
    said = [f"{n} {level.value}{'' if n == 1 else 's'}" for level in Level if (n := counts[level])]
    return ", ".join(said) or "no findings"

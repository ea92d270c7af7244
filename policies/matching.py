"""Which orders a rule is for: by client, channel, service, site, tags and flags.

Must not judge a promise, and must not look anything up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """All of it must hold. `values` are payload keys with the values that fit, lower case.

    `having` and `lacking` are tags and flags of which one must, none may be there.
    """

    values: tuple[tuple[str, frozenset[str]], ...] = ()
    having: frozenset[str] = frozenset()
    lacking: frozenset[str] = frozenset()

    def fits(self, facts: Mapping[str, Any]) -> bool:
        """Whether an order with these facts is meant; what it does not state does not fit."""
        for key, wanted in self.values:
            if str(facts.get(key, "")).lower() not in wanted:
                return False
        if self.having or self.lacking:
            labels = labels_of(facts)
            return not self.lacking & labels and (not self.having or bool(self.having & labels))
        return True

    def covers(self, other: "When") -> bool:
        """Whether every order that fits `other` fits this one too (sure, not only likely)."""
        theirs = dict(other.values)
        return (
            all(key in theirs and theirs[key] <= wanted for key, wanted in self.values)
            and (not self.having or (bool(other.having) and other.having <= self.having))
            and self.lacking <= other.lacking
        )


def labels_of(facts: Mapping[str, Any]) -> frozenset[str]:
    """An order's tags and flags, lower case."""
    found: list[str] = []
    for key in ("tags", "flags"):
        value = facts.get(key)
        found += value if isinstance(value, list) else [value] if isinstance(value, str) else []
    return frozenset(str(label).lower() for label in found)

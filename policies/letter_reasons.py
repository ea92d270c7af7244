"""What reasons of dead letters have in common, so that they can be counted together.

Must not explain them: it only leaves out what is each letter's own.
"""

import re
from collections.abc import Iterable

from policies.queries import LetterCount

_REFERENCE = re.compile(r"; log line [0-9a-f]{8}$")


def without_reference(reason: str) -> str:
    """The reason without the number of its log line."""
    return _REFERENCE.sub("", reason)


def counted_together(counts: Iterable[LetterCount]) -> list[LetterCount]:
    """Counts by kind and reason without references, the greatest first."""
    groups: dict[tuple[str, str], list[LetterCount]] = {}
    for one in counts:
        groups.setdefault((one.kind, without_reference(one.reason)), []).append(one)
    together = [
        LetterCount(
            kind=kind,
            reason=reason,
            count=sum(one.count for one in group),
            next_retry_at=min(
                (one.next_retry_at for one in group if one.next_retry_at), default=None
            ),
        )
        for (kind, reason), group in groups.items()
    ]
    return sorted(together, key=lambda one: (-one.count, one.kind, one.reason))

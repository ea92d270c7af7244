"""What commands print: results on stdout, everything else on stderr. Must not decide what."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def say(line: str) -> None:
    """A line for the person, on stderr."""
    sys.stderr.write(f"{line}\n")


def tell(line: str) -> None:
    """A line of the result, on stdout."""
    sys.stdout.write(f"{line}\n")


def tell_json(value: Mapping[str, Any]) -> None:
    """A result as one line of JSON."""
    tell(json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=_plain))


def instant(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC with Z."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, frozenset | set | tuple):
        return sorted(value)
    raise TypeError(type(value).__name__)

"""Makes findings of the faults for which a policy cannot be read, each with its remedy.

Must not read policies.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from policies.errors import PolicyFault
from policies.lint.finding import Finding, Level

_LOOK_UP = "Correct this line; docs/policies.md has every field and an example of it"
_KNOWN = "; known are "


@dataclass(frozen=True, slots=True)
class _Kind:
    """Faults of one kind: their name, how their message reads, and what to do."""

    name: str
    reads: re.Pattern[str]
    remedy: Callable[[PolicyFault], str]


def _just(text: str) -> Callable[[PolicyFault], str]:
    return lambda _: text


_KINDS = tuple(
    _Kind(name, re.compile(reads), remedy)
    for name, reads, remedy in (
        ("unknown-field", r"^`.*` does not belong in", _just(_LOOK_UP)),
        ("missing-field", r"is missing: say", _just("Add it, as `[order_paid]`")),
        ("missing-field", r"^(`.*`|an entry of `.*`) is missing; ", _just(_LOOK_UP)),
        ("unknown-value", r" is not known here; ", _just(_LOOK_UP)),
        ("start-is-stop", r"start and stop are the same", _just("Name another stop event")),
        ("calendar-missing", r"no calendar named", _just(_LOOK_UP)),
        ("fact-missing", r"no fact named", _just(_LOOK_UP)),
        ("multiplier-missing", r"no multiplier named", _just(_LOOK_UP)),
        ("id-twice", r"used twice", _just(_LOOK_UP)),
    )
)
_UNREADABLE = _Kind(
    "not-a-policy",
    re.compile(""),
    _just("Check indentation, quotes and brackets here and just above; indent with spaces"),
)
_OTHER = _Kind("wrong-value", re.compile(""), _just(_LOOK_UP))


def findings_of(faults: Iterable[PolicyFault], document: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Each fault as an error; `document` says which promise it is about."""
    return tuple(_finding(fault, document) for fault in faults)


def _finding(fault: PolicyFault, document: Mapping[str, Any]) -> Finding:
    known = next((kind for kind in _KINDS if kind.reads.search(fault.message)), _OTHER)
    kind = known if fault.path else _UNREADABLE
    message, remedy = _parted(fault.message)
    return Finding(
        level=Level.ERROR,
        rule=kind.name,
        file=fault.file,
        line=fault.line,
        path=fault.path,
        sla_id=_sla_id(fault.path, document),
        message=message,
        remedy=remedy or kind.remedy(fault),
    )


def _parted(text: str) -> tuple[str, str]:
    """What is wrong and, where the fault says it behind a semicolon, what to do."""
    wrong, known, names = text.partition(_KNOWN)
    if known:
        return wrong, f"Write one of {names}"
    wrong, _, remedy = text.partition("; ")
    return wrong.rstrip("."), remedy[:1].upper() + remedy[1:]


def _sla_id(path: str, document: Mapping[str, Any]) -> str | None:
    """The id of the rule in which a path lies."""
    first, _, rest = path.partition(".")
    index = rest.partition(".")[0]
    if first != "slas" or not index.isdigit():
        return None
    try:
        found = document["slas"][int(index)]["id"]
    except (KeyError, IndexError, TypeError):
        return None
    return found if isinstance(found, str) else None

"""Lint of tariffs: tells what is wrong or doubtful in one, each spot with a remedy.

Must not price anything.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from policies.errors import PolicyError, PolicyFault
from policies.lint.finding import Finding, Level
from policies.lint.tariff_checks import CHECKS, Draft, Spot, TariffCheck
from policies.money.read_versions import (
    VERSIONS,
    Placed,
    WrittenTariffs,
    read_placed,
    read_tariffs,
)
from policies.yaml_text import line_of

_OF_TARIFFS = frozenset({"prices", "currency", "late_fee", VERSIONS})
_LOOK_UP = "Correct this line; docs/tariffs.md has every field and an example of it"
_LEVELS = tuple(Level)
FAULTS = (
    ("code-twice", re.compile(r"code: .* is there twice")),
    ("overlapping-versions", re.compile(r"overlaps this|begins on the same day")),
    ("days-without-version", re.compile(r"no version holds from")),
    ("lane-without-band", re.compile(r"this lane has no band")),
    ("divisor-missing", re.compile(r"dim\.divisor: Field required")),
    ("missing-field", re.compile(r"Field required|no price per")),
    ("unknown-field", re.compile(r"not permitted")),
    ("names-no-line", re.compile(r"names no line above")),
    ("wrong-value", re.compile(r"^[^:]+: ")),
    ("not-a-tariff", re.compile("")),
)
"""Why a tariff cannot be read, by `path: message`; the first that fits."""


def is_tariff(document: Mapping[str, Any]) -> bool:
    """Whether a text is a tariff, which is seen by its keys, and not a policy of promises."""
    return "slas" not in document and bool(_OF_TARIFFS.intersection(document))


def lint_tariff(text: str, file: str, now: datetime) -> tuple[Finding, ...]:
    """What there is to say about a tariff, by line; one that cannot be read has its faults only."""
    try:
        read_tariffs([WrittenTariffs(file=file, text=text)])
        versions = read_placed(text, file)
    except PolicyError as error:
        return tuple(_of_fault(fault) for fault in error.faults)
    found = {
        one: None for placed in versions for check in CHECKS for one in _run(check, placed, now)
    }
    return tuple(sorted(found, key=lambda one: (one.line, _LEVELS.index(one.level), one.rule)))


def _run(check: TariffCheck, placed: Placed, now: datetime) -> Iterator[Finding]:
    for spot in check.look(Draft(placed=placed, today=now.date())):
        yield _of_spot(check, spot, placed)


def _of_spot(check: TariffCheck, spot: Spot, placed: Placed) -> Finding:
    steps = placed.where(*spot.steps)
    return Finding(
        level=check.level,
        rule=check.name,
        file=placed.file,
        line=line_of(placed.document, steps),
        path=".".join(str(step) for step in steps),
        sla_id=None,
        message=spot.message,
        remedy=spot.remedy,
    )


def _of_fault(fault: PolicyFault) -> Finding:
    said = f"{fault.path}: {fault.message}" if fault.path else fault.message
    wrong, _, remedy = fault.message.partition("; ")
    plain = not fault.path
    return Finding(
        level=Level.ERROR,
        rule="not-a-tariff" if plain else next(k for k, reads in FAULTS if reads.search(said)),
        file=fault.file,
        line=fault.line,
        path=fault.path,
        sla_id=None,
        message=wrong.rstrip("."),
        remedy=f"{remedy[:1].upper()}{remedy[1:]}" if remedy else _LOOK_UP,
    )

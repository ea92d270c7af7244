"""Judges lines that have no amount: what they say instead, and which line stands for them.

Must not take a reference for resolved where it fits several lines.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policies.money.audit.lines import BilledLine, Told
from policies.money.audit.verdict import Judged, Verdict

_WORD = re.compile(r"[A-Za-z0-9][\w./-]*")
_INCLUDED = "its cost is in another charge"
_SEPARATELY = "its cost is on another invoice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """The rows of a file by what other lines may call them."""

    lines: Mapping[str, tuple[int, ...]]
    references: Mapping[str, tuple[int, ...]]


def index_of(lines: Sequence[BilledLine]) -> Index:
    """Where each line number and each reference stands."""
    numbers: dict[str, list[int]] = {}
    references: dict[str, list[int]] = {}
    for line in lines:
        if line.line:
            numbers.setdefault(line.line.lower(), []).append(line.row)
        for name in {line.reference, line.tracking, line.order} - {""}:
            references.setdefault(name.lower(), []).append(line.row)
    return Index(
        lines={name: tuple(rows) for name, rows in numbers.items()},
        references={name: tuple(rows) for name, rows in references.items()},
    )


def told_instead(line: BilledLine, index: Index) -> Judged | None:
    """The verdict on a line without an amount; None where it has one."""
    if line.fault:
        return Judged(line=line, verdict=Verdict.UNREADABLE, why=line.fault)
    if line.told is Told.INCLUDED:
        return Judged(line=line, verdict=Verdict.INCLUDED, why=_INCLUDED)
    if line.told is Told.SEPARATELY:
        return Judged(line=line, verdict=Verdict.SEPARATELY, why=_SEPARATELY)
    if line.told is Told.REFERRED:
        row, why = _resolved(line, index)
        return Judged(line=line, verdict=Verdict.SEPARATELY, why=why, refers_to=row)
    return None


def _resolved(line: BilledLine, index: Index) -> tuple[int | None, str]:
    """The row that is meant, the surest name first: a line's number, then a reference."""
    words = [word.lower().rstrip(".") for word in _WORD.findall(line.refers)]
    for known in (index.lines, index.references):
        for word in words:
            rows = [row for row in known.get(word, ()) if row != line.row]
            if len(rows) == 1:
                return rows[0], f"its cost is in row {rows[0]}"
            if rows:
                return None, f"it refers to {word.upper()}, which {len(rows)} rows have"
    return None, f"it refers to {line.refers}, which is not in this file"

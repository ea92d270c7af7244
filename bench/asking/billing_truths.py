"""What is true of findings and notes, counted by plain loops.

Must not import anything of the product but what the workspace was filled with.
"""

from collections import Counter
from collections.abc import Sequence

from bench.asking.asked_for import Asked, Truth, counted, money
from bench.asking.billed import Billed, found, noted
from bench.asking.workspace import CLIENTS, SEEN, Workspace


def _fitting(rows: Sequence[Billed], asked: Asked, state: str | None) -> list[Billed]:
    wanted = asked.filters.get("state", state)
    return [
        row
        for row in rows
        if row.tenant in SEEN
        and row.tenant == asked.filters.get("client", row.tenant)
        and row.month == asked.filters.get("month", row.month)
        and row.state == (wanted or row.state)
    ]


def _sums(rows: Sequence[Billed]) -> tuple[str, ...]:
    """What is too much, and what is missing."""
    parts = ([-one.cents for one in rows if one.cents < 0], [o.cents for o in rows if o.cents > 0])
    return tuple(money(sum(part)) for part in parts if part)


def findings(_work: Workspace, asked: Asked) -> Truth:
    """How many, and how much too high and too low."""
    rows = _fitting(found(), asked, "open")
    return Truth(begins=counted(len(rows), "finding"), has=_sums(rows))


def findings_by(_work: Workspace, asked: Asked) -> Truth:
    """The same by client or cause."""
    rows = _fitting(found(), asked, "open")
    names = [CLIENTS[one.tenant] if asked.by == "client" else one.cause for one in rows]
    kinds = tuple(f"{name.replace('_', ' ')} {n}" for name, n in Counter(names).items())
    return Truth(begins=counted(len(rows), "finding"), has=(*_sums(rows), *kinds))


def notes(_work: Workspace, asked: Asked) -> Truth:
    """How many credits and debits, and how much they come to."""
    rows = _fitting(noted(), asked, None)
    credits_ = sum(one.cents < 0 for one in rows)
    counts = [counted(credits_, "credit")] if credits_ else []
    counts += [counted(len(rows) - credits_, "debit")] if len(rows) > credits_ else []
    return Truth(has=(*counts, *_sums(rows)) if rows else ("no notes",))


def notes_by(work: Workspace, asked: Asked) -> Truth:
    """The same by client."""
    rows = _fitting(noted(), asked, None)
    kinds = tuple(f"{CLIENTS[t]} {n}" for t, n in Counter(one.tenant for one in rows).items())
    whole = notes(work, asked)
    return Truth(has=(*whole.has, *kinds))


TRUTHS = (findings, findings_by, notes, notes_by)

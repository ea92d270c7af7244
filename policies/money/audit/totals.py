"""Sums a judged bill up: by verdict, by cause, what is in dispute and until when.

Must not add amounts of two currencies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from policies.money.audit.lines import Read
from policies.money.audit.verdict import DISPUTED, Cause, Judged, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseSum:
    """What one cause comes to: lines, and cents more than agreed (less: below 0)."""

    verdict: Verdict
    cause: Cause | None
    currency: str
    lines: int
    cents: int
    claim_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """A bill in figures. Sums are by currency; `causes` have what is not as agreed, most first.

    `drift_cents` is what differences within the tolerance come to, by currency.
    """

    lines: int
    verdicts: tuple[tuple[Verdict, int], ...]
    billed: tuple[tuple[str, int], ...]
    disputed: tuple[tuple[str, int], ...]
    causes: tuple[CauseSum, ...]
    drift: tuple[tuple[str, int], ...] = ()
    claim_by: date | None = None
    notes: tuple[str, ...] = ()

    def count(self, verdict: Verdict) -> int:
        """How many lines end so."""
        return dict(self.verdicts).get(verdict, 0)


def totals_of(judged: Sequence[Judged], read: Read, *, unknown_parcels: bool = False) -> Totals:
    """The figures of a judged bill."""
    counted = dict.fromkeys(Verdict, 0)
    billed: dict[str, int] = {}
    disputed: dict[str, int] = {}
    drift: dict[str, int] = {}
    for one in judged:
        currency = one.line.currency
        counted[one.verdict] += 1
        if one.line.cents is not None:
            billed[currency] = billed.get(currency, 0) + one.line.cents
        if one.verdict in DISPUTED:
            disputed[currency] = disputed.get(currency, 0) + one.disputed_cents
        elif one.verdict is Verdict.OK and one.difference_cents:
            drift[currency] = drift.get(currency, 0) + one.difference_cents
    days = [one.claim_by for one in judged if one.claim_by and one.verdict in DISPUTED]
    return Totals(
        lines=len(judged),
        verdicts=tuple((verdict, many) for verdict, many in counted.items() if many),
        billed=tuple(sorted(billed.items())),
        disputed=tuple(sorted(disputed.items())),
        causes=tuple(_causes(judged)),
        drift=tuple(sorted((name, cents) for name, cents in drift.items() if cents)),
        claim_by=min(days, default=None),
        notes=tuple(_notes(read, billed, unknown_parcels=unknown_parcels)),
    )


def _causes(judged: Sequence[Judged]) -> list[CauseSum]:
    found: dict[tuple[Verdict, Cause | None, str], list[Judged]] = {}
    for one in judged:
        if one.verdict in (*DISPUTED, Verdict.UNDERCHARGED):
            found.setdefault((one.verdict, one.cause, one.line.currency), []).append(one)
    sums = [
        CauseSum(
            verdict=verdict,
            cause=cause,
            currency=currency,
            lines=len(lines),
            cents=sum(one.difference_cents for one in lines),
            claim_by=min((one.claim_by for one in lines if one.claim_by), default=None),
        )
        for (verdict, cause, currency), lines in found.items()
    ]
    return sorted(sums, key=lambda one: (-one.cents, one.verdict, one.cause or ""))


def _notes(read: Read, billed: dict[str, int], *, unknown_parcels: bool) -> list[str]:
    notes = []
    if read.totals and len(billed) == 1:
        row, cents, _ = read.totals[-1]
        (summed,) = billed.values()
        if cents != summed:
            notes.append(f"row {row} states another sum than the lines come to")
    if unknown_parcels:
        notes.append("none of its parcels is known, so only prices were checked")
    doubts = sum(1 for line in read.lines if line.doubts)
    if doubts:
        notes.append(f"{doubts} lines have a day, weight or size that cannot be read")
    return notes

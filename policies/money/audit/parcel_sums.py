"""Adds up what a parcel's lines come to, and sets credits off against what they give back.

Must not judge a line that is not credited.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from policies.money.audit.surcharges import Sums
from policies.money.audit.verdict import Cause, Judged, Verdict

_SURE = (Verdict.OK, Verdict.OVERCHARGED, Verdict.UNDERCHARGED, Verdict.NOT_OURS)


def sums_of(judged: Iterable[Judged]) -> dict[str, Sums]:
    """What each parcel's lines come to."""
    billed: dict[str, Counter[str]] = {}
    expected: dict[str, Counter[str]] = {}
    causes: dict[str, dict[str, Cause]] = {}
    unsure: dict[str, set[str]] = {}
    for one in judged:
        parcel = one.line.parcel
        if not parcel or one.line.cents is None or not one.code:
            continue
        billed.setdefault(parcel, Counter())[one.code] += one.line.cents
        expected.setdefault(parcel, Counter())[one.code] += one.expected_cents or 0
        if one.cause is not None:
            causes.setdefault(parcel, {}).setdefault(one.code, one.cause)
        if one.verdict not in _SURE:
            unsure.setdefault(parcel, set()).add(one.code)
    return {
        parcel: Sums(
            billed=billed[parcel],
            expected=expected[parcel],
            causes=causes.get(parcel, {}),
            unsure=frozenset(unsure.get(parcel, ())),
        )
        for parcel in billed
    }


def credited(judged: Sequence[Judged]) -> list[Judged]:
    """What was overcharged and is credited in the same file is in dispute no more."""
    returned: dict[tuple[str, str, int], list[int]] = {}
    for one in judged:
        if one.line.tracking and (one.line.cents or 0) < 0:
            key = (one.line.tracking, one.code, -(one.line.cents or 0))
            returned.setdefault(key, []).append(one.line.row)
    found = []
    for one in judged:
        rows = returned.get((one.line.tracking, one.code, one.line.cents or 0))
        if rows and one.disputed_cents > 0:
            why = f"credited in row {rows.pop(0)}"
            one = replace(  # noqa: PLW2901 - the same line, as it stands with its credit
                one, verdict=Verdict.OK, cause=None, why=why, expected_cents=one.line.cents
            )
        found.append(one)
    return found

"""Finds what repeats among a client's exceptions and what changed against its usual.

Must not gather or draw. The same exceptions in any order give the same findings; those that tell
of the same exceptions by something else that they have in common are folded into one.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from policies.pattern_counts import counted
from policies.pattern_finders import FINDERS
from policies.pattern_finding import Finding, Kind
from policies.sightings import Sighting, Spans

_SAME = 0.8
"""Two findings tell of the same exceptions: they share so much of the larger one."""
_MOSTLY = 0.5
"""So much of a finding's exceptions is told of already: it is a part of that."""
_LARGE = 0.35
"""A part of a finding that is told with it explains so much of it."""
_BY_THEMSELVES = (Kind.HOUR, Kind.DELAY)
_SPECIFIC = 0.5
"""How much more a finding counts for each thing that its exceptions have in common."""
_ORDER = tuple(Kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """All that was found, what matters most first, and the counts that it was found among.

    `usual` is the middle count of the same hours, `before` that of the week before; None where
    too little is known.
    """

    spans: Spans
    findings: tuple[Finding, ...]
    now: int
    usual: float | None
    week: int
    before: int | None


def find_patterns(seen: Iterable[Sighting], spans: Spans) -> Patterns:
    """What there is to tell of these exceptions.

    Args:
        seen: the client's, from `spans.first` on; what is in none of the spans counts for nothing.
        spans: the hours that are looked at, and those that they are measured by.
    """
    counts = counted(seen, spans)
    every = counts[()]
    found = [finding for find in FINDERS for finding in find(counts, spans)]
    weeks = every.in_weeks(spans)
    return Patterns(
        spans=spans,
        findings=_folded(sorted(found, key=_rank)),
        now=len(every.now),
        usual=float(median(weeks)) if weeks else None,
        week=len(every.week),
        before=len(every.before) if spans.before else None,
    )


def _rank(finding: Finding) -> tuple[int, float, float, int, str]:
    """What changed now first, then by how many exceptions it explains; what says more wins.

    Of equals the one that is the least usual, then the largest.
    """
    explains = finding.level * (1 + _SPECIFIC * len(finding.values))
    place = _ORDER.index(finding.kind)
    return place, -explains, finding.usual, -finding.count, finding.key


def _folded(ranked: Sequence[Finding]) -> tuple[Finding, ...]:
    """Those that tell of other exceptions than the ones before them."""
    kept: list[Finding] = []
    parts: dict[int, frozenset[int]] = {}
    for finding in ranked:
        place = next((n for n, known in enumerate(kept) if _tells(known, finding)), None)
        whole = next((n for n, known in enumerate(kept) if _is_part(known, finding)), None)
        if place is not None and kept[place].kind is finding.kind:
            along = (*kept[place].along, finding.values)
            kept[place] = replace(kept[place], along=along)
        elif place is None and not _explained(finding, kept):
            kept.append(finding)
        elif whole is not None and not parts.get(whole, frozenset()) & finding.ids:
            parts[whole] = parts.get(whole, frozenset()) | finding.ids
            told = (*kept[whole].parts, (finding.values, finding.count))
            kept[whole] = replace(kept[whole], parts=told)
    return tuple(kept)


def _is_part(known: Finding, finding: Finding) -> bool:
    """Whether it is a large part of that, and of nothing else."""
    same = known.kind is finding.kind and finding.level >= _LARGE * known.level
    return same and finding.ids < known.ids


def _tells(known: Finding, finding: Finding) -> bool:
    """Whether the one tells of the same exceptions, by another thing that they have in common."""
    if Kind.DELAY in (known.kind, finding.kind):
        return False
    if known.kind is not finding.kind and known.values and known.values == finding.values:
        return True
    return known.span == finding.span and _alike(known.ids, finding.ids)


def _alike(some: Collection[int], others: Collection[int]) -> bool:
    shared = len(set(some) & set(others))
    return shared > 0 and shared >= _SAME * max(len(some), len(others))


def _explained(finding: Finding, kept: Sequence[Finding]) -> bool:
    """Whether most of its exceptions are in what is told: of a flood each part is a flood too."""
    if finding.kind in _BY_THEMSELVES:
        return False
    told = [
        known.ids
        for known in kept
        if known.span == finding.span and known.kind not in _BY_THEMSELVES
    ]
    return len(finding.ids & frozenset().union(*told)) >= _MOSTLY * len(finding.ids)

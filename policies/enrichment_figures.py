"""What the enrichment of many exceptions comes to, and when somebody is to be told of it.

Must not count rows: sums are an argument, and a figure that nothing stands behind is None.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from policies.enrichment import (
    DONE,
    EnrichmentStage,
    EnrichmentState,
    Note,
)

IN_TIME = timedelta(hours=24)
LEAST = 20
"""Records, or tries of a stage, that a figure needs before it can alarm anybody."""
_HUNDRED, _TENTH = Decimal(100), Decimal("0.1")
_PLACES = 6
"""Of a sum of floats: seventeen times 0.8 is 13.6, and not a little less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Exceptions whose stages stand alike, with their sums.

    `answered` are those that a model answered about, `sure` of them those at 0.7 and above;
    `in_time` were complete within IN_TIME.
    """

    order_analysis: Note
    classification: Note
    automation: Note
    records: int = 0
    in_time: int = 0
    filled: int = 0
    expected: int = 0
    quality: int = 0
    answered: int = 0
    sure: int = 0
    confidence: float = 0.0

    @property
    def stages(self) -> Mapping[EnrichmentStage, Note]:
        """How each stage stands in all of them."""
        return {stage: getattr(self, stage.value) for stage in EnrichmentStage}

    @property
    def complete(self) -> bool:
        """Whether nothing is owed."""
        return all(note.state in DONE for note in self.stages.values())


_SUMS = tuple(one.name for one in fields(Group) if one.name not in tuple(EnrichmentStage))


class Measure(StrEnum):
    """What somebody is told of."""

    COMPLETENESS = "completeness"
    QUALITY = "quality"
    BACKLOG = "backlog"
    FAILURES = "failures"


class Level(StrEnum):
    """How bad a figure is."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """From where on a figure is bad, and from where on that is over again.

    `low` says that small figures are the bad ones. The rest between a threshold and `clears` keeps
    a figure that swings around it from being told again and again.
    """

    critical: int
    clears: int
    warning: int | None = None
    low: bool = True

    def level(self, figure: Decimal, known: Level = Level.OK) -> Level:
        """How bad that is: never better than `known` before it is over."""
        bad: Callable[[int], bool] = (
            (lambda limit: figure < limit) if self.low else (lambda limit: figure > limit)
        )
        if bad(self.critical):
            return Level.CRITICAL
        warned = self.warning is not None and bad(self.warning)
        if known is not Level.OK and bad(self.clears):
            return known
        return Level.WARNING if warned else Level.OK


THRESHOLDS: Mapping[Measure, Threshold] = {
    Measure.COMPLETENESS: Threshold(critical=70, warning=85, clears=88),
    Measure.QUALITY: Threshold(critical=60, warning=80, clears=82),
    Measure.BACKLOG: Threshold(critical=1000, clears=900, low=False),
    Measure.FAILURES: Threshold(critical=20, clears=15, low=False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why that many records are not complete, at which stage."""

    stage: EnrichmentStage
    state: EnrichmentState
    reason: str
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How the enrichment stands; percentages to one decimal, rounded down.

    `completeness` of the records, `in_time` those within 24 hours; `filled` of the expected
    fields; `confidence` of a model on average, `sure` the share at 0.7 and above; `failures` by
    stage, of what was tried; `causes` of what is missing, the most frequent first. `backlog` is
    what is still followed, whatever its age.
    """

    records: int = 0
    complete: int = 0
    backlog: int = 0
    answered: int = 0
    completeness: Decimal | None = None
    in_time: Decimal | None = None
    quality: Decimal | None = None
    filled: Decimal | None = None
    confidence: Decimal | None = None
    sure: Decimal | None = None
    failures: Mapping[EnrichmentStage, Decimal | None]
    tried: Mapping[EnrichmentStage, int]
    causes: Sequence[Cause] = ()

    @property
    def worst_failures(self) -> Decimal | None:
        """Of the stage that fails most, among those that were tried often enough to tell."""
        told = (self.failures[stage] for stage, tried in self.tried.items() if tried >= LEAST)
        return max((share for share in told if share is not None), default=None)

    def of(self, measure: Measure) -> Decimal | None:
        """The figure that a measure is about; None where too little stands behind it."""
        if measure is Measure.BACKLOG:
            return Decimal(self.backlog)
        if measure is Measure.FAILURES:
            return self.worst_failures
        figure = self.quality if measure is Measure.QUALITY else self.completeness
        return figure if self.records >= LEAST else None


def figures_of(groups: Sequence[Group], backlog: int) -> Figures:
    """What they come to."""
    total = {name: sum(getattr(one, name) for one in groups) for name in _SUMS}
    records, answered = total["records"], total["answered"]
    complete = sum(one.records for one in groups if one.complete)
    tried = {stage: _tried(groups, stage) for stage in EnrichmentStage}
    return Figures(
        records=records,
        complete=complete,
        backlog=backlog,
        answered=answered,
        completeness=share(complete, records),
        in_time=share(total["in_time"], records),
        quality=share(total["quality"], records * 100),
        filled=share(total["filled"], total["expected"]),
        confidence=share(Decimal(str(round(total["confidence"], _PLACES))), answered),
        sure=share(total["sure"], answered),
        failures={
            stage: share(_counted(groups, stage, {EnrichmentState.FAILED}), tried[stage])
            for stage in EnrichmentStage
        },
        tried=tried,
        causes=_causes(groups),
    )


def share(part: Decimal | int, whole: int) -> Decimal | None:
    """Percent to one decimal, rounded down: what is not all of it does not read as 100."""
    if not whole:
        return None
    return (_HUNDRED * part / whole).quantize(_TENTH, ROUND_FLOOR)


_ENDED = {EnrichmentState.COMPLETED, EnrichmentState.FAILED}


def _tried(groups: Iterable[Group], stage: EnrichmentStage) -> int:
    return _counted(groups, stage, _ENDED)


def _counted(groups: Iterable[Group], stage: EnrichmentStage, states: set[EnrichmentState]) -> int:
    return sum(one.records for one in groups if one.stages[stage].state in states)


def _causes(groups: Iterable[Group]) -> tuple[Cause, ...]:
    found: dict[tuple[EnrichmentStage, Note], int] = {}
    for group in groups:
        for stage, note in group.stages.items():
            if note.state not in DONE:
                found[stage, note] = found.get((stage, note), 0) + group.records
    causes = (
        Cause(stage=stage, state=note.state, reason=note.reason or "", records=records)
        for (stage, note), records in found.items()
    )
    return tuple(sorted(causes, key=lambda one: (-one.records, one.stage.value, one.reason)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What was aimed at, what it is, and whether that is enough; None: nothing to say yet."""

    name: str
    wanted: str
    figure: Decimal | None
    met: bool | None


def goals(figures: Figures) -> tuple[Goal, ...]:
    """Complete within 24 hours over 95 %, quality over 85, failures under 5 %, sure over 80 %."""
    return (
        _goal("complete_within_24_hours", figures.in_time, above=95),
        _goal("quality", figures.quality, above=85),
        _goal("failures", figures.worst_failures, below=5),
        _goal("high_confidence", figures.sure, above=80),
    )


def _goal(
    name: str, figure: Decimal | None, *, above: int | None = None, below: int | None = None
) -> Goal:
    wanted = f"more than {above}" if above is not None else f"less than {below}"
    met = None
    if figure is not None:
        met = figure > above if above is not None else figure < (below or 0)
    return Goal(name=name, wanted=wanted, figure=figure, met=met)

"""What the API answers about enrichment, as models, and the values that fill them.

Must not look anything up.
"""

from collections.abc import Mapping
from decimal import Decimal

from handlers.api.shapes import Shape, When
from policies.enrichment import Enrichment, EnrichmentStage, EnrichmentState, Note, in_words
from policies.enrichment_figures import THRESHOLDS, Figures, Goal, Group, Level, Measure
from policies.records import ExceptionRecord


class StageShape(Shape):
    """A stage as it stands; what is not COMPLETED has a reason, `words` says it."""

    state: EnrichmentState
    reason: str | None
    words: str | None


class CauseShape(Shape):
    """How many records are not complete for one reason."""

    stage: EnrichmentStage
    state: EnrichmentState
    reason: str
    words: str
    records: int


class FiguresShape(Shape):
    """Counts, and percentages to one decimal; null where nothing stands behind one.

    `quality` (0 to 100) is `filled_percent` of each record's fields times `confidence_percent`
    where a model answered. `failures_percent` is by stage, of what was tried.
    """

    records: int
    complete: int
    backlog: int
    completeness: float | None
    complete_within_24_hours: float | None
    quality: float | None
    filled_percent: float | None
    answered_by_model: int
    confidence_percent: float | None
    high_confidence_percent: float | None
    failures_percent: dict[EnrichmentStage, float | None]
    causes: tuple[CauseShape, ...]


class MeasureShape(Shape):
    """A figure with its limits, and how bad it is. Null: too little stands behind it to tell."""

    figure: float | None
    level: Level
    warning: int | None
    critical: int


class HealthAnswer(Shape):
    """What was begun in the last 24 hours. `status` is the worst level."""

    status: Level
    measures: dict[Measure, MeasureShape]
    figures: FiguresShape


class EnrichmentShape(Shape):
    """An exception that is not enriched yet. `next_at` is null where nobody tries any more."""

    exception_id: int
    order_id: str
    begun_at: When
    order_analysis: StageShape
    classification: StageShape
    automation: StageShape
    tries: int
    next_at: When | None
    confidence: float | None
    quality: int


class BacklogAnswer(Shape):
    """A page of what is incomplete, newest first; `backlog` counts what is still tried."""

    items: tuple[EnrichmentShape, ...]
    next_cursor: str | None
    backlog: int


class GroupShape(Shape):
    """How many records have their stages alike."""

    records: int
    order_analysis: StageShape
    classification: StageShape
    automation: StageShape


class GoalShape(Shape):
    """What is aimed at, and whether it is reached; null while there is nothing to say."""

    name: str
    wanted: str
    figure: float | None
    met: bool | None


class DayShape(Shape):
    """24 hours."""

    since: When
    until: When
    figures: FiguresShape


class ReportAnswer(Shape):
    """168 hours: figures, what was aimed at, how the stages stand, and day by day."""

    figures: FiguresShape
    goals: tuple[GoalShape, ...]
    stages: tuple[GroupShape, ...]
    days: tuple[DayShape, ...]


class ProcessAnswer(Shape):
    """How many are looked at within the minute."""

    queued: int


def figures_shape(figures: Figures) -> FiguresShape:
    """Figures as JSON has them."""
    return FiguresShape(
        records=figures.records,
        complete=figures.complete,
        backlog=figures.backlog,
        completeness=plain(figures.completeness),
        complete_within_24_hours=plain(figures.in_time),
        quality=plain(figures.quality),
        filled_percent=plain(figures.filled),
        answered_by_model=figures.answered,
        confidence_percent=plain(figures.confidence),
        high_confidence_percent=plain(figures.sure),
        failures_percent={stage: plain(share) for stage, share in figures.failures.items()},
        causes=tuple(
            CauseShape(
                stage=one.stage,
                state=one.state,
                reason=one.reason,
                words=in_words(one.reason),
                records=one.records,
            )
            for one in figures.causes
        ),
    )


def measure_shapes(
    figures: Figures, levels: Mapping[Measure, Level]
) -> dict[Measure, MeasureShape]:
    """Each figure with its limits."""
    return {
        measure: MeasureShape(
            figure=plain(figures.of(measure)),
            level=levels[measure],
            warning=threshold.warning,
            critical=threshold.critical,
        )
        for measure, threshold in THRESHOLDS.items()
    }


def enrichment_shape(row: Enrichment, record: ExceptionRecord) -> EnrichmentShape:
    """One exception that is not enriched yet."""
    return EnrichmentShape(
        exception_id=row.exception_id,
        order_id=record.order_id,
        begun_at=row.begun_at,
        order_analysis=_stage(row.order_analysis),
        classification=_stage(row.classification),
        automation=_stage(row.automation),
        tries=row.tries,
        next_at=row.next_at,
        confidence=row.confidence,
        quality=row.quality,
    )


def group_shape(group: Group) -> GroupShape:
    """How many stand alike."""
    return GroupShape(
        records=group.records,
        order_analysis=_stage(group.order_analysis),
        classification=_stage(group.classification),
        automation=_stage(group.automation),
    )


def goal_shape(goal: Goal) -> GoalShape:
    """One aim."""
    return GoalShape(name=goal.name, wanted=goal.wanted, figure=plain(goal.figure), met=goal.met)


def plain(figure: Decimal | None) -> float | None:
    """A number as JSON has it."""
    return None if figure is None else float(figure)


def _stage(note: Note) -> StageShape:
    words = in_words(note.reason) if note.reason else None
    return StageShape(state=note.state, reason=note.reason, words=words)

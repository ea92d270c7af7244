"""What enrichment comes to: exact shares, honest unknowns, and alarms that do not flutter."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.enrichment import COMPLETED, EnrichmentStage, failed, skipped, waits
from policies.enrichment_figures import (
    LEAST,
    THRESHOLDS,
    Figures,
    Group,
    Level,
    Measure,
    figures_of,
    goals,
    share,
)


def group(records: int = 1, **changes: Any) -> Group:  # noqa: ANN401
    """Records that are complete, by rules alone."""
    usual = {
        "order_analysis": COMPLETED,
        "classification": skipped("no_model"),
        "automation": skipped("no_policy"),
        "records": records,
        "in_time": records,
        "filled": 6 * records,
        "expected": 6 * records,
        "quality": 100 * records,
    }
    return Group(**{**usual, **changes})


def test_nothing_behind_a_figure_is_no_figure() -> None:
    """Without a record there is no share, no level and no aim that was missed."""
    figures = figures_of([], 0)
    assert (figures.completeness, figures.quality, figures.sure) == (None, None, None)
    assert [figures.of(one) for one in Measure] == [None, None, Decimal(0), None]
    assert {goal.met for goal in goals(figures)} == {None}


def test_without_a_model_everything_is_complete() -> None:
    """Skipped for a reason is not missing."""
    figures = figures_of([group(40)], 0)
    assert (figures.completeness, figures.quality) == (Decimal(100), Decimal(100))
    assert figures.causes == ()
    assert (figures.answered, figures.sure, figures.confidence) == (0, None, None)
    assert figures.of(Measure.FAILURES) == 0


def test_figures_are_made_of_what_they_say() -> None:
    """Completeness, quality and its parts, failures by stage, causes by how frequent they are."""
    answered = {"classification": COMPLETED, "answered": 30, "sure": 24, "confidence": 24.6}
    groups = [
        group(30, **answered, filled=240, expected=240, quality=2460),
        group(10, classification=failed("timeout"), in_time=0, filled=60, expected=80, quality=750),
        group(5, classification=waits("waits_for_model"), in_time=0, filled=30, expected=40),
    ]
    figures = figures_of(groups, 12)
    assert (figures.records, figures.complete, figures.backlog) == (45, 30, 12)
    assert figures.completeness == Decimal("66.6")
    assert figures.filled == Decimal("91.6")
    assert figures.confidence == Decimal("82.0")
    assert figures.sure == Decimal("80.0")
    assert figures.failures[EnrichmentStage.CLASSIFICATION] == Decimal("25.0")
    assert figures.failures[EnrichmentStage.AUTOMATION] is None
    assert [(one.reason, one.records) for one in figures.causes] == [
        ("timeout", 10),
        ("waits_for_model", 5),
    ]
    told = {goal.name: goal.met for goal in goals(figures)}
    assert told == {
        "complete_within_24_hours": False,
        "quality": False,
        "failures": False,
        "high_confidence": False,
    }


def test_seventeen_times_four_fifths_is_four_fifths() -> None:
    """Adding floats takes nothing away."""
    groups = [group(classification=COMPLETED, answered=1, confidence=0.8) for _ in range(17)]
    assert figures_of(groups, 0).confidence == Decimal("80.0")


def test_one_of_a_thousand_missing_does_not_read_as_all() -> None:
    """Shares are rounded down."""
    assert share(9_999, 10_000) == Decimal("99.9")
    assert share(0, 0) is None


@pytest.mark.parametrize(
    ("measure", "figure", "level"),
    [
        (Measure.COMPLETENESS, "85", Level.OK),
        (Measure.COMPLETENESS, "84.9", Level.WARNING),
        (Measure.COMPLETENESS, "70", Level.WARNING),
        (Measure.COMPLETENESS, "69.9", Level.CRITICAL),
        (Measure.QUALITY, "80", Level.OK),
        (Measure.QUALITY, "79.9", Level.WARNING),
        (Measure.QUALITY, "59.9", Level.CRITICAL),
        (Measure.BACKLOG, "1000", Level.OK),
        (Measure.BACKLOG, "1001", Level.CRITICAL),
        (Measure.FAILURES, "20", Level.OK),
        (Measure.FAILURES, "20.1", Level.CRITICAL),
    ],
)
def test_levels_begin_where_they_say(measure: Measure, figure: str, level: Level) -> None:
    """Completeness 85 and 70, quality 80 and 60, backlog 1,000, failures 20 %."""
    assert THRESHOLDS[measure].level(Decimal(figure)) is level


@given(st.sampled_from(list(Measure)), st.decimals(0, 2000, places=1), st.sampled_from(list(Level)))
def test_a_bad_figure_is_over_only_when_it_is_clearly_well(
    measure: Measure, figure: Decimal, known: Level
) -> None:
    """It gets worse at once, and is over beyond its limit; in between it stays as it was told."""
    threshold = THRESHOLDS[measure]
    level, fresh = threshold.level(figure, known), threshold.level(figure)
    well = figure >= threshold.clears if threshold.low else figure <= threshold.clears
    if well:
        assert level is Level.OK
    elif known is not Level.OK and fresh is not Level.CRITICAL:
        assert level is known
    else:
        assert level is fresh


def test_few_records_alarm_nobody() -> None:
    """One of two exceptions that is not enriched is no outage."""
    figures: Figures = figures_of([group(LEAST - 1, classification=failed("timeout"))], 0)
    assert figures.completeness == 0
    assert figures.of(Measure.COMPLETENESS) is None
    assert figures.of(Measure.FAILURES) is None

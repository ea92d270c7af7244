"""Draws how enrichment stands: a section of status, and the notice that a figure turned.

Must not count: the figures come counted, and their thresholds from policies.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from handlers.blocks.elements import Block, message, section
from handlers.blocks.text import counted, data, joined
from jobs.ports.slack import Message
from jobs.views.enrichment import EnrichmentAlarmView
from policies.enrichment import EnrichmentStage, EnrichmentState, in_words
from policies.enrichment_figures import THRESHOLDS, Cause, Figures, Level, Measure

_STAGE: Mapping[EnrichmentStage, str] = {
    EnrichmentStage.ORDER_ANALYSIS: "order analysis",
    EnrichmentStage.CLASSIFICATION: "classification",
    EnrichmentStage.AUTOMATION: "automation",
}
_STATE: Mapping[EnrichmentState, str] = {
    EnrichmentState.PENDING: "pending",
    EnrichmentState.IN_PROGRESS: "in progress",
    EnrichmentState.FAILED: "failed",
}
_SAID: Mapping[Measure, str] = {
    Measure.COMPLETENESS: "{} % of exceptions enriched",
    Measure.QUALITY: "quality {} of 100",
    Measure.BACKLOG: "{} exceptions not enriched yet",
    Measure.FAILURES: "{} % of tries failed",
}
_THEN: Mapping[Measure, str] = {
    Measure.COMPLETENESS: "What is missing is tried again by itself.",
    Measure.QUALITY: "Explanations lack fields, or the model is not sure of them.",
    Measure.BACKLOG: "Alerts and their explanations by rules are not held up by it.",
    Measure.FAILURES: "Explanations by rules stand; what failed is tried again by itself.",
}
_CAUSES = 3


def enrichment_alarm(view: EnrichmentAlarmView) -> Message:
    """That a figure turned, with its limit and what is behind it; or that it is well again."""
    said = _SAID[view.measure].format(number(view.figure))
    name = f"Enrichment · {data(view.tenant.name, 60)}"
    if view.level is Level.OK:
        text = f"{name}: {said}, as it should be again"
        return message(text, [section(f"*{name}*: {said}, as it should be again.")])
    limit = _limit(view.measure, view.level)
    of = f"{counted(view.records, 'exception')} in the last 24 h"
    lines = [joined(limit, of), *cause_lines(view.causes), _THEN[view.measure]]
    return message(f"{name}: {said} ({limit})", [section(f"*{name}*: {said}", *lines)])


def enrichment_block(figures: Figures | None) -> Block | None:
    """The section of status; none where nothing opened lately."""
    if figures is None or not (figures.records or figures.backlog):
        return None
    return section(
        "*Enrichment, last 24 h*",
        joined(
            _complete(figures),
            f"quality {number(figures.quality)}" if figures.quality is not None else None,
            f"{figures.backlog:,} waiting" if figures.backlog else None,
        ),
        _made_of(figures),
        *cause_lines(figures.causes),
    )


def cause_lines(causes: Sequence[Cause]) -> list[str]:
    """Why something is missing, the most frequent first."""
    return [
        f"• {_STAGE[cause.stage]} {_STATE[cause.state]} for {cause.records:,}: "
        f"{in_words(cause.reason)}"
        for cause in causes[:_CAUSES]
        if cause.state in _STATE
    ]


def number(figure: Decimal) -> str:
    """Without a zero at its end."""
    plain = f"{figure:,f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _complete(figures: Figures) -> str:
    if figures.completeness is None:
        return "nothing to measure yet"
    return f"{number(figures.completeness)} % of {figures.records:,} complete"


def _made_of(figures: Figures) -> str | None:
    """What the quality is made of."""
    if figures.filled is None:
        return None
    sure = figures.confidence
    by_model = (
        f"{figures.answered:,} by the model, {number(sure)} % sure on average" if sure else None
    )
    return joined(f"{number(figures.filled)} % of fields filled", by_model)


def _limit(measure: Measure, level: Level) -> str:
    """`critical: below 70`."""
    threshold = THRESHOLDS[measure]
    limit = threshold.critical if level is Level.CRITICAL else threshold.warning
    return f"{level.value}: {'below' if threshold.low else 'over'} {limit:,}"

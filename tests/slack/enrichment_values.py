"""Values of what is drawn about enrichment."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from handlers.blocks.enrichment import enrichment_alarm
from handlers.blocks.home import home
from handlers.blocks.status import status
from jobs.ports.slack import Message
from jobs.show_enrichment import enrichment_tiles
from jobs.views.enrichment import EnrichmentAlarmView
from policies.enrichment import COMPLETED, failed, skipped, waits
from policies.enrichment_figures import Group, Level, Measure, figures_of
from tests.slack.home_values import UNSET, calm_home
from tests.slack.values import ACME, NOW, status_view


def group(records: int, classification: Any, **sums: Any) -> Group:  # noqa: ANN401
    """Records that stand alike."""
    return Group(
        order_analysis=COMPLETED,
        classification=classification,
        automation=skipped("no_policy"),
        records=records,
        expected=8 * records,
        **sums,
    )


FIGURES = figures_of(
    [
        group(120, COMPLETED, filled=950, quality=10_080, answered=120, sure=101, confidence=102.0),
        group(14, failed("timeout"), filled=84, quality=1_050),
        group(7, waits("waits_for_model"), filled=42, quality=525),
    ],
    21,
)
ALARM = EnrichmentAlarmView(
    tenant=ACME,
    measure=Measure.COMPLETENESS,
    level=Level.WARNING,
    figure=Decimal("83.4"),
    records=141,
    causes=tuple(FIGURES.causes),
    at=NOW,
)
BACKLOG = replace(
    ALARM,
    measure=Measure.BACKLOG,
    level=Level.CRITICAL,
    figure=Decimal(1204),
    causes=(),
)
DRAWINGS: dict[str, Callable[[], Message]] = {
    "enrichment_alarm": partial(enrichment_alarm, ALARM),
    "enrichment_alarm_backlog": partial(enrichment_alarm, BACKLOG),
    "enrichment_alarm_over": partial(
        enrichment_alarm, replace(ALARM, level=Level.OK, figure=Decimal("90.0"))
    ),
    "status_enrichment": lambda: status(replace(status_view(), enrichment=FIGURES)),
}
HOMES: dict[str, Callable[[], dict[str, Any]]] = {
    "home_enrichment": lambda: home(
        replace(calm_home(), tiles=(*calm_home().tiles, *enrichment_tiles(FIGURES))), UNSET
    ),
}

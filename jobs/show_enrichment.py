"""Gathers how enrichment stands: figures of the last day, of a week, and what is incomplete.

Must not change anything. Everything here is in wall time.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal

from jobs.ports import Storage, Transaction
from jobs.views.enrichment import BacklogView, DayView, HealthView, ReportView
from jobs.views.home import Tile
from policies.enrichment_figures import (
    THRESHOLDS,
    Figures,
    Level,
    Measure,
    figures_of,
    goals,
)

DAY = timedelta(hours=24)
YOUNG = timedelta(minutes=3)
"""What has just opened is not held against anybody."""
_WEEK = 7


async def enrichment_figures(
    tx: Transaction, tenant_ids: Collection[int], wall_now: datetime
) -> Figures:
    """The figures of what was begun in the last 24 hours, and the backlog of any age."""
    groups = await tx.enrichments.groups(tenant_ids, wall_now - DAY, wall_now - YOUNG)
    return figures_of(groups, await tx.enrichments.backlog(tenant_ids))


async def show_figures(
    tenant_ids: Collection[int], *, storage: Storage, wall_now: datetime
) -> Figures:
    """The same for whoever looks."""
    async with storage.read() as tx:
        return await enrichment_figures(tx, tenant_ids, wall_now)


def enrichment_tiles(figures: Figures) -> tuple[Tile, ...]:
    """What Home shows of it; nothing before there is something to measure."""
    waiting = f"{figures.backlog:,} waiting" if figures.backlog else ""
    tiles = []
    if figures.completeness is not None:
        enriched = f"{_plain(figures.completeness)} %"
        tiles.append(Tile(name="Enriched", figure=enriched, note=waiting))
    if figures.quality is not None and figures.filled is not None:
        sure = figures.confidence
        by_model = f", model {_plain(sure)} % sure" if sure is not None else ""
        made_of = f"{_plain(figures.filled)} % of fields{by_model}"
        tiles.append(Tile(name="Enrichment quality", figure=_plain(figures.quality), note=made_of))
    return tuple(tiles)


def _plain(figure: Decimal) -> str:
    return f"{figure.normalize():f}"


async def show_health(tenant_id: int, *, storage: Storage, wall_now: datetime) -> HealthView:
    """The figures with how bad each is; one that was told is bad until that is over."""
    async with storage.read() as tx:
        figures = await enrichment_figures(tx, [tenant_id], wall_now)
        known = await tx.enrichments.alarms(tenant_id)
    levels = {
        measure: level_of(measure, figures, known.get(measure, Level.OK)) for measure in Measure
    }
    return HealthView(figures=figures, levels=levels)


def level_of(measure: Measure, figures: Figures, known: Level) -> Level:
    """How bad a figure is; where too little stands behind it, it is as it was."""
    figure = figures.of(measure)
    return known if figure is None else THRESHOLDS[measure].level(figure, known)


async def show_report(tenant_id: int, *, storage: Storage, wall_now: datetime) -> ReportView:
    """168 hours in days, the latest first, with what was aimed at."""
    mine, until = [tenant_id], wall_now - YOUNG
    async with storage.read() as tx:
        groups = await tx.enrichments.groups(mine, wall_now - _WEEK * DAY, until)
        backlog = await tx.enrichments.backlog(mine)
        days = []
        for number in range(_WEEK):
            end = wall_now - number * DAY
            part = await tx.enrichments.groups(mine, end - DAY, min(end, until))
            day = figures_of(part, sum(not one.complete and one.records for one in part))
            days.append(DayView(since=end - DAY, until=end, figures=day))
    figures = figures_of(groups, backlog)
    return ReportView(figures=figures, groups=tuple(groups), goals=goals(figures), days=tuple(days))


async def show_backlog(
    tenant_id: int, *, storage: Storage, before_id: int | None, limit: int
) -> BacklogView:
    """What is incomplete, newest first, given up or not."""
    async with storage.read() as tx:
        rows = await tx.enrichments.incomplete([tenant_id], before_id, limit)
        records = await tx.exceptions.among([one.exception_id for one in rows])
        total = await tx.enrichments.backlog([tenant_id])
    known = {record.id: record for record in records}
    return BacklogView(rows=[(one, known[one.exception_id]) for one in rows], total=total)

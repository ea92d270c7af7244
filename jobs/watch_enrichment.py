"""Measures how enrichment stands, and tells once when a figure turns and once when it is over.

Must not enrich anything: it counts rows.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from jobs.enriching import Enriching
from jobs.ports import Transaction
from jobs.put_on_record import Telling
from jobs.show_enrichment import enrichment_figures, level_of
from jobs.views.enrichment import EnrichmentAlarmView
from policies.enrichment import EnrichmentStage, EnrichmentState
from policies.enrichment_figures import Cause, Figures, Level, Measure
from policies.records import OutboxMessage, Tenant

ENRICHMENT = "enrichment"
_PRIORITY = 25
_CAUSES = 3
_WORSE = {Level.OK: 0, Level.WARNING: 1, Level.CRITICAL: 2}


async def watch_enrichment(enriching: Enriching, *, wall_now: datetime) -> Mapping[str, Figures]:
    """The figures of each tenant by its name; what turned is put into the outbox.

    One that is bad is told once, once more where it becomes critical, and once when it is over.
    """
    found: dict[str, Figures] = {}
    async with enriching.storage.write() as tx:
        for tenant in await tx.tenants.all():
            if tenant.synthetic:
                continue
            figures = await enrichment_figures(tx, [tenant.id], wall_now)
            found[tenant.name] = figures
            news = await _turned(tx, tenant, figures, wall_now)
            if news and enriching.telling.notify:
                messages = [_message(view, enriching.telling) for view in news]
                await tx.outbox.put(messages, wall_now)
    return found


async def _turned(
    tx: Transaction, tenant: Tenant, figures: Figures, wall_now: datetime
) -> list[EnrichmentAlarmView]:
    """What is news: worse than was told, or over."""
    known = await tx.enrichments.alarms(tenant.id)
    news = []
    for measure in Measure:
        was = known.get(measure, Level.OK)
        level, figure = level_of(measure, figures, was), figures.of(measure)
        told = level is Level.OK or _WORSE[level] > _WORSE[was]
        if figure is None or level is was or not told:
            continue
        if await tx.enrichments.alarm(tenant.id, measure, level, wall_now):
            news.append(
                EnrichmentAlarmView(
                    tenant=tenant,
                    measure=measure,
                    level=level,
                    figure=figure,
                    records=figures.records,
                    causes=tuple(figures.causes[:_CAUSES]),
                    at=wall_now,
                )
            )
    return news


def _message(view: EnrichmentAlarmView, telling: Telling) -> OutboxMessage:
    """What was true when it was noticed stands in it: a notice is not brought up to date."""
    channel, at = telling.channel_of(view.tenant), view.at.isoformat()
    return OutboxMessage(
        kind="slack",
        lane=channel,
        dedup_key=f"{ENRICHMENT}:{view.tenant.id}:{view.measure.value}:{view.level.value}:{at}",
        tenant_id=view.tenant.id,
        payload={
            "notice": ENRICHMENT,
            "channel": channel,
            "measure": view.measure.value,
            "level": view.level.value,
            "figure": str(view.figure),
            "records": view.records,
            "causes": [
                [one.stage.value, one.state.value, one.reason, one.records] for one in view.causes
            ],
            "at": at,
        },
        priority=_PRIORITY,
    )


def enrichment_alarm_of(message: OutboxMessage, tenant: Tenant) -> EnrichmentAlarmView:
    """What the notice says."""
    told = message.payload
    return EnrichmentAlarmView(
        tenant=tenant,
        measure=Measure(told["measure"]),
        level=Level(told["level"]),
        figure=Decimal(told["figure"]),
        records=told["records"],
        causes=tuple(
            Cause(
                stage=EnrichmentStage(stage),
                state=EnrichmentState(state),
                reason=reason,
                records=records,
            )
            for stage, state, reason, records in told["causes"]
        ),
        at=datetime.fromisoformat(told["at"]),
    )

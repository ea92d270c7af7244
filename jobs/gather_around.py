"""Gathers what is true around orders before they are judged: how busy it is, and who is silent.

Must not judge, and asks nothing of the stores that no rule needs.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from jobs.ports import Transaction
from policies.facts import Timeline
from policies.order_facts import ALONE, DAY, HOUR, Around, order_facts
from policies.promise import SlaRule
from policies.promises import Promises
from policies.records import OrderKey, Tenant
from policies.silence import Voice, speakers_of
from policies.sla import began_at

Wanted = tuple[int, datetime, timedelta]


async def gather_around(
    tx: Transaction,
    timelines: Mapping[OrderKey, Timeline],
    tenants: Mapping[int, Tenant],
    promises: Promises,
) -> dict[int, Around]:
    """What is around the orders of each tenant."""
    volumes = await _volumes(tx, timelines, tenants, promises)
    concerned = sorted({key.tenant_id for key in timelines})
    voices = await tx.feeds.voices(concerned)
    return {
        tenant_id: Around(
            tenant=tenants[tenant_id].name,
            volume=_looked_up(tenant_id, volumes),
            silences={v.source: v.silence for v in _of(voices, tenant_id) if v.silence},
            speakers=speakers_of(_of(voices, tenant_id)),
        )
        for tenant_id in concerned
    }


async def _volumes(
    tx: Transaction,
    timelines: Mapping[OrderKey, Timeline],
    tenants: Mapping[int, Tenant],
    promises: Promises,
) -> Mapping[Wanted, int]:
    wanted: dict[Wanted, None] = {}
    for key, timeline in timelines.items():
        for rule in promises.of(tenants[key.tenant_id].name):
            for window in _windows(rule):
                for moment in _starts(rule, timeline):
                    wanted[key.tenant_id, moment, window] = None
    return await tx.events.volume(list(wanted)) if wanted else {}


def _starts(rule: SlaRule, timeline: Timeline) -> Iterable[datetime]:
    """When the rule's clock may start: with an event, or where that is deferred."""
    order = order_facts(timeline, ALONE)
    for event in timeline.events:
        if event.kind in rule.start or event.kind in rule.reset:
            yield began_at(rule, event, order)


def _windows(rule: SlaRule) -> Iterable[timedelta]:
    if any(multiplier.on == "volume" for multiplier in rule.multipliers):
        yield HOUR
    if any(exclusion.over_orders_a_day is not None for exclusion in rule.exclude):
        yield DAY


def _looked_up(
    tenant_id: int, volumes: Mapping[Wanted, int]
) -> Callable[[datetime, timedelta], int]:
    """How many orders began in a window, from what was gathered."""
    return lambda moment, window: volumes.get((tenant_id, moment, window), 0)


def _of(voices: Iterable[Voice], tenant_id: int) -> list[Voice]:
    return [voice for voice in voices if voice.tenant_id == tenant_id]

"""What evaluating stored orders again would decide, by the promises in force. Only looks.

Must not write or put to work: replay_order and reevaluate_orders do, after they showed this.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jobs.gather_around import gather_around
from jobs.ports import Transaction
from jobs.slices import slices
from policies.as_told import as_told
from policies.facts import timeline_of
from policies.judgement import Decision, judge, merged
from policies.promises import Promises
from policies.records import OrderKey
from policies.sla import evaluate


async def judge_again(
    tx: Transaction, keys: Sequence[OrderKey], promises: Promises, now: datetime
) -> Mapping[OrderKey, list[Decision]]:
    """What would change for the exceptions of each of these orders, a page of them at most.

    An id that is only a name of an order is judged as nothing of its own.
    """
    meant = await tx.names.orders_of(keys)
    events = await tx.events.of_orders(keys)
    records = await tx.exceptions.of_orders(keys)
    timelines = {key: timeline_of(key.order_id, events.get(key, [])) for key in keys}
    tenants = {tenant.id: tenant for tenant in await tx.tenants.all()}
    around = await gather_around(tx, timelines, tenants, promises)
    decided: dict[OrderKey, list[Decision]] = {}
    async for part in slices(keys):
        for key in part:
            if meant[key] != key:
                decided[key] = [*merged(records.get(key, []), meant[key].order_id, now)]
                continue
            rules = promises.judged(tenants[key.tenant_id].name)
            known = records.get(key, [])
            judged = evaluate(timelines[key], rules, now, around[key.tenant_id])
            clocks = as_told(judged, known)
            decided[key] = judge(key.tenant_id, timelines[key].until(now), clocks, known, now)
    return decided

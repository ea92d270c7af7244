"""Gathers what says how far exceptions are enriched: records, attempts, dead letters, storms.

Must not change anything, and must not judge: policies/enrichment_states.py does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from jobs.enriching import Enriching
from jobs.ports import Transaction
from policies.enrichment_states import Known
from policies.queries import LetterFilter
from policies.records import ExceptionRecord, OrderKey, Tenant
from policies.storms import Told

_LETTERS = 1_000
EVALUATE = "evaluate"


async def known_of(
    tx: Transaction, records: Sequence[ExceptionRecord], enriching: Enriching
) -> Mapping[int, Known]:
    """What is known of each of them, by number; who is in a storm is asked apart (in_storm)."""
    if not records:
        return {}
    tenants = {tenant.id: tenant for tenant in await tx.tenants.all()}
    keys = [_key(record) for record in records]
    tried = await tx.attempts.of_orders(list(dict.fromkeys(keys)))
    unjudged = await _unjudged(tx, sorted({record.tenant_id for record in records}))
    return {
        record.id: Known(
            record=record,
            mode=enriching.mode,
            unjudged=key in unjudged,
            policy=_has_policy(record, tenants.get(record.tenant_id), enriching),
            attempts=[one for one in tried[key] if one.exception_id == record.id],
        )
        for record, key in zip(records, keys, strict=True)
    }


async def in_storm(tx: Transaction, known: Known) -> Known:
    """The same, with whether its channel reads it in a storm's list."""
    members = await tx.storms.memberships(known.record.id)
    return replace(known, in_storm=any(one.told is Told.LISTED for one in members))


def _key(record: ExceptionRecord) -> OrderKey:
    return OrderKey(tenant_id=record.tenant_id, order_id=record.order_id)


async def _unjudged(tx: Transaction, tenant_ids: Sequence[int]) -> frozenset[OrderKey]:
    """Orders whose evaluation failed, with a letter that is not dealt with."""
    wanted = LetterFilter(tenant_ids=tuple(tenant_ids), kinds=(EVALUATE,), limit=_LETTERS)
    letters = await tx.dead_letters.find(wanted)
    return frozenset(
        OrderKey(tenant_id=one.tenant_id, order_id=one.order_id) for one in letters if one.order_id
    )


def _has_policy(record: ExceptionRecord, tenant: Tenant | None, enriching: Enriching) -> bool:
    return bool(tenant and enriching.book.rules(tenant.name, record.reason_code.value))

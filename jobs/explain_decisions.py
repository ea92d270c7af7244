"""Has what was decided of a batch explained, with how the orders stand that wait beside them.

Must not write: what it reads may be some seconds old by the time the explanation is stored.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from jobs.explain import explain
from jobs.ports import Transaction
from jobs.put_on_record import Verdict
from jobs.slices import slices
from policies.explanation import MANY
from policies.judgement import Decision, Dropped, Opened
from policies.queries import Peers

_Concerned = tuple[int, str]
_COUNTED = MANY + 1
"""The order itself is counted, and left out when it is told."""


async def explain_decisions(
    tx: Transaction, verdicts: Sequence[Verdict], now: datetime
) -> list[Verdict]:
    """The same verdicts with an explanation in the record of every decision."""
    peers = await _peers(tx, verdicts)
    told: list[Verdict] = []
    async for part in slices(verdicts):
        told += [_told(verdict, peers, now) for verdict in part]
    return told


async def _peers(tx: Transaction, verdicts: Sequence[Verdict]) -> Mapping[_Concerned, Peers]:
    """How each promise concerned stands, this batch's new breaches included."""
    records = [(v.tenant.id, d.record, d) for v in verdicts for d in v.decisions]
    fresh = Counter(
        (tenant_id, record.sla_id)
        for tenant_id, record, decision in records
        if isinstance(decision, Opened) and record.active
    )
    wanted = {(tenant_id, record.sla_id, record.reason_code) for tenant_id, record, _ in records}
    return {
        (tenant_id, sla_id): Peers(
            running=(await tx.clocks.peers(tenant_id, sla_id, _COUNTED)).running,
            breached=fresh[tenant_id, sla_id]
            + await tx.exceptions.active(tenant_id, reason, _COUNTED),
        )
        for tenant_id, sla_id, reason in sorted(wanted)
    }


def _told(verdict: Verdict, peers: Mapping[_Concerned, Peers], now: datetime) -> Verdict:
    if not verdict.decisions:
        return verdict
    explained = (_explained(verdict, decision, peers, now) for decision in verdict.decisions)
    return replace(verdict, decisions=tuple(explained))


def _explained(
    verdict: Verdict, decision: Decision, peers: Mapping[_Concerned, Peers], now: datetime
) -> Decision:
    if isinstance(decision, Dropped):
        return decision  # what was said of the old promise stays said
    zone = ZoneInfo(verdict.tenant.timezone)
    around = peers[verdict.tenant.id, decision.record.sla_id]
    explanation = explain(decision.clock, verdict.timeline, around, zone, now)
    return replace(decision, record=replace(decision.record, explanation=explanation))

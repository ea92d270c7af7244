"""Has what was decided of a batch explained, with how the orders stand that wait beside them.

Must not write: what it reads may be some seconds old by the time the explanation is stored.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from jobs.explain import Explaining, explain
from jobs.ports import Transaction
from jobs.put_on_record import Verdict
from jobs.slices import slices
from policies.explanation import MANY
from policies.judgement import Decision, Dropped, Opened
from policies.next_steps import NextSteps
from policies.queries import Peers

_Concerned = tuple[int, str]
_COUNTED = MANY + 1
"""The order itself is counted, and left out when it is told."""


async def explain_decisions(
    tx: Transaction, verdicts: Sequence[Verdict], now: datetime, steps: NextSteps = ()
) -> list[Verdict]:
    """The same verdicts with an explanation in the record of every decision.

    It tells what the order's own events say; explain_exception adds what is around the order once
    it is to be posted.
    """
    peers = await _peers(tx, verdicts)
    told: list[Verdict] = []
    async for part in slices(verdicts):
        told += [_told(verdict, peers, now, steps) for verdict in part]
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


def _told(
    verdict: Verdict, peers: Mapping[_Concerned, Peers], now: datetime, steps: NextSteps
) -> Verdict:
    if not verdict.decisions:
        return verdict
    explaining = Explaining(zone=ZoneInfo(verdict.tenant.timezone), steps=steps)
    explained = (
        _explained(verdict, decision, peers, explaining, now) for decision in verdict.decisions
    )
    return replace(verdict, decisions=tuple(explained))


def _explained(
    verdict: Verdict,
    decision: Decision,
    peers: Mapping[_Concerned, Peers],
    explaining: Explaining,
    now: datetime,
) -> Decision:
    if isinstance(decision, Dropped):
        return decision  # what was said of the old promise stays said
    around = peers[verdict.tenant.id, decision.record.sla_id]
    explanation = explain(decision.clock, verdict.timeline, around, explaining, now)
    return replace(decision, record=replace(decision.record, explanation=explanation))

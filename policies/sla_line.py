"""A clock as the line that `e2a sla evaluate` prints. Must not judge."""

from datetime import UTC, datetime

from policies.clock import Clock


def sla_line(clock: Clock) -> dict[str, object]:
    """The contract's keys in the contract's order; instants in UTC with Z, minutes as numbers."""
    rule = clock.rule
    return {
        "order_id": clock.order_id,
        "sla_id": rule.sla_id,
        "stage": rule.stage.value,
        "started_at": _instant(clock.started_at),
        "deadline": _instant(clock.deadline_at),
        "stopped_at": _instant(clock.stopped_at),
        "state": clock.state.value,
        "breached_at": _instant(clock.breached_at),
        "target_minutes": clock.target_minutes,
        "elapsed_minutes": round(clock.elapsed_minutes, 6),
        "delay_minutes": round(clock.delay_minutes, 6),
        "reason_code": rule.reason_code.value,
        "severity": clock.severity.value,
        "at_risk_at": _instant(clock.at_risk_at),
        "verdict": clock.verdict.value if clock.verdict else None,
        "first_verdict": clock.first_verdict.value if clock.first_verdict else None,
        "instance": clock.instance,
    }


def _instant(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")

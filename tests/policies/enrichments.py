"""Exceptions as enrichment knows them, for its tests. Must not stand in for a rule."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from policies.attempts import Attempt, AttemptState
from policies.enrichment import Enrichment
from policies.enrichment_retries import GRACE
from policies.enrichment_states import Known, begun, look, noted
from policies.model_budget import AiMode
from policies.reasons import Status
from policies.records import ExceptionRecord, Explanation
from tests.storage.builders import T0, a_record

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MIDNIGHT = T0 + 16 * HOUR
BY_RULES = Explanation(
    label="Picking is late",
    ops_note="Paid 10:00 [1].",
    client_note="We are on it.",
    next_step="Ask the floor lead.",
    evidence=("e-1",),
    cause="zone",
)
FAILURES = ("timeout", "server_error", "junk", "rate_limited", "unreachable", "failed")


def said(confidence: float) -> Explanation:
    """What a model made of it."""
    return replace(BY_RULES, source="ai", confidence=confidence, reasoning="So it is [1].")


def an_attempt(*, state: AttemptState) -> Attempt:
    """One for the exception."""
    return Attempt(
        id=1,
        tenant_id=1,
        exception_id=7,
        order_id="SO-1",
        action="close",
        number=1,
        key="k",
        state=state,
        asked_at=T0,
    )


def known(explanation: Explanation | None = BY_RULES, **changes: Any) -> Known:  # noqa: ANN401
    """A HIGH exception with a model that is asked about such ones, and no policy."""
    record: ExceptionRecord = replace(
        a_record(1), id=7, status=Status.OPEN, resolution_blocked=False, explanation=explanation
    )
    mode = changes.pop("mode", AiMode.SMART)
    flags = {
        name: changes.pop(name)
        for name in ("unjudged", "in_storm", "policy", "attempts")
        if name in changes
    }
    return Known(record=replace(record, **changes), mode=mode, **flags)


def first(about: Known, now: datetime = T0) -> Enrichment:
    """The first look."""
    return look(begun(about.record, T0), about, now).enrichment


def asked(about: Known, now: datetime = T0 + GRACE) -> Enrichment:
    """The look at which a model is asked."""
    seen = look(first(about), about, now)
    assert seen.ask
    return seen.enrichment


def answered(was: Enrichment, outcome: str, now: datetime) -> Enrichment:
    """What came of asking."""
    days = max(0, (now - MIDNIGHT) // DAY + 1)
    return noted(was, outcome, now, MIDNIGHT + days * DAY)

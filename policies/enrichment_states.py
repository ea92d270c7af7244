"""How far an exception is enriched, as its record, its attempts and a model's answers say.

Must not ask or try anything: what is known is an argument, and what is to be done is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from policies.attempts import Attempt, AttemptState
from policies.enrichment import (
    COMPLETED,
    Enrichment,
    EnrichmentState,
    Note,
    failed,
    skipped,
    under_way,
    waits,
    with_quality,
)
from policies.enrichment_retries import (
    GRACE,
    LEAST_SURE,
    LOST,
    RETRIES,
    UNSURE_AGAIN,
    rest,
    spread,
)
from policies.model_budget import AiMode, wants_model
from policies.reasons import Status
from policies.records import ExceptionRecord

_YOUNG = timedelta(minutes=5)
SOON, LATER = timedelta(minutes=1), timedelta(minutes=15)
"""Between two looks at what is young and owed something, and at what else may change."""
_RESTING = (EnrichmentState.FAILED, EnrichmentState.IN_PROGRESS)
_COMES_BACK = frozenset({"budget", "circuit_open", "changed"})
_STAYS = (skipped("storm"), skipped("too_long"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What there is to know about an exception.

    `mode` is None without a model. `unjudged` says that its order's evaluation failed for good;
    `in_storm` that its channel reads it in a storm's list; `policy` that one lists its reason code.
    """

    record: ExceptionRecord
    mode: AiMode | None = None
    unjudged: bool = False
    in_storm: bool = False
    policy: bool = False
    attempts: Sequence[Attempt] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The stages as they stand now, and what is to be asked for: an evaluation, or a model."""

    enrichment: Enrichment
    evaluate: bool = False
    ask: bool = False


def begun(record: ExceptionRecord, now: datetime) -> Enrichment:
    """The record of an exception that nothing is known of yet."""
    return Enrichment(
        tenant_id=record.tenant_id,
        exception_id=record.id,
        begun_at=now,
        ask_at=now + GRACE,
        next_at=now,
    )


def look(was: Enrichment, known: Known, now: datetime) -> Look:
    """How the stages stand now.

    Args:
        was: as they stood at the last look.
        known: what there is to know now.
        now: wall time.
    """
    analysed = replace(was, order_analysis=_analysed(known))
    told = _lost(analysed, now)
    classified, ask = _classified(told, known, now)
    tried = replace(classified, automation=_automated(known, now - was.begun_at))
    rated = with_quality(tried, known.record)
    complete = rated.complete
    since = (was.completed_at or now) if complete else None
    ended = replace(rated, completed_at=since)
    unexplained = known.record.explanation is None and not known.unjudged
    seen = replace(ended, next_at=_next_at(ended, known.record, now))
    return Look(enrichment=seen, evaluate=unexplained, ask=ask)


def _analysed(known: Known) -> Note:
    if known.unjudged:
        return failed("evaluation_failed")
    return COMPLETED if known.record.explanation else waits("not_explained")


def _lost(was: Enrichment, now: datetime) -> Enrichment:
    """What was asked so long ago that nothing comes back any more counts as a failed try."""
    asked = was.classification.state is EnrichmentState.IN_PROGRESS
    overdue = was.ask_at is not None and was.ask_at <= now
    return noted(was, "no_outcome", now, now) if asked and overdue else was


def _classified(was: Enrichment, known: Known, now: datetime) -> tuple[Enrichment, bool]:
    """The classification as it stands, and whether a model is to be asked now."""
    told = known.record.explanation
    if told is not None and told.source == "ai":
        return _asked_again(_said(was, told.confidence, now), known, now)
    never = _never(was, known)
    if never is not None:
        return replace(was, classification=never, ask_at=None, confidence=None), False
    rests = _rests(replace(was, confidence=None), now)
    if rests is not None:
        return rests, False
    asked = replace(was, classification=under_way("asked"), ask_at=now + LOST, confidence=None)
    return asked, True


def _said(was: Enrichment, confidence: float | None, now: datetime) -> Enrichment:
    """A model answered. One that was not sure is asked again a day later."""
    sure = confidence is None or confidence >= LEAST_SURE
    if was.classification == COMPLETED:
        return replace(was, confidence=confidence, ask_at=None if sure else was.ask_at)
    again = None if sure else now + spread(UNSURE_AGAIN, was.exception_id)
    return replace(was, classification=COMPLETED, confidence=confidence, tries=0, ask_at=again)


def _asked_again(was: Enrichment, known: Known, now: datetime) -> tuple[Enrichment, bool]:
    """An answer stands until a better one comes; that is asked for only while it matters."""
    if was.ask_at is None or was.ask_at > now:
        return was, False
    wanted = known.mode is not None and wants_model(known.mode, known.record.severity)
    if not (wanted and known.record.active and was.tries < len(RETRIES)):
        return replace(was, ask_at=None), False
    tries = was.tries + 1
    return replace(
        was, tries=tries, ask_at=now + spread(UNSURE_AGAIN, was.exception_id, tries)
    ), True


def _never(was: Enrichment, known: Known) -> Note | None:
    """Why no model is asked about it. What was told in a storm, or is too long, stays so."""
    if known.mode is None:
        return skipped("no_model")
    if not wants_model(known.mode, known.record.severity):
        return skipped("ai_mode")
    if was.classification in _STAYS:
        return was.classification
    if known.in_storm:
        return skipped("storm")
    failing = was.classification.state in _RESTING
    return None if known.record.active or failing else skipped("settled")


def _rests(was: Enrichment, now: datetime) -> Enrichment | None:
    """As it waits; None where the model is to be asked now."""
    if was.order_analysis != COMPLETED:
        return replace(was, classification=waits("waits_for_order_analysis"))
    if was.given_up:
        return was
    if was.ask_at is None:  # what left it out does so no more
        fresh = replace(was, tries=0, ask_at=now + GRACE)
        return replace(fresh, classification=waits("waits_for_model"))
    if was.ask_at <= now:
        return None
    stays = was.classification.state in _RESTING or was.classification.reason in _COMES_BACK
    return was if stays else replace(was, classification=waits("waits_for_model"))


def noted(was: Enrichment, outcome: str, now: datetime, resets_at: datetime) -> Enrichment:
    """The same after a model was asked.

    Args:
        was: as it stood.
        outcome: what improve_explanation returned, other than `improved`.
        now: wall time.
        resets_at: when the client's budget begins anew.
    """
    if was.classification == COMPLETED:
        return was  # the answer that there was stands
    due = now + spread(RETRIES[0], was.exception_id, was.tries)
    table: Mapping[str, tuple[Note, datetime | None]] = {
        "mode": (skipped("ai_mode"), None),
        "too_long": (skipped("too_long"), None),
        "budget": (skipped("budget"), resets_at + spread(GRACE, was.exception_id)),
        "circuit_open": (waits("circuit_open"), due),
        "changed": (waits("changed"), due),
    }
    if outcome in table:
        note, ask_at = table[outcome]
        return _awaiting(replace(was, classification=note, ask_at=ask_at))
    tries = was.tries + 1
    pause = rest(tries, was.exception_id)
    if outcome == "refused_answer" and pause is not None:
        pause = spread(UNSURE_AGAIN, was.exception_id, tries)
    reason = "nothing_to_word" if outcome == "unwanted" else outcome
    ask_at = now + pause if pause else None
    return _awaiting(replace(was, classification=failed(reason), tries=tries, ask_at=ask_at))


def _awaiting(was: Enrichment) -> Enrichment:
    """Looked at when a model is to be asked, and as soon as may be for the rest."""
    looks = [at for at in (was.ask_at, was.next_at) if at is not None]
    return replace(was, next_at=min(looks, default=None))


_ATTEMPTED: Mapping[AttemptState, Note] = {
    AttemptState.ASKED: waits("approval"),
    AttemptState.DUE: under_way("attempt"),
    AttemptState.STARTED: under_way("attempt"),
    AttemptState.WAITING: under_way("attempt"),
    AttemptState.SUCCEEDED: COMPLETED,
    AttemptState.REHEARSED: skipped("dry_run"),
    AttemptState.DECLINED: skipped("declined"),
}


def _automated(known: Known, age: timedelta) -> Note:
    record = known.record
    tried = [one for one in known.attempts if one.undoes is None]
    last = tried[-1].state if tried else None
    if last is not None and last in _ATTEMPTED:
        return _ATTEMPTED[last]
    if last is AttemptState.FAILED:
        left = record.resolution_attempts < record.max_resolution_attempts
        again = record.active and left and not record.resolution_blocked
        return failed("attempt_failed") if again else failed("attempts_used_up")
    left_out: Mapping[str, bool] = {
        "no_policy": not known.policy,
        "settled": not record.active,
        "blocked": record.resolution_blocked,
        "in_hand": record.status is Status.ACKNOWLEDGED,
        "conditions": age >= GRACE,
    }
    reason = next((name for name, true in left_out.items() if true), None)
    return skipped(reason) if reason else waits("to_be_looked_at")


def _next_at(seen: Enrichment, record: ExceptionRecord, now: datetime) -> datetime | None:
    """When it is looked at next; never by itself once it ended and nothing is owed."""
    looks = [max(seen.ask_at, now + SOON)] if seen.ask_at is not None else []
    if seen.owed and now - seen.begun_at < _YOUNG:
        looks.append(now + SOON)
    if seen.owed or record.active:
        looks.append(now + LATER)
    return min(looks, default=None)


def asked_anew(was: Enrichment, now: datetime) -> Enrichment:
    """The same with all its tries before it, to be looked at now: a person wants it."""
    if was.classification.state in (EnrichmentState.FAILED, EnrichmentState.PENDING):
        return replace(was, tries=0, ask_at=now, next_at=now)
    return replace(was, next_at=now)

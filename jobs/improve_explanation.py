"""Has a model word an explanation that the rules have posted, where it is worth it and borne out.

Must not make anything wait: the rules' explanation stands in the thread, and stays there where no
model answers, its answer is not sure enough, or nothing of it is supported by the evidence.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobs.ask_model import Asking, Inquiry, NotTold, Told, ask_model
from jobs.explain_exception import explained_by_rules, subject_of
from jobs.heed_model import heed_model
from jobs.improvements import by_rules, unsure
from jobs.ports import Storage, Transaction
from jobs.prompt_explanation import explanation_from, prompt_of
from jobs.tell import EXPLANATION, tell_changed
from policies.asking import Prompt
from policies.facts import OrderEvent
from policies.known_people import known_from
from policies.model_explanation import read_answer
from policies.model_facts import ModelFacts, model_facts
from policies.promises import Promises
from policies.records import ExceptionRecord, Explanation, Tenant

OPERATION = "explanation"
_NOTES = ("note", "notes", "comment", "message")


@dataclass(frozen=True, slots=True, kw_only=True)
class Improving:
    """What improving needs: whom to ask, and how sure an answer has to be."""

    asking: Asking
    storage: Storage
    promises: Promises
    least_confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """An exception as the rules explained it, and what a model is shown of it."""

    tenant: Tenant
    record: ExceptionRecord
    known: Explanation
    facts: ModelFacts
    events: tuple[OrderEvent, ...]


async def improve_explanation(
    exception_id: int, improving: Improving, *, now: datetime, wall_now: datetime
) -> str:
    """Asks once; what is believed replaces the rules' words, and the thread is edited.

    Returns:
        `improved`, `unwanted` (there is nothing of the rules to improve), `changed` (it was
        judged anew meanwhile, and will be told again), or why there is no answer.
    """
    async with improving.storage.read() as tx:
        case = await _case(tx, exception_id, improving, now)
    if case is None:
        return "unwanted"
    told = await ask_model(_inquiry(case, improving), improving.asking, wall_now=wall_now)
    _count(told, improving.asking)
    if isinstance(told, NotTold):
        await heed_model(exception_id, told, storage=improving.storage, now=now, wall_now=wall_now)
        return told.reason
    better = _believed(told.value, case, improving)
    if better is None:
        return "unwanted"
    async with improving.storage.write() as tx:
        if not await tx.exceptions.explain(case.record, better):
            return "changed"
        after = replace(case.record, explanation=better)
        await tell_changed(tx, after, wall_now, None, (EXPLANATION,))
    return "improved"


def _count(told: Told | NotTold, asking: Asking) -> None:
    """How sure a model said it was, also of what is not used; a kept answer was counted before."""
    said = told.refused if isinstance(told, NotTold) else None if told.from_cache else told.value
    answer = read_answer(said) if said is not None else None
    if answer is not None:
        asking.observe.stated(answer.confidence)


async def _case(
    tx: Transaction, exception_id: int, improving: Improving, now: datetime
) -> _Case | None:
    """What is asked about; an answer that was not sure is asked for again from the rules' words."""
    record = await tx.exceptions.get(exception_id)
    tenant = await tx.tenants.get(record.tenant_id) if record else None
    if record is None or tenant is None or record.explanation is None:
        return None
    promises = improving.promises
    known: Explanation | None = record.explanation
    if unsure(record):
        steps = improving.asking.telling.steps
        known = await explained_by_rules(tx, record, promises, steps, now)
    elif not by_rules(record):
        return None
    subject = await subject_of(tx, record, tenant, promises, now)
    if subject is None or known is None:
        return None
    events = subject.timeline.events
    promise = subject.clock.rule.promise
    notes = _notes(events)
    facts = model_facts(record, known, promise=promise, notes=notes)
    return _Case(tenant=tenant, record=record, known=known, facts=facts, events=events)


def _notes(events: Iterable[OrderEvent]) -> list[str]:
    """What people wrote, most recent first."""
    stated = [event.payload.get(name) for event in events for name in _NOTES]
    return [text for text in reversed(stated) if isinstance(text, str) and text.strip()]


def _inquiry(case: _Case, improving: Improving) -> Inquiry:
    kept = {case.record.order_id, *_identifiers(case.events)}
    return Inquiry(
        tenant=case.tenant,
        operation=OPERATION,
        facts=_as_facts(case.facts),
        prompt=_worded,
        known=known_from((event.payload for event in case.events), kept),
        severity=case.record.severity,
        order_id=case.record.order_id,
        accept=lambda value: _believed(value, case, improving) is not None,
        afresh=unsure(case.record),
    )


def _identifiers(events: Iterable[OrderEvent]) -> set[str]:
    numbers = (event.payload.get("tracking_number") for event in events)
    return {number for number in numbers if isinstance(number, str)}


def _as_facts(facts: ModelFacts) -> dict[str, Any]:
    return {
        "stated": dict(facts.stated),
        "facts": [dict(one) for one in facts.facts],
        "rules": dict(facts.rules),
        "untrusted": list(facts.untrusted),
    }


def _worded(redacted: Mapping[str, Any]) -> Prompt:
    return prompt_of(
        ModelFacts(
            stated=redacted["stated"],
            facts=tuple(redacted["facts"]),
            rules=redacted["rules"],
            untrusted=tuple(redacted["untrusted"]),
        )
    )


def _believed(value: Mapping[str, Any], case: _Case, improving: Improving) -> Explanation | None:
    """What the evidence bears out of a sure enough answer; a junk one is none.

    The place of an earlier answer is taken by one that is surer.
    """
    answer = read_answer(value)
    if answer is None or answer.confidence < improving.least_confidence:
        return None
    before = case.record.explanation.confidence if case.record.explanation else None
    if before is not None and answer.confidence <= before:
        return None
    return explanation_from(answer, case.known, case.facts)

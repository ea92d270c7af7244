"""Asks a model about something, if it is worth it and allowed, and believes nothing unchecked.

Must not let a person's data reach the model, and raises nothing for its faults: without an answer
there is a reason, and whoever asked goes by rules.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from jobs.model_budget import Reservation, reserve_tokens
from jobs.ports import Storage
from jobs.ports.model import LanguageModel, ModelObserver, SilentModelObserver
from jobs.put_on_record import Telling
from policies.asking import Answer, JsonSchema, KeptAnswer, ModelError, Prompt
from policies.known_people import NOBODY, Known
from policies.model_budget import (
    NOTHING,
    AiMode,
    DailyLimits,
    Spent,
    estimate,
    likely,
    spent_on,
    wants_model,
)
from policies.model_prices import ModelPrices
from policies.reasons import Severity
from policies.records import Tenant
from policies.redaction import StandIns, put_back, redact

CACHE = "model_answers"
MOST_FACTS = 32 * 1024
"""Characters of JSON; an order's events have a few thousand."""
JsonValue = Any
Reading = Callable[[str, JsonSchema], Mapping[str, Any]]
"""Gets the object out of what a model wrote; raises NoAnswerError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What asking needs: the model, what it may cost and when it is asked at all."""

    storage: Storage
    model: LanguageModel
    read: Reading
    prices: ModelPrices
    limits: DailyLimits
    mode: AiMode
    telling: Telling
    observe: ModelObserver = field(default_factory=SilentModelObserver)


def anything(_value: Mapping[str, Any]) -> bool:
    """Accepts every object."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """One thing to ask.

    `facts` (JSON) and what is `known` about people in them; `prompt` words the facts once they
    are redacted. `severity` None is a person's own question. `accept` says whether an answer, as
    people would see it, can be used: only then it is kept. `operation` is the metrics' label.
    `afresh` asks again though an answer is kept.
    """

    tenant: Tenant
    operation: str
    facts: JsonValue
    prompt: Callable[[JsonValue], Prompt]
    known: Known = NOBODY
    severity: Severity | None = None
    order_id: str | None = None
    accept: Callable[[Mapping[str, Any]], bool] = anything
    afresh: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The model's answer with people's data put back; `from_cache` where nobody was asked."""

    value: Mapping[str, Any]
    model: str
    from_cache: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTold:
    """There is no answer. `reason`: mode, too_long, budget, refused_answer, or a ModelError's.

    `refused` is the answer that whoever asked did not accept.
    """

    reason: str
    refused: Mapping[str, Any] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """An inquiry as it leaves the house: redacted, worded, and by what it is known again."""

    prompt: Prompt
    stand_ins: StandIns
    key: str


async def ask_model(inquiry: Inquiry, asking: Asking, *, wall_now: datetime) -> Told | NotTold:
    """What the model says about it, or why it says nothing; never waits without an end.

    Raises:
        TemporarilyUnavailableError: the database cannot count what it would cost.
    """
    if not wants_model(asking.mode, inquiry.severity):
        return _fell_back("mode", asking)
    if len(json.dumps(inquiry.facts, default=str)) > MOST_FACTS:
        return _fell_back("too_long", asking)
    question = await asyncio.to_thread(_question, inquiry, asking.model.model)
    known = None if inquiry.afresh else await _kept(question, inquiry, asking)
    if known is not None:
        return known
    if not asking.model.lets_through():
        return _fell_back("circuit_open", asking)

    price = asking.prices.of(asking.model.model)
    reservation = await reserve_tokens(
        inquiry.tenant,
        spent_on(estimate(question.prompt), price),
        storage=asking.storage,
        limits=asking.limits,
        telling=asking.telling,
        wall_now=wall_now,
    )
    if reservation is None:
        return _fell_back("budget", asking)
    return await _asked(inquiry, question, reservation, asking, wall_now)


async def _asked(
    inquiry: Inquiry,
    question: _Question,
    reservation: Reservation,
    asking: Asking,
    wall_now: datetime,
) -> Told | NotTold:
    """The call itself: whatever comes of it is counted, and only what is accepted is kept."""
    try:
        answer = await asking.model.ask(question.prompt)
    except ModelError as error:
        took = reservation.spent if error.taken_in else NOTHING
        await _settle(reservation, took, asking, failed=True)
        return _failed(error.reason, took, inquiry, asking)
    took = _took(answer, question.prompt, asking)
    value, reason = _believed(answer.text, question, inquiry, asking)
    kept = None if reason else _to_keep(answer, question, inquiry)
    await _settle(reservation, took, asking, failed=bool(reason), kept=kept, now=wall_now)
    if reason:
        return _failed(reason, took, inquiry, asking, refused=value)
    asking.observe.asked(asking.model.model, inquiry.operation, "ok")
    asking.observe.spent(asking.model.model, took)
    return Told(value=value, model=answer.model)


def _question(inquiry: Inquiry, model: str) -> _Question:
    """Redacted twice: the facts, so that no writing of them hides a name, and then every word.

    In a thread: it takes milliseconds a kilobyte.
    """
    facts, stand_ins = redact(inquiry.facts, inquiry.known)
    prompt = inquiry.prompt(facts)
    messages = []
    for one in prompt.messages:
        text, stand_ins = redact(one.text, inquiry.known, stand_ins)
        messages.append(replace(one, text=text))
    prompt = replace(prompt, messages=tuple(messages))
    said = [[one.role, one.text] for one in messages]
    parts = [model, prompt.name, prompt.version, dict(prompt.schema), said]
    whole = json.dumps([*parts, prompt.limits.output_tokens], sort_keys=True, default=str)
    return _Question(
        prompt=prompt, stand_ins=stand_ins, key=hashlib.sha256(whole.encode()).hexdigest()
    )


async def _kept(question: _Question, inquiry: Inquiry, asking: Asking) -> Told | None:
    """An earlier answer to exactly that; one that cannot be used any more counts as none."""
    async with asking.storage.read() as tx:
        text = await tx.model_answers.get(inquiry.tenant.id, question.key)
    value, reason = _believed(text, question, inquiry, asking) if text else ({}, "unknown")
    asking.observe.looked_up(CACHE, found=not reason)
    if reason:
        return None
    return Told(value=value, model=asking.model.model, from_cache=True)


def _believed(
    text: str, question: _Question, inquiry: Inquiry, asking: Asking
) -> tuple[Mapping[str, Any], str]:
    """The answer as people would see it, and the reason where it cannot be used."""
    try:
        read = asking.read(text, question.prompt.schema)
        value: Mapping[str, Any] = put_back(read, question.stand_ins)
    except ModelError as error:
        return {}, error.reason
    return value, "" if inquiry.accept(value) else "refused_answer"


def _took(answer: Answer, prompt: Prompt, asking: Asking) -> Spent:
    tokens = answer.tokens or likely(prompt, answer.text)
    return spent_on(tokens, asking.prices.of(asking.model.model))


def _to_keep(answer: Answer, question: _Question, inquiry: Inquiry) -> KeptAnswer:
    return KeptAnswer(
        tenant_id=inquiry.tenant.id,
        key=question.key,
        operation=inquiry.operation,
        model=answer.model,
        text=answer.text,
        order_id=inquiry.order_id,
    )


async def _settle(
    reservation: Reservation,
    took: Spent,
    asking: Asking,
    *,
    failed: bool,
    kept: KeptAnswer | None = None,
    now: datetime | None = None,
) -> None:
    async with asking.storage.write() as tx:
        more = took - reservation.spent
        await tx.model_usage.settle(reservation.tenant_id, reservation.day, more, failed=failed)
        if kept is not None and now is not None:
            await tx.model_answers.put(kept, now)


def _failed(
    reason: str,
    took: Spent,
    inquiry: Inquiry,
    asking: Asking,
    refused: Mapping[str, Any] | None = None,
) -> NotTold:
    asking.observe.asked(asking.model.model, inquiry.operation, reason)
    asking.observe.spent(asking.model.model, took)
    asking.observe.fell_back(reason)
    return NotTold(reason=reason, refused=refused or None)


def _fell_back(reason: str, asking: Asking) -> NotTold:
    asking.observe.fell_back(reason)
    return NotTold(reason=reason)

"""Asking a model: what reaches it, what comes back, what it costs, and every way to say nothing."""

from dataclasses import replace
from typing import Any

import pytest

from jobs.ask_model import CACHE, NotTold, Told, ask_model
from policies.asking import (
    AnswerTooLargeError,
    ModelAwayError,
    ModelBusyError,
    ModelTimeoutError,
)
from policies.model_budget import AiMode, Spent, day_of
from policies.reasons import Severity
from storage.memory import MemoryStorage
from tests.jobs.asking import (
    CANARY,
    FACTS,
    NOW,
    Counting,
    ScriptedModel,
    a_tenant,
    an_asking,
    good,
    inquiry,
    prompt_of,
)


async def used(storage: MemoryStorage, tenant_id: int) -> Spent:
    """What the tenant used on the day."""
    async with storage.read() as tx:
        rows = await tx.model_usage.of([tenant_id], [day_of(NOW, "UTC")])
    return rows[0].spent if rows else Spent()


async def test_nobody_s_data_reaches_the_model_and_it_comes_back() -> None:
    """Names, mail and telephone stay here; where the answer uses them, people see them."""
    storage = MemoryStorage()
    tenant = await a_tenant(storage)
    model = ScriptedModel([good("SO-1001: ask \u27e6NAME_1\u27e7 at \u27e6EMAIL_1\u27e7.")])
    told = await ask_model(inquiry(tenant), an_asking(storage, model), wall_now=NOW)
    assert isinstance(told, Told)
    assert told.value["ops_note"] == f"SO-1001: ask {CANARY} at jane@canary.example."
    [prompt] = model.prompts
    said = "\n".join(one.text for one in prompt.messages)
    assert "SO-1001" in said
    assert not [word for word in ("Jane", "Canary", "canary", "600123456") if word in said]
    kept = next(iter(storage.state.model_answers.values()))
    assert (kept.order_id, "\u27e6NAME_1\u27e7" in kept.text) == ("SO-1001", True)
    assert "anary" not in kept.text


async def test_a_renderer_cannot_let_a_name_slip() -> None:
    """What a prompt's own words quote of a person goes, too, under the same placeholder."""
    storage = MemoryStorage()
    tenant = await a_tenant(storage)
    model = ScriptedModel([good()])

    def careless(facts: object) -> object:
        prompt = prompt_of(facts)
        more = replace(prompt.messages[0], text=f"Be kind to {CANARY}.")
        return replace(prompt, messages=(more, prompt.messages[1]))

    await ask_model(inquiry(tenant, prompt=careless), an_asking(storage, model), wall_now=NOW)
    assert model.prompts[0].messages[0].text == "Be kind to \u27e6NAME_1\u27e7."


async def test_the_same_is_asked_once() -> None:
    """Same model, words and facts: the kept answer; other facts, words or tenants: a new call."""
    storage, counting = MemoryStorage(), Counting()
    tenant = await a_tenant(storage)
    model = ScriptedModel([good()])
    asking = an_asking(storage, model, observe=counting)
    first = await ask_model(inquiry(tenant), asking, wall_now=NOW)
    again = await ask_model(inquiry(tenant), asking, wall_now=NOW)
    assert isinstance(first, Told)
    assert isinstance(again, Told)
    assert (first.from_cache, again.from_cache, again.value) == (False, True, first.value)
    changed: tuple[dict[str, Any], ...] = (
        {"facts": {**FACTS, "late": 3}},
        {"prompt": lambda facts: replace(prompt_of(facts), version="2")},
        {"tenant": await a_tenant(storage, name="globex")},
    )
    for number, change in enumerate(changed, start=2):
        await ask_model(replace(inquiry(tenant), **change), asking, wall_now=NOW)
        assert len(model.prompts) == number
    await ask_model(
        inquiry(tenant), replace(asking, model=ScriptedModel([good()], model="m2")), wall_now=NOW
    )
    assert counting.calls.count((CACHE, "hit")) == 1
    assert counting.calls.count((CACHE, "miss")) == 5


async def test_another_person_in_the_same_words_gets_their_own_name() -> None:
    """Two orders that differ only in who is meant share an answer, each with its own person."""
    storage = MemoryStorage()
    tenant = await a_tenant(storage)
    model = ScriptedModel([good("Ask \u27e6EMAIL_1\u27e7.")])
    asking = an_asking(storage, model)
    notes = []
    for mail in ("a@x.example", "b@x.example"):
        told = await ask_model(inquiry(tenant, facts={"mail": mail}), asking, wall_now=NOW)
        assert isinstance(told, Told)
        notes.append(told.value["ops_note"])
    assert notes == ["Ask a@x.example.", "Ask b@x.example."]
    assert len(model.prompts) == 1


REASONS = {
    "timeout": (ModelTimeoutError(), "timeout", True),
    "too large": (AnswerTooLargeError(), "too_large", True),
    "away": (ModelAwayError(), "unreachable", False),
    "busy": (ModelBusyError(20), "rate_limited", False),
    "junk": ("I am sure.", "junk", True),
    "half": (good()[:20], "junk", True),
    "invented": (good("Ask \u27e6NAME_7\u27e7."), "invented", True),
    "refused": (good("nonsense"), "refused_answer", True),
}


@pytest.mark.parametrize(("said", "reason", "counts"), REASONS.values(), ids=REASONS)
async def test_every_failure_has_a_reason_and_nothing_of_it_is_kept(
    said: str | Exception,
    reason: str,
    counts: bool,  # noqa: FBT001
) -> None:
    """No exception, no kept answer; tokens count wherever the model may have worked."""
    storage, counting = MemoryStorage(), Counting()
    tenant = await a_tenant(storage)
    asking = an_asking(storage, ScriptedModel([said]), observe=counting)
    question = inquiry(tenant, accept=lambda value: value["ops_note"] != "nonsense")
    assert await ask_model(question, asking, wall_now=NOW) == NotTold(reason=reason)
    assert counting.calls[1:] == [("demo-model", "explain", reason), ("fell back", reason)]
    assert not storage.state.model_answers
    spent = await used(storage, tenant.id)
    assert (spent.tokens > 0) is counts
    assert counting.tokens == spent.tokens
    async with storage.read() as tx:
        [usage] = await tx.model_usage.of([tenant.id], [day_of(NOW, "UTC")])
    assert (usage.calls, usage.failures) == (1, 1)


async def test_real_tokens_replace_the_reservation() -> None:
    """What the model counted is what is used; one that counts nothing is estimated."""
    storage = MemoryStorage()
    tenant = await a_tenant(storage)
    model = ScriptedModel([good()])
    await ask_model(inquiry(tenant), an_asking(storage, model), wall_now=NOW)
    assert await used(storage, tenant.id) == Spent(tokens=400, microcents=40_000)
    model.tokens = None
    other = inquiry(tenant, facts={"order_id": "SO-2"})
    await ask_model(other, an_asking(storage, model), wall_now=NOW)
    more = (await used(storage, tenant.id)).tokens - 400
    assert 50 < more < 400


MODES = [
    (AiMode.SMART, Severity.CRITICAL, True),
    (AiMode.SMART, Severity.HIGH, True),
    (AiMode.SMART, Severity.MEDIUM, False),
    (AiMode.SMART, Severity.LOW, False),
    (AiMode.SMART, None, True),
    (AiMode.FULL, Severity.LOW, True),
    (AiMode.FALLBACK, Severity.CRITICAL, False),
    (AiMode.FALLBACK, None, False),
]


@pytest.mark.parametrize(("mode", "severity", "asked"), MODES)
async def test_whom_it_is_worth(mode: AiMode, severity: Severity | None, asked: bool) -> None:  # noqa: FBT001
    """Smart is for what is important and for people's own questions; fallback is never."""
    storage = MemoryStorage()
    model = ScriptedModel([good()])
    question = inquiry(await a_tenant(storage), severity=severity)
    told = await ask_model(question, an_asking(storage, model, mode=mode), wall_now=NOW)
    assert bool(model.prompts) is asked
    assert isinstance(told, Told) is asked
    assert asked or told == NotTold(reason="mode")


async def test_too_much_is_not_asked() -> None:
    """Facts that no prompt should have are not even looked through."""
    storage, model = MemoryStorage(), ScriptedModel([good()])
    much = inquiry(await a_tenant(storage), facts={"note": "x" * 33_000})
    told = await ask_model(much, an_asking(storage, model), wall_now=NOW)
    assert (told, model.prompts) == (NotTold(reason="too_long"), [])


async def test_a_model_that_is_left_alone_costs_nothing() -> None:
    """With an open circuit nothing is reserved, and a kept answer still serves."""
    storage = MemoryStorage()
    tenant = await a_tenant(storage)
    model = ScriptedModel([good()], open_for=False)
    asking = an_asking(storage, model)
    assert await ask_model(inquiry(tenant), asking, wall_now=NOW) == NotTold(reason="circuit_open")
    assert await used(storage, tenant.id) == Spent()
    model.open_for = True
    await ask_model(inquiry(tenant), asking, wall_now=NOW)
    model.open_for = False
    assert isinstance(await ask_model(inquiry(tenant), asking, wall_now=NOW), Told)

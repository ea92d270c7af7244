"""The day's budget for a model: where it ends, who is told of it, and what is shown."""

import json
from dataclasses import replace

import pytest

from handlers.blocks import renderer
from jobs.ask_model import NotTold, Told, ask_model
from jobs.deliver_alert import Delivery
from jobs.deliver_notice import deliver_notice
from jobs.model_budget import MODEL_BUDGET, show_budget
from jobs.put_on_record import Telling
from policies.asking import TokenCount
from policies.model_budget import DailyLimits, estimate
from policies.promises import Promises
from storage.memory import MemoryStorage
from tests.jobs.asking import (
    DAY,
    FACTS,
    NOW,
    ScriptedModel,
    a_tenant,
    an_asking,
    good,
    inquiry,
    prompt_of,
)
from tests.jobs.fake_messenger import FakeMessenger


async def ask_until_refused(storage: MemoryStorage, **given: object) -> tuple[int, str]:
    """How many calls a day's limits allow, and how the first refusal is called."""
    tenant = await a_tenant(storage, timezone="America/New_York")
    asking = an_asking(storage, ScriptedModel([good()]), **given)
    for number in range(1000):
        question = inquiry(tenant, facts={"order_id": f"SO-{number}"})
        told = await ask_model(question, asking, wall_now=NOW)
        if isinstance(told, NotTold):
            return number, told.reason
    raise AssertionError


@pytest.mark.parametrize("limits", [DailyLimits(tokens=10_000), DailyLimits(cents=1)])
async def test_at_the_limit_nobody_is_asked(limits: DailyLimits) -> None:
    """Either limit stops the calls before it is passed, until the tenant's own midnight."""
    storage = MemoryStorage()
    calls, reason = await ask_until_refused(storage, limits=limits)
    assert reason == "budget"
    assert 15 <= calls <= 25
    async with storage.read() as tx:
        tenant = (await tx.tenants.all())[0]
    model = ScriptedModel([good()])
    asking = an_asking(storage, model, limits=limits)
    midnight = NOW.replace(hour=5) + DAY
    before = midnight.replace(hour=4, minute=59)
    last = inquiry(tenant, facts={"order_id": "SO-9999"})
    assert await ask_model(last, asking, wall_now=before) == NotTold(reason="budget")
    assert isinstance(await ask_model(last, asking, wall_now=midnight), Told)


async def test_somebody_is_told_once_a_day() -> None:
    """One notice in the client's channel when three quarters are used, whatever follows."""
    storage = MemoryStorage()
    limits = DailyLimits(tokens=10_000)
    await ask_until_refused(storage, limits=limits)
    [held] = storage.state.outbox.values()
    assert held.message.payload["notice"] == MODEL_BUDGET
    assert (held.message.lane, held.message.payload["tokens"]) == ("#acme", 10_000)
    async with storage.read() as tx:
        tenant = (await tx.tenants.all())[0]
    nearly = DailyLimits(tokens=estimate(prompt_of(FACTS)).total + 10)
    tomorrow = an_asking(storage, ScriptedModel([good()]), limits=nearly)
    await ask_model(inquiry(tenant), tomorrow, wall_now=NOW + DAY)
    assert len(storage.state.outbox) == 2


async def test_a_house_without_notifications_is_told_nothing() -> None:
    """Notifications that are off stay off, and so do a synthetic tenant's."""
    storage = MemoryStorage()
    silent = Telling(default_channel="#ops", notify=False)
    await ask_until_refused(storage, limits=DailyLimits(tokens=5_000), telling=silent)
    assert not storage.state.outbox


async def test_the_days_figures() -> None:
    """Used, limits, cost and the next midnight, for each tenant that is asked for."""
    storage = MemoryStorage()
    tenant = await a_tenant(storage, timezone="Asia/Tokyo")
    other = await a_tenant(storage, name="globex")
    asking = an_asking(storage, ScriptedModel([good()], TokenCount(input=70_000, output=5_000)))
    await ask_model(inquiry(tenant), asking, wall_now=NOW)
    mine, theirs = await show_budget(
        [tenant.id, other.id], storage=storage, limits=asking.limits, wall_now=NOW
    )
    assert (mine.used_tokens, mine.cost_cents, mine.used_pct) == (75_000, 8, 75)
    assert mine.resets_at == NOW.replace(hour=15)
    assert (theirs.used_tokens, theirs.cost_cents, theirs.used_pct) == (0, 0, 0)


def test_the_estimate_is_no_less_than_what_is_sent() -> None:
    """The reservation has room for names, other alphabets and the schema."""
    prompt = prompt_of({"note": "\u8377\u7269\u306f\u307e\u3060"})
    sent = json.dumps([one.text for one in prompt.messages], ensure_ascii=False)
    assert estimate(prompt).input > len(sent) // 3


async def test_the_notice_is_posted_as_things_stand_then() -> None:
    """Used and limits by the time that it is sent; nothing where the client is gone."""
    storage, messenger = MemoryStorage(), FakeMessenger()
    await ask_until_refused(storage, limits=DailyLimits(tokens=10_000))
    [held] = storage.state.outbox.values()
    delivery = Delivery(
        storage=storage, promises=Promises(rules=()), renderer=renderer, messenger=messenger
    )
    assert await deliver_notice(held.message, delivery=delivery, now=NOW) == "posted"
    [drawn] = messenger.drawn
    assert "of 10,000 tokens" in str(drawn.blocks)
    nobody = replace(held.message, tenant_id=99)
    assert await deliver_notice(nobody, delivery=delivery, now=NOW) == "gone"

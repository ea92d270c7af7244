"""`policy lint model` in Slack, and how what a model says of a policy is drawn."""

import json
from dataclasses import replace

from demo.model.remarks import remarks
from handlers.blocks import policies
from jobs.lint_policy import ModelLint
from jobs.show_policy import LintView
from policies.lint.remarks import Kind, Remark
from policies.lint.tried import Tried
from policies.model_budget import Spent, day_of
from tests.jobs.asking import ScriptedModel, an_asking
from tests.policies.injections import INJECTIONS
from tests.slack.clock_values import POLICY
from tests.slack.test_limits import check_message
from tests.slack.values import ACME
from tests.slack.world import World

REMARK = Remark(
    kind=Kind.RISK,
    sla_id="pick",
    line=8,
    title="Paid on Friday evening",
    says="It is due on Monday.",
    examples=(Tried(given="order_paid 2026-03-06 19:00", outcome="breached", holds=True),),
)


async def test_a_model_is_heard_where_there_is_one(world: World) -> None:
    """Its remarks stand below the findings with the engine's word; without one a line says so."""
    await world.command("policy lint model")
    assert "No model was heard: no model is set up" in world.slack.told()[-1].words
    model = ScriptedModel([json.dumps(remarks(POLICY))])
    object.__setattr__(world.services, "asking", an_asking(world.storage, model))
    await world.command("policy lint model")
    shown = world.slack.told()[-1].words
    assert "of a model; the engine ran every example" in shown
    assert "Missing case" in shown
    assert len(model.prompts) == 1
    await world.command("policy lint")
    assert "of a model" not in world.slack.told()[-1].words


def test_whatever_it_says_is_drawn_dead() -> None:
    """Long or hostile words call nobody, open nothing and fit."""
    for trick in INJECTIONS.values():
        hostile = replace(
            REMARK,
            title=trick.text * 3,
            says=trick.text * 20,
            examples=(Tried(given=trick.text * 20, outcome=trick.text, holds=True),) * 3,
        )
        heard = ModelLint(remarks=(hostile,) * 6, dropped=2)
        view = LintView(tenants=(ACME,), file="sla.yaml", findings=(), heard=heard)
        check_message(policies.findings([view] * 3))


async def test_what_a_model_costs_today_is_shown_where_there_is_one(world: World) -> None:
    """In the status, the share of the day's limit; nothing of it in a house without a model."""
    await world.command("status")
    assert "AI budget" not in world.slack.told()[-1].words
    asking = an_asking(world.storage, ScriptedModel(["{}"]))
    object.__setattr__(world.services, "asking", asking)
    spent = Spent(tokens=38_000, microcents=412_000)
    async with world.storage.write() as tx:
        tenant = (await tx.tenants.all())[0]
        now = world.services.wall_now()
        day = day_of(now, tenant.timezone)
        assert await tx.model_usage.reserve(tenant.id, day, spent, asking.limits, now)
    await world.command("status")
    shown = world.slack.told()[-1].words
    assert "*38 %* of the AI budget" in shown
    assert "38,000 of 100,000 tokens" in shown

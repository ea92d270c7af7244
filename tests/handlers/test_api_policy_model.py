"""`POST /api/policies/lint` with `model`: remarks that the engine bears out, or the reason."""

import json

from demo.model.remarks import remarks
from storage.memory import MemoryStorage
from tests.handlers.world import World, open_world
from tests.jobs.asking import ScriptedModel, an_asking
from tests.policies.lint_policy import CLEAN

PATH = "/api/policies/lint"


async def test_a_model_is_asked_where_it_is_wanted() -> None:
    """On the budget of the key's tenant; without the flag nobody is asked and nothing is added."""
    model = ScriptedModel([json.dumps(remarks(CLEAN))])
    asking = an_asking(MemoryStorage(), model)
    async with open_world(asking=asking) as world:
        status, plain = await world.send({"text": CLEAN}, PATH, key="admin")
        assert (status, "model" in plain, model.prompts) == (200, False, [])
        status, body = await world.send({"text": CLEAN, "model": True}, PATH, key="admin")
    heard = body["model"]
    assert (status, len(heard["remarks"]), heard["dropped"], heard["reason"]) == (200, 4, 0, None)
    first = heard["remarks"][0]
    assert (first["kind"], first["sla_id"], first["line"]) == ("missing_case", "pick", 8)
    assert first["examples"][0]["outcome"] == "no clock: it has no order_paid"


async def test_without_a_model_the_reason_is_told(world: World) -> None:
    """The findings by rules are the answer, and `reason` says why there is no more."""
    status, body = await world.send({"text": CLEAN, "model": True}, PATH, key="admin")
    assert (status, body["findings"]) == (200, [])
    assert body["model"] == {"remarks": [], "dropped": 0, "reason": "nobody"}

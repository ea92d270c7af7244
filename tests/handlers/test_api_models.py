"""Breakers and caches over HTTP: what is shown, who may reset, and what the trail says."""

from dataclasses import dataclass, field

import pytest

from jobs.views.models import CircuitView
from policies.asking import KeptAnswer
from tests.handlers.world import NOW, World, open_world


@dataclass
class OneCircuit:
    """A breaker that is open until somebody resets it."""

    states: list[str] = field(default_factory=lambda: ["open"])

    def all(self) -> tuple[CircuitView, ...]:
        """As it stands."""
        return (_view(self.states[-1]),)

    def reset(self, name: str) -> CircuitView | None:
        """Knows one name."""
        if name != "model":
            return None
        self.states.append("closed")
        return _view("closed")


def _view(state: str) -> CircuitView:
    failures, until = (3, NOW) if state == "open" else (0, None)
    return CircuitView(name="model", state=state, failures=failures, since=NOW, retry_at=until)


async def test_breakers_are_shown_and_reset() -> None:
    """State, failures and when it tries again; a reset closes it and is on the caller's trail."""
    async with open_world(circuits=OneCircuit()) as world:
        shown = {
            "name": "model",
            "state": "open",
            "failures": 3,
            "since": "2026-03-02T12:00:00Z",
            "retry_at": "2026-03-02T12:00:00Z",
        }
        path = "/api/circuit-breakers"
        assert await world.call("GET", path, key="read") == (200, {"items": [shown]})
        for _ in range(2):
            status, closed = await world.send({}, f"{path}/model/reset", key="admin")
            assert (status, closed["state"], closed["retry_at"]) == (200, "closed", None)
        status, body = await world.send({}, f"{path}/other/reset", key="admin")
        assert (status, body["error"]) == (404, "not_found")
        async with world.storage.read() as tx:
            entries = await tx.audit.of_subject(world.tenant.id, "breaker:model")
        assert [(one.actor, one.action) for one in entries] == [("api:3", "reset_breaker")] * 2


async def test_without_a_model_there_is_no_breaker(world: World) -> None:
    """An empty list, and nothing to reset."""
    assert await world.call("GET", "/api/circuit-breakers", key="read") == (200, {"items": []})
    assert (await world.send({}, "/api/circuit-breakers/model/reset", key="admin"))[0] == 404


@pytest.mark.parametrize("body", [b"", {}, {"cache_type": "all"}, {"cache_type": "model_answers"}])
async def test_a_cache_is_cleared_for_its_tenant_alone(world: World, body: object) -> None:
    """What was kept of the caller goes, the other tenant's stays; the trail counts it."""
    async with world.storage.write() as tx:
        for tenant in (world.tenant, world.other):
            answer = KeptAnswer(
                tenant_id=tenant.id, key="k", operation="explain", model="m", text="{}"
            )
            await tx.model_answers.put(answer, NOW)
    cleared = {"cleared": {"model_answers": 1}}
    assert await world.send(body, "/api/cache/clear", key="admin") == (200, cleared)
    async with world.storage.read() as tx:
        assert await tx.model_answers.get(world.tenant.id, "k") is None
        assert await tx.model_answers.get(world.other.id, "k") == "{}"
        [entry] = await tx.audit.of_subject(world.tenant.id, "cache")
    assert (entry.action, entry.after) == ("clear_cache", {"model_answers": 1})


@pytest.mark.parametrize("body", [{"cache_type": "everything"}, {"type": "all"}, []])
async def test_an_unknown_cache_is_422(world: World, body: object) -> None:
    """Nothing is cleared by a wrong name."""
    assert (await world.send(body, "/api/cache/clear", key="admin"))[0] == 422


@pytest.mark.parametrize(("name", "status"), [("all", 200), ("everything", 422)])
async def test_a_cache_may_be_named_in_the_address(world: World, name: str, status: int) -> None:
    """A wrong name is refused there, too, instead of all being cleared."""
    path = f"/api/cache/clear?cache_type={name}"
    assert (await world.send(b"", path, key="admin"))[0] == status


async def test_a_body_that_is_no_object_is_told_so(world: World) -> None:
    """In words of JSON, without a name out of the program."""
    _, told = await world.send([], "/api/cache/clear", key="admin")
    assert told["issues"] == [{"path": "body", "message": "must be a JSON object"}]

"""A storm in Acme's channel, ready to be pressed and talked to. Must not stand in for a job."""

import json
from dataclasses import replace
from typing import Any

from handlers.blocks.ids import Target, Verb, encode
from policies.reasons import Status
from policies.records import AuditEntry, ExceptionRecord
from policies.storms import Member, Storm, Told
from tests.slack.values import GLOBEX, NOW, record
from tests.slack.world import World

STORM_TS = "1772556099.000100"
FOREIGN = 108
"""A member whose client this channel does not see."""


async def a_storm(world: World, count: int = 8) -> int:
    """A storm of #101, #102, ...: the third acknowledged, the eighth of another client."""
    async with world.storage.write() as tx:
        for number in range(101, 101 + count):
            one = record(id=number, order_id=f"SO-{number}", version=1)
            if number == 103:
                one = replace(one, status=Status.ACKNOWLEDGED, assignee="U0JOE", version=2)
            if number == FOREIGN:
                one = replace(one, tenant_id=GLOBEX.id)
            tx.state.exceptions[number] = one
        storm = (await tx.storms.open([_draft()]))[0]
        members = [
            Member(
                storm_id=storm.id,
                tenant_id=GLOBEX.id if number == FOREIGN else 1,
                exception_id=number,
                told=Told.LISTED,
            )
            for number in range(101, 101 + count)
        ]
        await tx.storms.join(members, NOW)
        await tx.storms.sent(storm.id, "card", channel_id="C0ACME", ts=STORM_TS, digest="d")
    return storm.id


def _draft() -> Storm:
    shown = record()
    return Storm(
        id=0,
        channel="#acme",
        channel_id="C0ACME",
        cause="[]",
        reason_code=shown.reason_code,
        shared=(("carrier", "UPS"),),
        first_tenant_id=1,
        opened_at=NOW,
        last_at=NOW,
    )


async def press(world: World, verb: Verb, storm_id: int = 1, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Maria presses a button of the storm's card; returns the form that she sees then."""
    value = encode(Target(id=storm_id, version=1))
    action = {"action_id": verb.value, "block_id": "b", "type": "button", "value": value}
    await world.press(verb, **{"actions": [action], **more})
    shown: dict[str, Any] = world.slack.of("views.update")[-1].said["view"]
    return shown


def words(form: dict[str, Any]) -> str:
    """Everything in a form, for looking for words."""
    return json.dumps(form["blocks"], ensure_ascii=False)


def stored(world: World, number: int) -> ExceptionRecord:
    """The exception of that number."""
    return world.storage.state.exceptions[number]


def statuses(world: World) -> dict[int, Status]:
    """How the members stand."""
    return {n: one.status for n, one in world.storage.state.exceptions.items() if n > 100}


def trail(world: World, action: str) -> list[AuditEntry]:
    """What was done of that kind."""
    entries = [held.entry for held in world.storage.state.audit.values()]
    return [entry for entry in entries if entry.action == action]

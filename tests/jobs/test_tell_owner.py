"""What an owner hears directly: when, and when not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.blocks import renderer
from jobs.act_on_exception import act_on_exception
from jobs.deliver_alert import Delivery
from jobs.deliver_notice import deliver_notice
from jobs.errors import PacedError
from policies.lifecycle import Act
from policies.personal_settings import PersonalSettings
from policies.quiet import Quiet
from policies.reasons import Severity
from policies.records import OutboxMessage
from tests.jobs.fake_messenger import FakeMessenger
from tests.jobs.world import World
from tests.policies.builders import at

ALL_DAY = Quiet(begins=0, ends=0)


def act(verb: str, actor: str, assignee: str | None = None) -> Act:
    """Somebody does something with #1."""
    return Act(
        verb=verb,
        exception_id=1,
        actor=f"slack:{actor}",
        actor_name="Joe",
        tenant_ids=(1,),
        assignee=assignee,
    )


async def do(world: World, wish: Act) -> None:
    """Carries it out."""
    await act_on_exception(wish, storage=world.storage, now=at(125), wall_now=at(125))


def told(world: World) -> list[OutboxMessage]:
    """What waits for people."""
    return [one for key, one in world.outbox().items() if key.startswith("personal:")]


async def deliver(world: World, settings: PersonalSettings | None = None) -> list[str]:
    """What is posted of what waits, by then."""
    messenger = FakeMessenger()
    if settings is not None:
        async with world.storage.write() as tx:
            await tx.people.set_settings(settings, at(126))
    delivery = Delivery(
        storage=world.storage, promises=world.promises, renderer=renderer, messenger=messenger
    )
    for message in told(world):
        await deliver_notice(message, delivery=delivery, now=at(126))
    return messenger.texts


@pytest.fixture
async def assigned(world: World) -> World:
    """Joe gave Maria a late order."""
    await world.late_order()
    await do(world, act("assign", "U0JOE", "U0MARIA"))
    return world


async def test_who_is_given_an_exception_hears_of_it(assigned: World) -> None:
    """One message, in a lane of her own, with who did it and how the exception is now."""
    (message,) = told(assigned)
    assert (message.lane, message.payload["channel"]) == ("person:U0MARIA", "U0MARIA")
    assert await deliver(assigned) == ["Joe gave you SO-1: paid, not picked"]


async def test_who_takes_it_knows(world: World) -> None:
    """Nobody is told what they did themselves, nor of names that Slack does not know."""
    await world.late_order()
    await do(world, act("assign", "U0MARIA", "U0MARIA"))
    await do(world, act("assign", "U0JOE", "the night shift"))
    assert told(world) == []


async def test_open_again_is_told(assigned: World) -> None:
    """Somebody else reopens what was hers."""
    await do(assigned, act("resolve", "U0MARIA"))
    await do(assigned, act("reopen", "U0JOE"))
    assert {one.payload["why"] for one in told(assigned)} == {"assigned", "again"}


async def test_worse_is_told(assigned: World) -> None:
    """Its severity rose by itself."""
    async with assigned.storage.write() as tx:
        record = tx.state.exceptions[1]
        tx.state.exceptions[1] = replace(record, severity=Severity.LOW)
    await assigned.ask("SO-1", 130)
    await assigned.judge(130)
    assert "worse" in {one.payload["why"] for one in told(assigned)}


@pytest.mark.parametrize(
    ("wanted", "texts"),
    [
        (PersonalSettings(user_id="U0MARIA", tell_assigned=False), []),
        (
            PersonalSettings(user_id="U0MARIA", tell_worse=False),
            ["Joe gave you SO-1: paid, not picked"],
        ),
    ],
)
async def test_only_what_is_wanted(
    assigned: World, wanted: PersonalSettings, texts: list[str]
) -> None:
    """Each of the two can be switched off."""
    assert await deliver(assigned, wanted) == texts


async def test_quiet_hours_make_it_wait(assigned: World) -> None:
    """It is asked again later; a critical one does not wait."""
    quiet = PersonalSettings(user_id="U0MARIA", quiet=ALL_DAY)
    with pytest.raises(PacedError) as waiting:
        await deliver(assigned, quiet)
    assert waiting.value.after is not None
    assert timedelta(seconds=waiting.value.after) <= timedelta(minutes=2)
    async with assigned.storage.write() as tx:
        record = tx.state.exceptions[1]
        tx.state.exceptions[1] = replace(record, severity=Severity.CRITICAL)
    assert len(await deliver(assigned)) == 1


async def test_what_is_over_or_somebody_elses_is_not_told(assigned: World) -> None:
    """In the morning nobody reads of what was settled, or given away, in the night."""
    await do(assigned, act("assign", "U0MARIA", "U0JOE"))
    by_lane = {one.lane for one in told(assigned)}
    assert by_lane == {"person:U0MARIA", "person:U0JOE"}
    assert len(await deliver(assigned)) == 1
    await do(assigned, act("resolve", "U0JOE"))
    assert await deliver(assigned) == []

"""Policies come into force once, and what began under an older one stays judged by it."""

from datetime import timedelta

import pytest

from jobs.adopt_policies import InForce, PolicyText, adopt_policies
from policies.errors import PolicyError
from policies.sla import evaluate
from storage.memory import MemoryStorage
from tests.policies.builders import at, event, timeline

POLICY = """
version: "{version}"
{more}
slas:
  - id: pick
    start: [order_paid]
    stop: [pick_completed]
    deadline: {{within: {within}}}
"""
DAY = 1440


def policy(within: str, version: str = "1", *, scope: str = "", more: str = "") -> PolicyText:
    """A policy with one rule."""
    text = POLICY.format(within=within, version=version, more=more)
    return PolicyText(scope=scope, file="sla.yaml", text=text)


async def adopted(storage: MemoryStorage, *texts: PolicyText, minute: float) -> InForce:
    """What is in force after a start with these texts."""
    return await adopt_policies(texts, storage=storage, now=at(minute))


def allowed(found: InForce, started: float, tenant: str = "Acme") -> list[tuple[str, int]]:
    """Version and minutes of the clocks of an order that was paid then."""
    rules = found.promises.of(tenant)
    clocks = evaluate(timeline(event("order_paid", started)), rules, at(started + 30 * DAY))
    return [(clock.rule.version, clock.target_minutes) for clock in clocks]


async def test_the_first_policy_is_in_force_always() -> None:
    """What was there before the bot first ran is judged as well."""
    found = await adopted(MemoryStorage(), policy("2h"), minute=0)
    assert allowed(found, -100 * DAY) == [("1", 120)]
    assert [version.since for version in found.adopted] == [None]


async def test_a_changed_policy_governs_what_starts_from_now() -> None:
    """An edit rewrites nothing that has begun."""
    storage = MemoryStorage()
    await adopted(storage, policy("2h"), minute=0)
    found = await adopted(storage, policy("1h", "2"), minute=600)
    assert (allowed(found, 599), allowed(found, 600)) == ([("1", 120)], [("2", 60)])


async def test_the_same_policy_is_adopted_once() -> None:
    """A restart with an unchanged file changes nothing."""
    storage = MemoryStorage()
    await adopted(storage, policy("2h"), minute=0)
    again = await adopted(storage, policy("2h"), minute=600)
    assert (again.adopted, allowed(again, 700)) == ((), [("1", 120)])


async def test_an_announced_policy_waits_for_its_day() -> None:
    """`effective.from` in the future leaves the old policy in force until then."""
    storage = MemoryStorage()
    await adopted(storage, policy("2h"), minute=0)
    announced = policy("1h", "2", more="effective: {from: 2026-03-04}")
    found = await adopted(storage, announced, minute=0)
    assert allowed(found, DAY) == [("1", 120)]
    assert allowed(found, 2 * DAY) == [("2", 60)]


async def test_going_back_is_a_change_too() -> None:
    """The first text again governs from its return on, not from its first time."""
    storage = MemoryStorage()
    for minute, text in enumerate((policy("2h"), policy("1h", "2"), policy("2h"))):
        found = await adopted(storage, text, minute=minute * DAY)
    assert allowed(found, 1.5 * DAY) == [("2", 60)]
    assert allowed(found, 2.5 * DAY) == [("1+2", 120)]


async def test_a_client_may_have_its_own() -> None:
    """Its policy takes everyone's place for it alone."""
    found = await adopted(MemoryStorage(), policy("2h"), policy("30m", "a", scope="Acme"), minute=0)
    assert allowed(found, 0) == [("a", 30)]
    assert allowed(found, 0, "Globex") == [("1", 120)]


async def test_a_faulty_policy_changes_nothing() -> None:
    """A fault is told before anything is adopted."""
    storage = MemoryStorage()
    with pytest.raises(PolicyError):
        await adopted(storage, policy("2h"), policy("soon", scope="Acme"), minute=0)
    assert len((await adopted(storage, policy("2h"), minute=1)).adopted) == 1


async def test_long_ended_versions_are_forgotten() -> None:
    """After more than a year an old version judges nothing any more."""
    storage = MemoryStorage()
    await adopted(storage, policy("2h"), minute=0)
    await adopted(storage, policy("1h", "2"), minute=DAY)
    later = timedelta(days=500).total_seconds() / 60
    found = await adopted(storage, policy("1h", "2"), minute=later)
    assert {rule.version for rule in found.promises.rules} == {"2"}


async def test_a_clients_first_policy_rewrites_nothing() -> None:
    """What is under way by everyone's policy stays so when a client gets its own."""
    storage = MemoryStorage()
    await adopted(storage, policy("2h"), minute=0)
    found = await adopted(storage, policy("2h"), policy("30m", "a", scope="Acme"), minute=600)
    assert (allowed(found, 599), allowed(found, 600)) == ([("1", 120)], [("a", 30)])


async def test_a_clients_policy_taken_away_gives_way_to_everyones() -> None:
    """From then on everyone's policy governs what the client's orders start."""
    storage = MemoryStorage()
    await adopted(storage, policy("2h"), policy("30m", "a", scope="Acme"), minute=0)
    found = await adopted(storage, policy("2h"), minute=600)
    assert (allowed(found, 599), allowed(found, 600)) == ([("a", 30)], [("1", 120)])
    again = await adopted(storage, policy("2h"), policy("30m", "a", scope="Acme"), minute=900)
    assert (allowed(again, 899), allowed(again, 900)) == ([("1", 120)], [("a+2", 30)])


async def test_until_a_clients_first_policy_begins_everyones_holds() -> None:
    """`effective.from` in the future leaves no gap without promises."""
    announced = policy("30m", "a", scope="Acme", more="effective: {from: 2026-03-04}")
    found = await adopted(MemoryStorage(), policy("2h"), announced, minute=0)
    assert allowed(found, DAY) == [("1", 120)]
    assert allowed(found, 2 * DAY) == [("a", 30)]


async def test_a_changed_text_under_the_same_name_is_told_apart() -> None:
    """Cards and rows say which text judged them, also where its author forgot the version."""
    storage = MemoryStorage()
    await adopted(storage, policy("2h"), minute=0)
    found = await adopted(storage, policy("1h"), minute=600)
    assert allowed(found, 600) == [("1+2", 60)]

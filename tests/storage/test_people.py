"""What people set for themselves, and whose Home is open."""

from datetime import timedelta

from jobs.show_home import show_home
from jobs.show_openings import Openings, show_openings
from policies.personal_settings import PersonalSettings
from policies.promises import promises_of
from policies.quiet import Quiet
from tests.policies.builders import book
from tests.storage.builders import T0
from tests.storage.conftest import World

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


async def test_settings_are_kept_and_replaced(world: World) -> None:
    """Who set nothing has the usual ones; what was set comes back; setting again replaces it."""
    quiet = Quiet(begins=1170, ends=420, days=(0, 4), zone="Europe/Berlin")
    first = PersonalSettings(user_id="U1", quiet=quiet, tell_assigned=False, language="de")
    second = PersonalSettings(user_id="U1", tell_worse=False)
    async with world.storage.write() as tx:
        assert await tx.people.settings("U1") == PersonalSettings(user_id="U1")
        await tx.people.set_settings(first, T0)
        assert await tx.people.settings("U1") == first
        await tx.people.set_settings(second, T0 + HOUR)
        assert await tx.people.settings("U1") == second
        assert await tx.people.settings("U2") == PersonalSettings(user_id="U2")


async def test_a_home_is_claimed_by_one_and_after_its_pause(world: World) -> None:
    """Drawn lately, or opened long ago: left alone. What one claimed no other one gets."""
    async with world.storage.write() as tx:
        for number in range(3):
            at = T0 + number * SECOND
            await tx.people.home_opened(f"U{number}", "T1", "shown", at)

    async def claim(seconds: int, most: int = 10) -> list[str]:
        now = T0 + seconds * SECOND
        async with world.storage.write() as tx:
            found = await tx.people.claim_homes(
                opened_after=now - HOUR, drawn_before=now - 30 * SECOND, now=now, most=most
            )
        assert {(home.workspace_id, home.digest, home.drawn_at) for home in found} <= {
            ("T1", "shown", now)
        }
        return sorted(home.user_id for home in found)

    assert await claim(29) == []
    assert await claim(31) == ["U0", "U1"]
    assert await claim(32) == ["U2"]
    assert await claim(60) == []
    assert await claim(61, most=1) == []
    assert await claim(61, most=3) == ["U0", "U1"]
    assert await claim(3700) == []


async def test_no_more_are_drawn_than_the_limit_allows(world: World) -> None:
    """What was drawn within the pause counts, whoever drew it."""
    async with world.storage.write() as tx:
        for number in range(5):
            await tx.people.home_opened(f"U{number}", "T1", "", T0)
    now = T0 + 40 * SECOND
    found = []
    for _ in range(3):
        async with world.storage.write() as tx:
            found += await tx.people.claim_homes(
                opened_after=T0 - HOUR, drawn_before=now - 30 * SECOND, now=now, most=2
            )
    assert len(found) == 2


async def test_who_was_overtaken_notes_nothing(world: World) -> None:
    """A Home that was drawn since it was claimed keeps what it shows now."""
    now = T0 + 40 * SECOND
    async with world.storage.write() as tx:
        await tx.people.home_opened("U1", "T1", "old", T0)
        (home,) = await tx.people.claim_homes(
            opened_after=T0 - HOUR, drawn_before=now - 30 * SECOND, now=now, most=9
        )
        assert await tx.people.home_drawn(home, "new")
        await tx.people.home_opened("U1", "T1", "newer", now + SECOND)
        assert not await tx.people.home_drawn(home, "late")
        await tx.people.forget_homes(now + SECOND)
        assert not await tx.people.home_drawn(home, "gone")


async def test_home_is_gathered_behind_the_wall(world: World) -> None:
    """What Home reads a request may read, of its own clients."""
    home = await show_home(
        "U1",
        [world.tenant.id],
        {"C1"},
        storage=world.storage.of([world.tenant.id]),
        promises=promises_of(book()),
        default_channel="#e2a-alerts",
        now=T0,
    )
    assert [tenant.name for tenant in home.tenants] == [world.tenant.name]
    assert home.tiles[0].figure == "0"
    assert [one.kind for one in home.subscriptions] == ["alerts"]


async def test_suggestions_are_gathered_behind_the_wall(world: World) -> None:
    """Nothing is open yet, and asking is allowed."""
    tenant_ids = [world.tenant.id]
    found = await show_openings("U1", tenant_ids, storage=world.storage.of(tenant_ids), now=T0)
    assert found == Openings(latest=None, mine=0, unowned=0, at_risk=0, silent=0)

"""Which tenants somebody sees: those mapped to where they stand, never those they name."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from jobs.ports.slack import Person
from jobs.see_tenants import tenants_of_channel, tenants_of_person
from policies.records import Tenant
from tests.jobs.world import World

CHANNELS = {"#acme-ops": "C0ACME", "#globex-ops": "C0GLOBEX", "#e2a-alerts": "C0ALERTS"}


@dataclass
class FakeDirectory:
    """Channels by name, and who is a member of which."""

    members: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def serves(self, workspace_id: str | None) -> bool:
        """There is but one workspace."""
        return workspace_id is None

    async def person(self, user_id: str) -> Person | None:
        """Nobody is asked for here."""
        raise AssertionError(user_id)

    async def channel_id(self, name_or_id: str) -> str | None:
        """The id of a name."""
        return CHANNELS.get(name_or_id)

    async def groups_of(self, user_id: str) -> frozenset[str]:
        """There are none."""
        del user_id
        return frozenset()

    async def members_of(self, group_id: str) -> frozenset[str]:
        """There are none."""
        del group_id
        return frozenset()

    async def shared_outside(self, channel_id: str) -> bool | None:
        """Nobody asks here."""
        raise AssertionError(channel_id)

    async def channels_of(self, user_id: str) -> frozenset[str]:
        """The channels that they share with the bot."""
        return self.members.get(user_id, frozenset())


@pytest.fixture
async def full(world: World) -> World:
    """Acme and Globex by name, one by id, one without channel, and a synthetic one."""
    async with world.storage.write() as tx:
        await tx.tenants.add(Tenant(id=0, name="By id", channel="C0IDS", channel_id="C0IDS"))
        await tx.tenants.add(Tenant(id=0, name="Unmapped"))
        await tx.tenants.add(Tenant(id=0, name="Probe", channel="#acme-ops", synthetic=True))
    return world


@pytest.mark.parametrize(
    ("channel", "names"),
    [
        ("C0ACME", ["Acme"]),
        ("C0GLOBEX", ["Globex"]),
        ("C0IDS", ["By id"]),
        ("C0ALERTS", ["Unmapped"]),
        ("C0RANDOM", []),
    ],
)
async def test_a_channel_sees_the_tenants_mapped_to_it(
    full: World, channel: str, names: list[str]
) -> None:
    """By name or by id, the default channel for the unmapped, and nothing elsewhere."""
    seen = await tenants_of_channel(
        channel, storage=full.storage, directory=FakeDirectory(), default_channel="#e2a-alerts"
    )
    assert [tenant.name for tenant in seen] == names


@pytest.mark.parametrize(
    ("channels", "names"),
    [
        ((), []),
        (("C0ACME",), ["Acme"]),
        (("C0ACME", "C0GLOBEX"), ["Acme", "Globex"]),
        (("C0RANDOM",), []),
    ],
)
async def test_a_person_sees_the_tenants_of_their_channels(
    full: World, channels: tuple[str, ...], names: list[str]
) -> None:
    """In a direct message somebody sees what their channels are mapped to, no more."""
    directory = FakeDirectory(members={"U0MARIA": frozenset(channels)})
    seen = await tenants_of_person(
        "U0MARIA", storage=full.storage, directory=directory, default_channel="#e2a-alerts"
    )
    assert [tenant.name for tenant in seen] == names


async def test_a_channel_nobody_can_name_is_seen_by_nobody(full: World) -> None:
    """A tenant whose channel does not exist in Slack is visible nowhere."""
    async with full.storage.write() as tx:
        await tx.tenants.add(Tenant(id=0, name="Lost", channel="#no-such"))
    for channel in (*CHANNELS.values(), ""):
        seen = await tenants_of_channel(
            channel, storage=full.storage, directory=FakeDirectory(), default_channel="#e2a-alerts"
        )
        assert "Lost" not in [tenant.name for tenant in seen]


async def test_a_channel_of_that_name_elsewhere_sees_nothing(world: World) -> None:
    """A tenant is looked up in its own workspace only."""
    async with world.storage.write() as tx:
        await tx.tenants.add(Tenant(id=0, name="Far", channel="#acme-ops", workspace_id="T0FAR"))
    seen = await tenants_of_channel(
        "C0ACME", storage=world.storage, directory=FakeDirectory(), default_channel="#e2a-alerts"
    )
    assert [tenant.name for tenant in seen] == ["Acme"]

"""Channels that see Acme besides its own, for tests of jobs. Must not stand in for a job."""

from jobs.map_channel import Wish, map_channel
from jobs.subscribe import Place, subscribe
from policies.records import Tenant
from policies.routing import ALERTS, Filters
from tests.jobs.world import ACME, World
from tests.policies.builders import at

FAR = "C0FAR"
HOME = "#acme-ops"


def place(channel_id: str = FAR, name: str = "") -> Place:
    """A channel in which Maria says something."""
    return Place(channel_id=channel_id, actor="slack:U0MARIA", channel=name)


def wish(channel_id: str = FAR, tenant: Tenant = ACME) -> Wish:
    """What Maria wants of a channel and a client."""
    return Wish(tenant=tenant, channel_id=channel_id, actor="slack:U0MARIA")


async def shown(world: World, channel_id: str = FAR, tenant: Tenant = ACME) -> None:
    """Lets the channel see the client."""
    await map_channel(wish(channel_id, tenant), storage=world.storage, now=at(0))


async def asked(
    world: World,
    channel_id: str = FAR,
    filters: Filters | None = None,
    *,
    name: str = "",
    tenant: Tenant = ACME,
) -> None:
    """Has alerts of the client come to the channel."""
    narrowed = (filters or Filters()).as_json
    there = place(channel_id, name)
    await subscribe(there, ALERTS, [tenant.id], narrowed, storage=world.storage, now=at(0))


def told(world: World, number: int = 1) -> list[str]:
    """The channels that have an alert of that exception, in order."""
    alerts = world.storage.state.alerts.values()
    return [alert.channel for alert in alerts if number in alert.exception_ids]


def listed(world: World) -> dict[str, list[int]]:
    """The exceptions in storms, by the channel of the storm."""
    found: dict[str, list[int]] = {}
    for member in world.storage.state.storm_members.values():
        storm = world.storage.state.storms[member.storm_id]
        found.setdefault(storm.channel, []).append(member.exception_id)
    return found

"""Which channel somebody stands in, as clients know it, and which clients they name.

Must not decide what may be seen: the desk did.
"""

from collections.abc import Iterable, Sequence

from handlers.blocks import notices
from handlers.services import Services
from handlers.slack.asker import Reply
from handlers.slack.desk import Desk
from jobs.put_on_record import Telling
from jobs.see_tenants import home_id
from jobs.subscribe import Place
from policies.records import Tenant
from policies.routing import home_of

NO_CHANNEL = Reply(message=notices.told("Say that in the channel that it is about."), private=True)


def telling_of(services: Services) -> Telling:
    """Where alerts go and what is told as one, for what is told anew."""
    return Telling(
        default_channel=services.default_channel,
        notify=services.notifications,
        grouping=services.grouping,
    )


async def home_ids(tenants: Iterable[Tenant], services: Services) -> dict[int, str | None]:
    """The ids of default channels, by client; None where Slack knows none of that name."""
    directory, default = services.directory, services.default_channel
    return {tenant.id: await home_id(tenant, directory, default) for tenant in tenants}


async def names_of(
    channel_id: str, tenants: Iterable[Tenant], services: Services
) -> frozenset[str]:
    """The names by which these clients know that channel as their default one."""
    found = await home_ids(tenants, services)
    mine = (tenant for tenant in tenants if found[tenant.id] == channel_id)
    return frozenset(home_of(tenant, services.default_channel).home for tenant in mine)


async def place_of(desk: Desk, channel_id: str) -> Place:
    """The channel that they stand in, with the name by which it is a default channel."""
    names = await names_of(channel_id, desk.tenants, desk.services) - {channel_id}
    return Place(
        channel_id=channel_id,
        actor=desk.asker.actor,
        channel=min(names, default=""),
        correlation_id=desk.asker.correlation_id,
    )


def client_called(name: str, tenants: Sequence[Tenant]) -> Tenant | None:
    """The client of that name, or of a name of which that is the only beginning."""
    said = name.casefold()
    exact = [one for one in tenants if one.name.casefold() == said]
    near = exact or [one for one in tenants if one.name.casefold().startswith(said)]
    return near[0] if len(near) == 1 else None


def clients_called(names: Sequence[str], desk: Desk) -> tuple[Tenant, ...] | Reply:
    """The clients that are meant, all that they may for where none is named."""
    found = [(name, client_called(name, desk.tenants)) for name in names]
    lost = next((name for name, tenant in found if tenant is None), None)
    if lost is not None:
        known = ", ".join(tenant.name for tenant in desk.tenants)
        why = f"There is no client {lost[:60]} here. This channel sees {known[:200]}."
        return Reply(message=notices.told(why), private=True)
    meant = {tenant.id: tenant for _, tenant in found if tenant is not None}
    return tuple(meant.values()) if names else desk.tenants

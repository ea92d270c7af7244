"""Says which tenants somebody may see, from the channel they stand in, never from the text.

Must not trust a name in a message. A channel sees the tenants whose default channel it is and
those that it was mapped to besides; a direct message sees those of the mapped channels that the
person is a member of.
"""

from collections.abc import Collection

from jobs.ports import Storage
from jobs.ports.slack import Directory
from policies.records import Tenant
from policies.routing import home_of


async def tenants_of_channel(
    channel_id: str, *, storage: Storage, directory: Directory, default_channel: str
) -> tuple[Tenant, ...]:
    """The tenants that are mapped to that channel; empty for an unmapped one."""
    return await _mapped_to({channel_id}, storage, directory, default_channel)


async def tenants_of_person(
    user_id: str, *, storage: Storage, directory: Directory, default_channel: str
) -> tuple[Tenant, ...]:
    """The tenants of all mapped channels that the person is a member of."""
    channels = await directory.channels_of(user_id)
    return await _mapped_to(channels, storage, directory, default_channel)


async def _mapped_to(
    channels: Collection[str], storage: Storage, directory: Directory, default_channel: str
) -> tuple[Tenant, ...]:
    async with storage.read() as tx:
        tenants = await tx.tenants.all()
        shown = {one.tenant_id for one in await tx.tenants.showings() if one.channel_id in channels}
    seen = []
    for tenant in tenants:
        if tenant.synthetic or not directory.serves(tenant.workspace_id):
            continue
        if tenant.id in shown or await home_id(tenant, directory, default_channel) in channels:
            seen.append(tenant)
    return tuple(seen)


async def home_id(tenant: Tenant, directory: Directory, default_channel: str) -> str | None:
    """The id of a tenant's default channel; None where Slack knows no channel of that name."""
    channel = home_of(tenant, default_channel).channel
    return await directory.channel_id(channel) if channel.startswith("#") else channel

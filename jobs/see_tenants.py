"""Says which tenants somebody may see, from the channel they stand in, never from the text.

Must not trust a name in a message. A channel sees the tenants that are mapped to it; a direct
message sees those of the mapped channels that the person is a member of.
"""

from collections.abc import Collection

from jobs.ports import Storage
from jobs.ports_slack import Directory
from policies.records import Tenant


async def tenants_of_channel(
    channel_id: str, *, storage: Storage, directory: Directory, default_channel: str
) -> tuple[Tenant, ...]:
    """The tenants whose alerts go to that channel; empty for an unmapped one."""
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
    seen = []
    for tenant in tenants:
        if tenant.synthetic or not directory.serves(tenant.workspace_id):
            continue
        known = tenant.channel_id if tenant.channel else None
        channel = known or await directory.channel_id(tenant.channel or default_channel)
        if channel in channels:
            seen.append(tenant)
    return tuple(seen)

"""Gathers what goes where, for the clients that somebody sees. Must not change anything."""

from collections.abc import Collection, Iterable

from jobs.ports import Storage, Transaction
from jobs.route_alerts import routes_of
from jobs.views.routing import ClientRoutes, KnownNames
from policies.queries import ExceptionFilter
from policies.records import Tenant
from policies.routing import Routes

_OF_LATE = 300
"""So many of the newest exceptions tell which sites and carriers there are."""
_MOST = 100
_LONGEST = 75
"""Slack's limits of a list to choose from."""


async def list_subscriptions(
    tenant_ids: Collection[int], *, storage: Storage, default_channel: str
) -> tuple[ClientRoutes, ...]:
    """Where the things of these clients go, by number of the client; every kind.

    Args:
        tenant_ids: the clients that the asker sees.
        storage: where subscriptions and mappings are kept.
        default_channel: of clients that have none of their own.
    """
    async with storage.read() as tx:
        return await client_routes(tx, tenant_ids, default_channel)


async def client_routes(
    tx: Transaction, tenant_ids: Collection[int], default_channel: str
) -> tuple[ClientRoutes, ...]:
    """The same within a transaction."""
    routes = await routes_of(tx, tenant_ids, default_channel, kinds=())
    tenants = [tenant for tenant in await tx.tenants.all() if tenant.id in tenant_ids]
    return tuple(_of_client(tenant, routes) for tenant in tenants)


async def known_names(tenant_ids: Collection[int], *, storage: Storage) -> KnownNames:
    """The sites and carriers of the newest exceptions of these clients."""
    wanted = ExceptionFilter(tenant_ids=tuple(tenant_ids), limit=_OF_LATE)
    async with storage.read() as tx:
        facts = [record.facts for record in await tx.exceptions.find(wanted)]
    return KnownNames(
        sites=_names(one.get("warehouse") for one in facts),
        carriers=_names(one.get("carrier") for one in facts),
    )


def _of_client(tenant: Tenant, routes: Routes) -> ClientRoutes:
    counting = [
        one
        for one in routes.subscriptions
        if one.tenant_id == tenant.id and routes.may_see(tenant, one.channel_id, one.channel)
    ]
    return ClientRoutes(
        tenant=tenant,
        home=routes.home_of(tenant),
        subscriptions=tuple(counting),
        shown=tuple(sorted(channel for number, channel in routes.shown if number == tenant.id)),
    )


def _names(values: Iterable[object]) -> tuple[str, ...]:
    """Each once, however it is spelt; the spelling of the newest."""
    found: dict[str, str] = {}
    for value in values:
        name = " ".join(str(value).split()) if isinstance(value, str | int) else ""
        if 0 < len(name) <= _LONGEST and not isinstance(value, bool):
            found.setdefault(name.casefold(), name)
    return tuple(found[key] for key in sorted(found))[:_MOST]

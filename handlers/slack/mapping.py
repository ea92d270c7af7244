"""Maps channels to clients. Must not let a text name a client for which the person has no right.

Whoever may not is told the same, whether there is a client of that name or not.
"""

from handlers.blocks import mapping as drawn
from handlers.blocks import notices
from handlers.blocks.mapping_ids import Confirmed
from handlers.services import Services
from handlers.slack.asker import Asker, Reply
from handlers.slack.authority import rights_of
from handlers.slack.desk import Desk
from handlers.slack.places import NO_CHANNEL, client_called, home_ids, names_of, telling_of
from handlers.slack.routing_intents import MapClient, UnmapClient
from jobs.map_channel import Wish, make_default, map_channel, unmap_channel
from jobs.ports.slack import Person
from policies.permissions import NEEDED, READ, Allowed, Refused, may, one_of
from policies.records import Tenant
from policies.routing import home_of

Outcome = tuple[Reply, str]
_MAP = "map"


async def map_client(intent: MapClient, asker: Asker, services: Services) -> Outcome:
    """Lets this channel see a client, where the person is lead or admin for that client."""
    person = await services.directory.person(asker.user_id)
    verdict = may(person, READ, team_id=asker.team_id)
    if isinstance(verdict, Refused) or person is None:
        why = verdict.why if isinstance(verdict, Refused) else ""
        return Reply(message=notices.refused(why), private=True), "refused"
    if asker.channel_id is None or asker.alone:
        return NO_CHANNEL, "refused"
    tenant = await _theirs(intent, person, asker, services)
    if tenant is None:
        return _not_theirs(intent), "refused"
    if not intent.confirmed:
        shared = await services.directory.shared_outside(asker.channel_id)
        if shared is not False:
            meant = Confirmed(
                tenant_id=tenant.id, channel_id=asker.channel_id, default=intent.default
            )
            notice = drawn.outside(tenant.name, meant, known=shared is True)
            return Reply(message=notice, private=True), "answered"
    return await _mapped(intent, tenant, asker.channel_id, asker, services)


async def unmap_client(intent: UnmapClient, desk: Desk) -> Outcome:
    """Lets this channel see a client no more; its default channel always does."""
    channel = desk.asker.channel_id
    if channel is None or desk.asker.alone:
        return NO_CHANNEL, "refused"
    tenant = client_called(intent.client, desk.tenants)
    if tenant is None:
        why = f"There is no client {intent.client[:60]} here for which you may do that."
        return Reply(message=notices.told(why), private=True), "not_found"
    if (await home_ids([tenant], desk.services))[tenant.id] == channel:
        return Reply(message=drawn.still_default(tenant.name), private=True), "impossible"
    services = desk.services
    wish = Wish(
        tenant=tenant,
        channel_id=channel,
        actor=desk.asker.actor,
        names=await names_of(channel, desk.tenants, services),
        correlation_id=desk.asker.correlation_id,
    )
    await unmap_channel(
        wish,
        storage=services.storage,
        telling=telling_of(services),
        now=desk.now,
        wall_now=services.wall_now(),
    )
    return Reply(message=drawn.unmapped_now(tenant.name)), "done"


async def _theirs(
    intent: MapClient, person: Person, asker: Asker, services: Services
) -> Tenant | None:
    """The client that is meant, among those for whom they may map channels of this workspace."""
    rights = await rights_of(person, services)
    async with services.storage.read() as tx:
        tenants = await tx.tenants.all()
    free = [
        one
        for one in tenants
        if not one.synthetic
        and services.directory.serves(one.workspace_id)
        and isinstance(
            may(person, _MAP, team_id=asker.team_id, roles=rights.roles(one.id)), Allowed
        )
    ]
    if intent.tenant_id is not None:
        return next((one for one in free if one.id == intent.tenant_id), None)
    return client_called(intent.client, free)


def _not_theirs(intent: MapClient) -> Reply:
    """The same words for a client that there is not."""
    named = f" {intent.client[:60]}" if intent.client else ""
    why = (
        f"There is no client{named} for which you may do that. "
        f"To map a channel takes {one_of(NEEDED[_MAP])} of the client. Nothing was changed."
    )
    return Reply(message=notices.refused(why), private=True)


async def _mapped(
    intent: MapClient, tenant: Tenant, channel_id: str, asker: Asker, services: Services
) -> Outcome:
    reach, now = services.of([tenant.id]), services.business_now()
    old = (await home_ids([tenant], services))[tenant.id]
    wish = Wish(
        tenant=tenant,
        channel_id=channel_id,
        actor=asker.actor,
        correlation_id=asker.correlation_id,
    )
    if intent.default:
        fresh = await make_default(
            wish, old, storage=reach.storage, telling=telling_of(services), now=now
        )
        notice = drawn.is_default(tenant.name, old, fresh=fresh)
        return Reply(message=notice), "done" if fresh else "impossible"
    fresh = old != channel_id and await map_channel(wish, storage=reach.storage, now=now)
    home = old or home_of(tenant, services.default_channel).home
    notice = drawn.mapped(tenant.name, home, fresh=fresh)
    return Reply(message=notice), "done" if fresh else "impossible"

"""Has channels told what they ask for, lists that, and tries it out.

Must not check authority again: the desk holds those clients only for whom the person may.
"""

from collections.abc import Sequence

from handlers.blocks import notices
from handlers.blocks import subscriptions as drawn
from handlers.slack.asker import Reply
from handlers.slack.desk import Desk
from handlers.slack.places import NO_CHANNEL, clients_called, home_ids, place_of
from handlers.slack.routing_intents import (
    ChangeSubscription,
    ShowSubscriptions,
    Subscribe,
    TrySubscriptions,
    Unsubscribe,
)
from jobs.list_subscriptions import known_names, list_subscriptions
from jobs.subscribe import Place, change_subscription, subscribe, try_out, unsubscribe
from policies.permissions import Allowed
from policies.records import Tenant
from policies.routing import ALERTS, Filters, Subscription

Outcome = tuple[Reply, str]
_SUBSCRIBE = "subscribe"
_GONE = Reply(
    message=notices.told("There is no such subscription in this channel any more."), private=True
)


async def subscribe_channel(intent: Subscribe, desk: Desk) -> Outcome:
    """Has that come to this channel; says back what was understood."""
    channel = _channel(desk)
    if channel is None:
        return NO_CHANNEL, "refused"
    clients = _chosen(intent, desk)
    if isinstance(clients, Reply):
        return clients, "not_found"
    place = await place_of(desk, channel)
    notes = [
        *await _narrowing(intent, clients, place, desk),
        *await _unheard(intent.filters, clients, desk),
    ]
    fresh = await subscribe(
        place,
        intent.kind,
        [tenant.id for tenant in clients],
        intent.filters.as_json,
        storage=desk.services.storage,
        now=desk.now,
    )
    names = [tenant.name for tenant in clients]
    notice = drawn.subscribed(intent.kind, names, intent.filters, notes, fresh=fresh)
    return Reply(message=notice), "done" if fresh else "impossible"


async def unsubscribe_channel(intent: Unsubscribe, desk: Desk) -> Outcome:
    """Has it come no more: all of a kind, what has these filters, or one by its number.

    A number is good wherever the client is seen: nobody can say anything in an archived channel.
    """
    known = await _numbered(intent.number, desk) if intent.number is not None else None
    if intent.number is not None and known is None:
        return Reply(message=drawn.unsubscribed([], []), private=True), "not_found"
    channel = known.channel_id if known else _channel(desk)
    if channel is None:
        return NO_CHANNEL, "refused"
    clients = clients_called(intent.clients, desk)
    if isinstance(clients, Reply):
        return clients, "not_found"
    gone = await unsubscribe(
        await place_of(desk, channel),
        known.kind if known else intent.kind,
        [tenant.id for tenant in clients],
        storage=desk.services.storage,
        now=desk.now,
        filters=intent.filters.as_json if intent.filters is not None else None,
        number=intent.number,
    )
    names = {tenant.id: tenant.name for tenant in clients}
    notes = await _widening(gone, clients, desk)
    there = channel if channel != desk.asker.channel_id else None
    notice = drawn.unsubscribed([(names[one.tenant_id], one) for one in gone], notes, there)
    return Reply(message=notice, private=not gone), "done" if gone else "impossible"


async def change(intent: ChangeSubscription, desk: Desk) -> Outcome:
    """Narrows one otherwise."""
    channel, known = _channel(desk), await _numbered(intent.number, desk)
    if channel is None or known is None or known.channel_id != channel:
        return _GONE, "not_found"
    place = await place_of(desk, channel)
    filters = intent.filters
    changed = await change_subscription(
        place, known, filters.as_json, storage=desk.services.storage, now=desk.now
    )
    if not changed:
        why = "This channel has a subscription like that already. Nothing was changed."
        return Reply(message=notices.told(why), private=True), "impossible"
    clients = [tenant for tenant in desk.tenants if tenant.id == known.tenant_id]
    notes = await _unheard(filters, clients, desk)
    names = [tenant.name for tenant in clients]
    return Reply(message=drawn.subscribed(known.kind, names, filters, notes, fresh=True)), "done"


async def show_subscriptions(_intent: ShowSubscriptions, desk: Desk) -> Outcome:
    """What comes here, and where these clients go besides, as far as the asker is in there."""
    services = desk.services
    clients = await list_subscriptions(
        desk.tenant_ids, storage=services.storage, default_channel=services.default_channel
    )
    may_change = any(
        isinstance(desk.verdict(_SUBSCRIBE, tenant.id), Allowed) for tenant in desk.tenants
    )
    board = drawn.Board(
        clients=clients,
        here=_channel(desk),
        home_ids=await home_ids(desk.tenants, services),
        theirs=await services.directory.channels_of(desk.asker.user_id),
        may_change=may_change,
    )
    return Reply(message=drawn.board(board), private=True), "answered"


async def try_subscriptions(_intent: TrySubscriptions, desk: Desk) -> Outcome:
    """Has a test posted here, by the way that everything goes."""
    channel = _channel(desk)
    if channel is None:
        return NO_CHANNEL, "refused"
    place = await place_of(desk, channel)
    services = desk.services
    await try_out(place, desk.tenant_ids, storage=services.storage, wall_now=services.wall_now())
    return Reply(message=drawn.trial_sent(), private=True), "done"


def _chosen(intent: Subscribe, desk: Desk) -> tuple[Tenant, ...] | Reply:
    """By the numbers of a form, as far as they may; else by what was typed."""
    if not intent.tenant_ids:
        return clients_called(intent.clients, desk)
    return tuple(one for one in desk.tenants if one.id in intent.tenant_ids) or _GONE


async def _numbered(number: int, desk: Desk) -> Subscription | None:
    """The subscription of that number, to a client that they may change."""
    async with desk.services.storage.read() as tx:
        known = await tx.subscriptions.get(number)
    return known if known and known.tenant_id in desk.tenant_ids else None


async def _narrowing(
    intent: Subscribe, clients: Sequence[Tenant], place: Place, desk: Desk
) -> list[str]:
    """What it means in a default channel: it narrows what comes there."""
    narrowed = intent.kind == ALERTS and intent.filters != Filters()
    homes = await home_ids(clients, desk.services)
    if not narrowed or place.channel_id not in homes.values():
        return []
    return ["What fits no subscription anywhere still comes to this default channel."]


async def _widening(
    gone: Sequence[Subscription], clients: Sequence[Tenant], desk: Desk
) -> list[str]:
    """What it means in a default channel that has no alert subscription left."""
    services = desk.services
    ids = {one.tenant_id for one in gone if one.kind == ALERTS}
    channels = {one.channel_id for one in gone}
    homes = await home_ids([one for one in clients if one.id in ids], services)
    routes = await list_subscriptions(
        ids, storage=services.storage, default_channel=services.default_channel
    )
    mine = [one for one in routes if homes.get(one.tenant.id) in channels and not one.narrowed]
    return [drawn.all_again([one.tenant.name for one in mine])] if mine else []


async def _unheard(filters: Filters, clients: Sequence[Tenant], desk: Desk) -> list[str]:
    """Names that no late order had of late: perhaps a slip of the pen, perhaps a new site."""
    if not filters.sites and not filters.carriers:
        return []
    known = await known_names([one.id for one in clients], storage=desk.services.storage)
    heard = {name.casefold() for name in (*known.sites, *known.carriers)}
    lost = [one for one in (*filters.sites, *filters.carriers) if one.casefold() not in heard]
    return [drawn.unheard(lost)] if lost else []


def _channel(desk: Desk) -> str | None:
    return None if desk.asker.alone else desk.asker.channel_id

"""Hears the buttons and the form of subscriptions, and of mapping a channel that outsiders see.

Must not act: each makes one call. A form is opened empty at once, because a trigger lives three
seconds, and filled afterwards.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import modals, notices
from handlers.blocks import subscription_form as drawn
from handlers.blocks.ids import Field
from handlers.blocks.mapping_ids import decode_confirmed
from handlers.blocks.subscription_form import SubscriptionForm, decode_subscription
from handlers.services import Services
from handlers.slack import reading
from handlers.slack.actions import press
from handlers.slack.asker import Asker
from handlers.slack.desk import Desk, Nothing, desk_for
from handlers.slack.errors import told_kindly
from handlers.slack.handing import hand_over, services_of
from handlers.slack.intents import Incomplete, Intent
from handlers.slack.routing_intents import (
    ChangeSubscription,
    MapClient,
    Subscribe,
    TrySubscriptions,
    Unsubscribe,
)
from handlers.slack.run import run
from handlers.slack.views import chosen, do
from handlers.slack.voice import answering, whispering
from jobs.list_subscriptions import known_names
from jobs.ports.slack import Message
from policies.reasons import ReasonCode, Severity
from policies.routing import Filters, Subscription

View = dict[str, Any]
_VERB = "subscribe"
_GONE = notices.told("There is no such subscription in this channel any more.")
_NOT_YOURS = notices.told("You may not subscribe this channel for any client that it sees.")
_ELSEWHERE = Incomplete(why="That was asked in another channel. Nothing was changed.")


async def on_subscription_button(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Edit one, or add one: opens the form."""
    await ack()
    asker = reading.asker_of_click(body, context)
    value = str(body["actions"][0].get("value") or "")
    if asker.channel_id is None:
        return
    number = int(value) if value.isdecimal() and len(value) < 18 else None  # noqa: PLR2004
    form = SubscriptionForm(channel=asker.channel_id, number=number)
    trigger = str(body.get("trigger_id"))
    work = partial(_open, form, trigger, asker, services_of(context), client)
    hand_over(context, answering(client, asker, context.response_url), work)


async def on_test_button(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Posts a test, from the list or from the form."""
    await ack()
    _press(TrySubscriptions(), body, context, client)


async def on_remove_button(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Takes the subscription of the form away, and says so in the form."""
    await ack()
    view = body.get("view") or {}
    form = decode_subscription(view.get("private_metadata"))
    if form is not None and form.number is not None:
        asker = reading.asker_of_form(body, context, form.channel)
        work = partial(_remove, form, str(view.get("id")), asker, services_of(context), client)
        hand_over(context, whispering(client, asker), work)


async def on_subscription_form(
    ack: AsyncAck,
    body: dict[str, Any],
    view: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """One is to be as it was filled in."""
    await ack()
    form = decode_subscription(view.get("private_metadata"))
    if form is None:
        return
    filters = _filled_in(view)
    if form.number is not None:
        intent: Intent = ChangeSubscription(number=form.number, filters=filters)
    else:
        ids = tuple(int(one) for one in _values(view, Field.CLIENTS) if one.isdecimal())
        intent = Subscribe(tenant_ids=ids, filters=filters)
    do(intent, form.channel, body, context, client)


async def on_map_button(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """The channel is to see the client although outsiders are in it."""
    await ack()
    confirmed = decode_confirmed(body["actions"][0].get("value"))
    if confirmed is None:
        return
    here = reading.asker_of_click(body, context).channel_id == confirmed.channel_id
    intent = MapClient(tenant_id=confirmed.tenant_id, default=confirmed.default, confirmed=True)
    _press(intent if here else _ELSEWHERE, body, context, client)


def _press(
    intent: Intent, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """In a form the channel is the one in which it was opened."""
    form = decode_subscription((body.get("view") or {}).get("private_metadata"))
    asker = (
        reading.asker_of_form(body, context, form.channel)
        if form
        else reading.asker_of_click(body, context)
    )
    url = context.response_url
    voice = answering(client, asker, url) if url else whispering(client, asker)
    hand_over(context, voice, partial(press, intent, asker, services_of(context), voice))


async def _open(
    form: SubscriptionForm,
    trigger_id: str,
    asker: Asker,
    services: Services,
    client: AsyncWebClient,
) -> None:
    opened = await client.views_open(trigger_id=trigger_id, view=modals.loading(drawn.NAME))
    await _fill(opened["view"]["id"], partial(_form, form, asker, services), asker, client)


async def _fill(
    view_id: str, fill: Callable[[], Awaitable[View]], asker: Asker, client: AsyncWebClient
) -> None:
    """Puts the form where the empty one stands; what goes wrong is told there too."""

    async def tell(notice: Message) -> None:
        await client.views_update(view_id=view_id, view=modals.refusal(drawn.NAME, notice))

    async def show() -> None:
        await client.views_update(view_id=view_id, view=await fill())

    await told_kindly(show, tell=tell, correlation_id=asker.correlation_id)


async def _form(form: SubscriptionForm, asker: Asker, services: Services) -> View:
    desk = await _desk(asker, services)
    if not isinstance(desk, Desk):
        return desk
    if form.number is None:
        known = await known_names(desk.tenant_ids, storage=desk.services.storage)
        return drawn.add_form(form, desk.tenants, known)
    mine = await _mine(form, desk)
    if mine is None:
        return modals.refusal(drawn.NAME, _GONE)
    known = await known_names([mine.tenant_id], storage=desk.services.storage)
    return drawn.edit_form(form, _client(mine, desk), mine, known)


async def _remove(
    form: SubscriptionForm,
    view_id: str,
    asker: Asker,
    services: Services,
    client: AsyncWebClient,
) -> None:
    async def fill() -> View:
        desk = await _desk(asker, services)
        if not isinstance(desk, Desk):
            return desk
        mine = await _mine(form, desk)
        if mine is None:
            return modals.refusal(drawn.NAME, _GONE)
        await run(Unsubscribe(number=mine.id), asker, services)
        return drawn.removed(_client(mine, desk), mine)

    await _fill(view_id, fill, asker, client)


async def _desk(asker: Asker, services: Services) -> Desk | View:
    """With those clients only for whom they may subscribe a channel."""
    desk = await desk_for(asker, services)
    if isinstance(desk, Nothing):
        services.observe_slack.action(_VERB, desk.result)
        return modals.refusal(drawn.NAME, desk.notice)
    free = desk.allowing(_VERB)
    if not free.tenants:
        services.observe_slack.action(_VERB, "refused")
        return modals.refusal(drawn.NAME, _NOT_YOURS)
    return free


async def _mine(form: SubscriptionForm, desk: Desk) -> Subscription | None:
    """The form's subscription, if it is this channel's and of a client of theirs."""
    async with desk.services.storage.read() as tx:
        known = await tx.subscriptions.get(form.number or 0)
    mine = known is not None and known.channel_id == desk.asker.channel_id
    return known if known and mine and known.tenant_id in desk.tenant_ids else None


def _client(one: Subscription, desk: Desk) -> str:
    return next(tenant.name for tenant in desk.tenants if tenant.id == one.tenant_id)


def _filled_in(view: Mapping[str, Any]) -> Filters:
    """What the form says; values that we did not offer are left out."""
    least, codes = chosen(view, Field.SEVERITY), set(ReasonCode)
    known = least in set(Severity) and least != Severity.LOW
    return Filters(
        sites=tuple(_values(view, Field.SITES)),
        carriers=tuple(_values(view, Field.CARRIERS)),
        reasons=tuple(ReasonCode(one) for one in _values(view, Field.REASONS) if one in codes),
        at_least=Severity(least) if known and least else None,
    )


def _values(view: Mapping[str, Any], block: Field) -> list[str]:
    return [str(one["value"]) for one in _selected(view, block) if one.get("value")]


def _selected(view: Mapping[str, Any], block: Field) -> list[dict[str, Any]]:
    values = ((view.get("state") or {}).get("values") or {}).get(block) or {}
    found: list[dict[str, Any]] = (values.get(block) or {}).get("selected_options") or []
    return found

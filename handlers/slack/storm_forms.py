"""Hears the buttons and forms of a storm. Must not act: each makes one call.

A form is opened empty at once, because a trigger lives three seconds, and filled afterwards.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import modals, notices
from handlers.blocks import storm_forms as drawn
from handlers.blocks.ids import Field, Target, Verb
from handlers.blocks.storm_ids import StormForm, decode_storm
from handlers.services import Services
from handlers.slack import reading
from handlers.slack.asker import Asker
from handlers.slack.desk import Desk, Nothing, desk_for
from handlers.slack.errors import told_kindly
from handlers.slack.handing import hand_over, services_of
from handlers.slack.intents import ActOnAll, SplitFrom
from handlers.slack.storms import soonest_cut_off, wish_of
from handlers.slack.times import Exactly
from handlers.slack.views import chosen, do, snooze_until, typed
from handlers.slack.voice import answering
from handlers.slack.waits import read_wait
from jobs.act_on_storm import preview_storm
from jobs.ports.slack import Message
from jobs.show_storm import show_storm
from policies.lifecycle import RESOLUTIONS
from policies.permissions import READ

View = dict[str, Any]
ACTS: dict[str, str] = {
    Verb.STORM_ACKNOWLEDGE: "acknowledge",
    Verb.STORM_RESOLVE: "resolve",
    Verb.STORM_SNOOZE: "snooze",
}
_TITLES: dict[str, str] = {
    Verb.STORM_LIST: "Who is in it",
    Verb.STORM_SPLIT: "Split one off",
    Verb.STORM_ACKNOWLEDGE: "Acknowledge all",
    Verb.STORM_RESOLVE: "Resolve all",
    Verb.STORM_SNOOZE: "Snooze all",
}
_GONE = notices.told("This storm has nobody in it whom you could see or change here.")
_NOT_YOURS = notices.told("You may not do that for any client in this channel.")
_PREVIEWED = timedelta(hours=1)
"""Any time to come: who can be snoozed does not depend on until when."""


async def on_storm_button(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Show all, acknowledge all, resolve all, snooze all, split one off."""
    await ack()
    name, target = reading.pressed(body)
    asker = reading.asker_of_click(body, context)
    if target is not None:
        trigger = str(body.get("trigger_id"))
        services = services_of(context)
        work = partial(_open, name, target, trigger, asker, services, client)
        hand_over(context, answering(client, asker, context.response_url), work)


async def on_storm_turned(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Another page of the list, or another client."""
    await ack()
    view = body.get("view") or {}
    form = _turned(decode_storm(view.get("private_metadata")), body["actions"][0])
    if form is not None:
        asker = reading.asker_of_form(body, context, form.channel)
        services = services_of(context)
        fill = partial(_listed, form, asker, services)
        work = partial(_fill, str(view.get("id")), Verb.STORM_LIST, fill, asker, client)
        hand_over(context, answering(client, asker, None), work)


async def on_storm_form(
    ack: AsyncAck,
    body: dict[str, Any],
    view: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """What was previewed is wanted; a snooze needs a time to come."""
    form = decode_storm(view.get("private_metadata"))
    snooze = form is not None and form.verb == "snooze"
    until = snooze_until(view) if snooze else None
    wait = read_wait((chosen(view, Field.UNTIL) or "").split()) if snooze and not until else None
    if snooze:
        past = isinstance(until, Exactly) and until.at <= services_of(context).business_now()
        if past or (until is None and wait is None):
            errors = {Field.CUSTOM.value: "Choose a day and time to come."}
            await ack(response_action="errors", errors=errors)
            return
    await ack()
    if form is not None and form.verb in ACTS.values():
        reason = chosen(view, Field.REASON)
        intent = ActOnAll(
            verb=form.verb,
            storm_id=form.storm_id,
            versions=form.versions or {},
            reason=reason if reason in RESOLUTIONS else None,
            note=typed(view),
            until=until,
            awaits=wait.awaits if wait else None,
        )
        do(intent, form.channel, body, context, client)


async def on_split_form(
    ack: AsyncAck,
    body: dict[str, Any],
    view: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """One is to have a card of its own; what was typed goes before what was chosen."""
    what = typed(view, Field.ORDER) or chosen(view, Field.MEMBER)
    if what is None:
        errors = {Field.ORDER.value: "Choose an order, or type one."}
        await ack(response_action="errors", errors=errors)
        return
    await ack()
    form = decode_storm(view.get("private_metadata"))
    if form is not None:
        intent = SplitFrom(what=what, storm_id=form.storm_id)
        do(intent, form.channel, body, context, client)


async def _open(
    name: str,
    target: Target,
    trigger_id: str,
    asker: Asker,
    services: Services,
    client: AsyncWebClient,
) -> None:
    opened = await client.views_open(trigger_id=trigger_id, view=modals.loading(_TITLES[name]))
    form = StormForm(storm_id=target.id, channel=asker.channel_id)
    fills: dict[str, Callable[[], Awaitable[View]]] = {
        Verb.STORM_LIST: partial(_listed, form, asker, services),
        Verb.STORM_SPLIT: partial(_splitting, form, asker, services),
    }
    fill = fills.get(name) or partial(_previewed, ACTS.get(name, READ), form, asker, services)
    await _fill(opened["view"]["id"], name, fill, asker, client)


async def _fill(
    view_id: str,
    name: str,
    fill: Callable[[], Awaitable[View]],
    asker: Asker,
    client: AsyncWebClient,
) -> None:
    """Puts the form where the empty one stands; what goes wrong is told there too."""

    async def tell(notice: Message) -> None:
        await client.views_update(view_id=view_id, view=modals.refusal(_TITLES[name], notice))

    async def show() -> None:
        await client.views_update(view_id=view_id, view=await fill())

    await told_kindly(show, tell=tell, correlation_id=asker.correlation_id)


async def _listed(form: StormForm, asker: Asker, services: Services) -> View:
    title = _TITLES[Verb.STORM_LIST]
    desk = await _desk(asker, READ, title, services)
    if not isinstance(desk, Desk):
        return desk
    view = await show_storm(
        form.storm_id, desk.tenant_ids, storage=desk.services.storage, now=desk.now
    )
    return drawn.storm_members(view, form) if view else modals.refusal(title, _GONE)


async def _splitting(form: StormForm, asker: Asker, services: Services) -> View:
    title = _TITLES[Verb.STORM_SPLIT]
    desk = await _desk(asker, "split", title, services)
    if not isinstance(desk, Desk):
        return desk
    view = await show_storm(
        form.storm_id, desk.tenant_ids, storage=desk.services.storage, now=desk.now
    )
    return drawn.split_form(view, form.channel) if view else modals.refusal(title, _GONE)


async def _previewed(verb: str, form: StormForm, asker: Asker, services: Services) -> View:
    title = next(_TITLES[name] for name, act in ACTS.items() if act == verb)
    desk = await _desk(asker, verb, title, services)
    if not isinstance(desk, Desk):
        return desk
    act = wish_of(ActOnAll(verb=verb), desk)
    preview = await preview_storm(
        replace(act, until=desk.now + _PREVIEWED),
        form.storm_id,
        storage=desk.services.storage,
        now=desk.now,
    )
    if preview is None:
        return modals.refusal(title, _GONE)
    cut_off = soonest_cut_off(preview.view, desk) if verb == "snooze" else None
    when = f"{cut_off.astimezone(desk.zone):%a %H:%M}, your time" if cut_off else None
    return drawn.act_form(preview, verb, form.channel, when)


async def _desk(asker: Asker, verb: str, title: str, services: Services) -> Desk | View:
    """With those clients only for whom they may do that."""
    desk = await desk_for(asker, services)
    if isinstance(desk, Nothing):
        services.observe_slack.action(verb, desk.result)
        return modals.refusal(title, desk.notice)
    free = desk.allowing(verb)
    if not free.tenants:
        services.observe_slack.action(verb, "refused")
        return modals.refusal(title, _NOT_YOURS)
    return free


def _turned(form: StormForm | None, action: dict[str, Any]) -> StormForm | None:
    """The list as it is wanted now."""
    if form is None:
        return None
    if action.get("action_id") == Verb.STORM_CLIENT:
        value = str((action.get("selected_option") or {}).get("value"))
        return replace(form, page=0, client=int(value) if value.isdecimal() else None)
    value = str(action.get("value"))
    return replace(form, page=int(value)) if value.isdecimal() and len(value) < 6 else form  # noqa: PLR2004

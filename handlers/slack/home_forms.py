"""Hears what is pressed on Home besides the exceptions: an order, settings, a fresh drawing.

Must not decide what is drawn or kept: it reads what was filled in and makes one call.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import modals, order_form, settings_form
from handlers.blocks.ids import Field
from handlers.blocks.settings_form import ASSIGNED, WORSE
from handlers.services import Services
from handlers.slack import reading
from handlers.slack.asker import Asker
from handlers.slack.desk import Nothing, desk_for
from handlers.slack.errors import told_kindly
from handlers.slack.handing import hand_over, services_of
from handlers.slack.home import show_home
from handlers.slack.intents import ShowOrder
from handlers.slack.run import run
from handlers.slack.views import chosen
from handlers.slack.voice import in_conversation
from jobs.ports.slack import Message
from policies.personal_settings import LANGUAGES, PersonalSettings
from policies.quiet import Quiet

View = dict[str, Any]
Fill = Callable[[], Awaitable[View]]
_HOURS, _MINUTES = 24, 60


async def on_refresh_button(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Draws Home anew."""
    await ack()
    asker = reading.asker_of_click(body, context)
    work = partial(show_home, asker, services_of(context), client)
    hand_over(context, in_conversation(client, asker), work)


async def on_order_button(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Shows an order in a form."""
    await ack()
    order_id = order_form.decode_order(body["actions"][0].get("value"))
    if order_id is not None:
        asker = reading.asker_of_click(body, context)
        fill = partial(_order, order_id, asker, services_of(context))
        _open(order_form.NAME, fill, asker, body, context, client)


async def on_settings_button(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Opens the person's own settings."""
    await ack()
    asker = reading.asker_of_click(body, context)
    fill = partial(_settings, asker, services_of(context))
    _open(settings_form.NAME, fill, asker, body, context, client)


async def on_settings_form(
    ack: AsyncAck,
    body: dict[str, Any],
    view: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """Keeps them, and shows on Home that it did."""
    await ack()
    asker = reading.asker_of_form(body, context, None)
    work = partial(_keep, filled_in(asker.user_id, view), asker, services_of(context), client)
    hand_over(context, in_conversation(client, asker), work)


def filled_in(user_id: str, view: Mapping[str, Any]) -> PersonalSettings:
    """What a form says; what we did not offer counts for nothing. Times have no zone yet."""
    told = _ticked(view, Field.TELL)
    language = chosen(view, Field.LANGUAGE)
    return PersonalSettings(
        user_id=user_id,
        quiet=_quiet(view),
        tell_assigned=ASSIGNED in told,
        tell_worse=WORSE in told,
        language=language if language in LANGUAGES else LANGUAGES[0],
    )


def _quiet(view: Mapping[str, Any]) -> Quiet | None:
    days = tuple(sorted(int(day) for day in _ticked(view, Field.QUIET_DAYS) if day in "0123456"))
    begins, ends = _minutes(view, Field.QUIET_FROM), _minutes(view, Field.QUIET_UNTIL)
    if not days or begins is None or ends is None:
        return None
    return Quiet(begins=begins, ends=ends, days=days)


def _minutes(view: Mapping[str, Any], field: Field) -> int | None:
    """Minutes after midnight of a chosen time."""
    said = _element(view, field).get("selected_time")
    hours, colon, minutes = said.partition(":") if isinstance(said, str) else ("", "", "")
    if not (colon and hours.isdecimal() and minutes.isdecimal()):
        return None
    known = int(hours) < _HOURS and int(minutes) < _MINUTES
    return int(hours) * _MINUTES + int(minutes) if known else None


def _ticked(view: Mapping[str, Any], field: Field) -> set[str]:
    options = _element(view, field).get("selected_options") or []
    return {str(one.get("value")) for one in options if one.get("value")}


def _element(view: Mapping[str, Any], field: Field) -> Mapping[str, Any]:
    values: Mapping[str, Any] = (view.get("state") or {}).get("values") or {}
    found: Mapping[str, Any] = (values.get(field) or {}).get(field) or {}
    return found


async def _keep(
    settings: PersonalSettings, asker: Asker, services: Services, client: AsyncWebClient
) -> None:
    desk = await desk_for(asker, services)
    if isinstance(desk, Nothing):
        return
    quiet = replace(settings.quiet, zone=str(desk.zone)) if settings.quiet else None
    await services.personal.keep(replace(settings, quiet=quiet), services.wall_now())
    await show_home(asker, services, client)


async def _order(order_id: str, asker: Asker, services: Services) -> View:
    reply = await run(ShowOrder(order_id=order_id), asker, services)
    return order_form.order_view(reply.message)


async def _settings(asker: Asker, services: Services) -> View:
    desk = await desk_for(asker, services)
    if isinstance(desk, Nothing):
        return modals.refusal(settings_form.NAME, desk.notice)
    settings = await services.personal.of(asker.user_id)
    return settings_form.settings_form(settings, str(desk.zone))


def _open(
    name: str,
    fill: Fill,
    asker: Asker,
    body: Mapping[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """A loading view at once, because a trigger lives three seconds; then the real one."""

    async def work() -> None:
        opened = await client.views_open(
            trigger_id=str(body.get("trigger_id")), view=modals.loading(name)
        )
        view_id = opened["view"]["id"]

        async def tell(notice: Message) -> None:
            await client.views_update(view_id=view_id, view=modals.refusal(name, notice))

        async def show() -> None:
            await client.views_update(view_id=view_id, view=await fill())

        await told_kindly(show, tell=tell, correlation_id=asker.correlation_id)

    hand_over(context, in_conversation(client, asker), work)

"""Hears the button and the form of a handover. Must not act: each makes one call.

The form is opened empty at once, because a trigger lives three seconds, and filled afterwards.
"""

from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import modals, notices
from handlers.blocks.handover import take_over_form
from handlers.blocks.handover_ids import TakeOver, decode_take_over, fitting
from handlers.services import Services
from handlers.slack import reading
from handlers.slack.asker import Asker
from handlers.slack.desk import Nothing, desk_for
from handlers.slack.errors import told_kindly
from handlers.slack.handing import hand_over, services_of
from handlers.slack.intents import TakeOverShift
from handlers.slack.views import do
from handlers.slack.voice import answering
from jobs.ports.slack import Message
from jobs.take_over import to_take_over
from policies.briefs import handing_named

_TITLE = "Take over"
_GONE = notices.told("That shift is not in the book any more, so there is nothing to take over.")
_NOT_YOURS = notices.told("You may not own exceptions of any client in this channel.")


async def on_take_over(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Take over mine: what would become mine is shown first."""
    await ack()
    form = decode_take_over(body["actions"][0].get("value"))
    asker = reading.asker_of_click(body, context)
    if form is not None:
        trigger = str(body.get("trigger_id"))
        work = partial(_open, form.shift, trigger, asker, services_of(context), client)
        hand_over(context, answering(client, asker, context.response_url), work)


async def on_take_over_form(
    ack: AsyncAck,
    body: dict[str, Any],
    view: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """What was shown is wanted."""
    await ack()
    form = decode_take_over(view.get("private_metadata"))
    if form is not None:
        intent = TakeOverShift(shift=form.shift, versions=form.versions)
        do(intent, form.channel, body, context, client)


async def _open(
    shift: str, trigger_id: str, asker: Asker, services: Services, client: AsyncWebClient
) -> None:
    opened = await client.views_open(trigger_id=trigger_id, view=modals.loading(_TITLE))
    view_id = str(opened["view"]["id"])

    async def tell(notice: Message) -> None:
        await client.views_update(view_id=view_id, view=modals.refusal(_TITLE, notice))

    async def show() -> None:
        await client.views_update(view_id=view_id, view=await _filled(shift, asker, services))

    await told_kindly(show, tell=tell, correlation_id=asker.correlation_id)


async def _filled(shift: str, asker: Asker, services: Services) -> dict[str, Any]:
    desk = await desk_for(asker, services)
    if isinstance(desk, Nothing):
        services.observe_slack.action("own", desk.result)
        return modals.refusal(_TITLE, desk.notice)
    free = desk.allowing("own")
    if not free.tenants:
        services.observe_slack.action("own", "refused")
        return modals.refusal(_TITLE, _NOT_YOURS)
    handing = handing_named(services.occasions.book, shift)
    if handing is None:
        return modals.refusal(_TITLE, _GONE)
    found = await to_take_over(
        handing,
        free.tenants,
        free.person.id,
        storage=free.services.storage,
        directory=services.directory,
    )
    versions = fitting({one.record.id: one.record.version for one in found})
    form = TakeOver(shift=shift, channel=asker.channel_id)
    return take_over_form(found, replace(form, versions=versions))

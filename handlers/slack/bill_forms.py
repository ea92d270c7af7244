"""Hears the buttons and the form of audited bills. Must not act: each makes one call."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import bill_form as drawn
from handlers.blocks import modals, notices
from handlers.blocks.bill_ids import BillTarget, decode_bill
from handlers.services import Services
from handlers.slack import reading
from handlers.slack.asker import Asker
from handlers.slack.bill_intents import ConfirmColumns, FileClaims
from handlers.slack.desk import Nothing, desk_for
from handlers.slack.errors import told_kindly
from handlers.slack.handing import hand_over, services_of
from handlers.slack.intents import Intent
from handlers.slack.run import converse
from handlers.slack.voice import in_conversation, whispering
from jobs.ports.slack import Message
from policies.money.audit.columns import Column
from policies.money.audit.kept import columns_in
from policies.money.audit.propose import propose
from policies.money.audit.record import BillAudit

View = dict[str, Any]
_VERB = "audit"
_GONE = notices.told("This file was dealt with already. Say bills for what came of it.")
_NO_AMOUNT = "Choose the column that has the amounts."


async def on_confirm_button(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """The columns are right."""
    await ack()
    target = decode_bill(body["actions"][0].get("value"))
    if target is not None:
        asker = reading.asker_of_click(body, context)
        _do(ConfirmColumns(audit_id=target.audit_id), asker, context, client)


async def on_filed_button(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """The claims are made."""
    await ack()
    target = decode_bill(body["actions"][0].get("value"))
    if target is not None:
        asker = reading.asker_of_click(body, context)
        _do(FileClaims(audit_id=target.audit_id), asker, context, client)


async def on_columns_button(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Opens the form in which the columns are chosen."""
    await ack()
    target = decode_bill(body["actions"][0].get("value"))
    if target is not None:
        asker = reading.asker_of_click(body, context)
        trigger = str(body.get("trigger_id"))
        work = partial(_open, target, trigger, asker, services_of(context), client)
        hand_over(context, whispering(client, asker), work)


async def on_columns_form(
    ack: AsyncAck,
    body: dict[str, Any],
    view: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """The columns are as they were chosen; the form stays open where the amounts are missing."""
    columns, carrier = drawn.filled_in(_values(view))
    if columns.missing:
        block = drawn.block_id(Column.AMOUNT)
        await ack(response_action="errors", errors={block: _NO_AMOUNT})
        return
    await ack()
    target = decode_bill(view.get("private_metadata"))
    if target is not None:
        asker = reading.asker_of_form(body, context, target.channel or None)
        intent = ConfirmColumns(audit_id=target.audit_id, columns=columns, carrier=carrier)
        _do(intent, asker, context, client)


def _do(intent: Intent, asker: Asker, context: AsyncBoltContext, client: AsyncWebClient) -> None:
    """Does it, and answers in the thread of the file."""
    services = services_of(context)
    work = partial(_in_thread, intent, asker, services, client)
    hand_over(context, whispering(client, asker), work)


async def _in_thread(
    intent: Intent, asker: Asker, services: Services, client: AsyncWebClient
) -> None:
    found = await _audit(getattr(intent, "audit_id", 0), asker, services)
    if isinstance(found, BillAudit) and found.channel_id == asker.channel_id:
        asker = replace(asker, thread_ts=found.thread_ts)
    await converse(intent, asker, services, in_conversation(client, asker))


async def _audit(audit_id: int, asker: Asker, services: Services) -> BillAudit | Message:
    """The audit, where they may audit its client; else why there is nothing."""
    desk = await desk_for(asker, services)
    if isinstance(desk, Nothing):
        return desk.notice
    free = desk.allowing(_VERB)
    async with free.services.storage.read() as tx:
        found = await tx.bills.get(audit_id, free.tenant_ids)
    return found if found is not None else _GONE


async def _open(
    target: BillTarget, trigger_id: str, asker: Asker, services: Services, client: AsyncWebClient
) -> None:
    opened = await client.views_open(trigger_id=trigger_id, view=modals.loading(drawn.NAME))
    view_id = opened["view"]["id"]

    async def tell(notice: Message) -> None:
        await client.views_update(view_id=view_id, view=modals.refusal(drawn.NAME, notice))

    async def show() -> None:
        await client.views_update(view_id=view_id, view=await _form(target, asker, services))

    await told_kindly(show, tell=tell, correlation_id=asker.correlation_id)


async def _form(target: BillTarget, asker: Asker, services: Services) -> View:
    audit = await _audit(target.audit_id, asker, services)
    if not isinstance(audit, BillAudit):
        return modals.refusal(drawn.NAME, audit)
    if audit.content is None:
        return modals.refusal(drawn.NAME, _GONE)
    table = await asyncio.to_thread(services.bill_reader, audit.content)
    heading = propose(table).heading
    width = max(len(row) for row in table.rows[:50])
    titles = heading.titles if heading else tuple(f"column {one}" for one in range(1, width + 1))
    async with services.storage.read() as tx:
        tenant = await tx.tenants.get(audit.tenant_id)
    carriers = [one.carrier for one in services.contracts_of(tenant.name if tenant else "").known]
    columns = columns_in(audit.columns)
    return drawn.columns_form(target, audit.name, titles, columns, carriers, audit.carrier)


def _values(view: Mapping[str, Any]) -> dict[str, str]:
    """What was chosen in each block."""
    values: Mapping[str, Any] = (view.get("state") or {}).get("values") or {}
    found: dict[str, str] = {}
    for block, inside in values.items():
        option = ((inside or {}).get(block) or {}).get("selected_option") or {}
        if isinstance(option.get("value"), str):
            found[block] = option["value"]
    return found

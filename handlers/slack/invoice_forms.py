"""Hears the buttons and forms of findings. Must not act: each makes one call."""

from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import finding_forms as drawn
from handlers.blocks import modals, notices
from handlers.blocks.finding import evidence_view
from handlers.blocks.ids import Field, Verb
from handlers.blocks.invoice_ids import (
    FindingTarget,
    GroupTarget,
    decode_finding,
    decode_group,
)
from handlers.services import Services
from handlers.slack import reading
from handlers.slack.asker import Asker
from handlers.slack.desk import Desk, Nothing, desk_for
from handlers.slack.errors import told_kindly
from handlers.slack.handing import hand_over, services_of
from handlers.slack.intents import Intent
from handlers.slack.invoice_intents import AskAboutFinding, DecideFinding, DecideGroup
from handlers.slack.run import converse
from handlers.slack.views import chosen, typed
from handlers.slack.voice import Voice, answering, in_conversation, whispering
from jobs.ports.slack import Message
from jobs.show_findings import show_evidence, show_group
from policies.money.findings.filed import FindingState
from policies.permissions import READ

View = dict[str, Any]
STATES: dict[str, FindingState] = {
    Verb.FINDING_ACCEPT: FindingState.ACCEPTED,
    Verb.FINDING_OURS: FindingState.OUR_ERROR,
}
_CORRECT = "correct"
_GONE = notices.told("Nothing of that is open here any more.")


async def on_finding_button(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Accept, or our error."""
    await ack()
    action = body["actions"][0]
    target = decode_finding(action.get("value"))
    if target is not None:
        state = STATES[str(action.get("action_id"))]
        intent = DecideFinding(finding_id=target.finding_id, state=state)
        asker = _beside(body, reading.asker_of_click(body, context))
        _do(intent, asker, _voice(body, asker, context, client), context)


async def on_finding_opened(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Dispute, ask, evidence: each opens a form."""
    await ack()
    action = body["actions"][0]
    target = decode_finding(action.get("value"))
    if target is None:
        return
    asker = _beside(body, reading.asker_of_click(body, context))
    name = str(action.get("action_id"))
    here = replace(target, channel=asker.channel_id, thread=asker.thread_ts)
    trigger = str(body.get("trigger_id"))
    services = services_of(context)
    work = partial(_open, name, here, trigger, asker, services, client)
    hand_over(context, answering(client, asker, context.response_url), work)


async def on_group_button(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Decide on all of a cause: shows first what that would be."""
    await ack()
    target = decode_group(body["actions"][0].get("value"))
    if target is not None:
        asker = reading.asker_of_click(body, context)
        trigger, services = str(body.get("trigger_id")), services_of(context)
        work = partial(_open_group, target, trigger, asker, services, client)
        hand_over(context, answering(client, asker, context.response_url), work)


async def on_dispute_form(
    ack: AsyncAck,
    body: dict[str, Any],
    view: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """The invoice stands, because of that."""
    await ack()
    target = decode_finding(view.get("private_metadata"))
    if target is not None:
        state, words = FindingState.DISPUTED, typed(view) or ""
        intent = DecideFinding(finding_id=target.finding_id, state=state, words=words)
        _answer(intent, target, body, context, client)


async def on_ask_form(
    ack: AsyncAck,
    body: dict[str, Any],
    view: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """A colleague is asked."""
    whom = _person(view)
    if whom is None:
        await ack(response_action="errors", errors={Field.MEMBER.value: "Choose somebody."})
        return
    await ack()
    target = decode_finding(view.get("private_metadata"))
    if target is not None:
        question = typed(view) or ""
        intent = AskAboutFinding(finding_id=target.finding_id, whom=whom, question=question)
        _answer(intent, target, body, context, client)


async def on_group_form(
    ack: AsyncAck,
    body: dict[str, Any],
    view: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """What was previewed is decided."""
    await ack()
    target = decode_group(view.get("private_metadata"))
    choice = chosen(view, Field.REASON)
    if target is not None and choice in {state.value for state, _ in drawn.CHOICES}:
        asker = reading.asker_of_form(body, context, target.channel)
        intent = DecideGroup(target=target, state=FindingState(choice), words=typed(view) or "")
        voice = in_conversation(client, asker) if asker.channel_id else whispering(client, asker)
        _do(intent, asker, voice, context)


def _answer(
    intent: Intent,
    target: FindingTarget,
    body: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """Where the form was opened."""
    asker = reading.asker_of_form(body, context, target.channel)
    asker = replace(asker, thread_ts=target.thread)
    voice = in_conversation(client, asker) if asker.channel_id else whispering(client, asker)
    _do(intent, asker, voice, context)


def _do(intent: Intent, asker: Asker, voice: Voice, context: AsyncBoltContext) -> None:
    work = partial(converse, intent, asker, services_of(context), voice)
    hand_over(context, voice, work)


def _voice(
    body: dict[str, Any], asker: Asker, context: AsyncBoltContext, client: AsyncWebClient
) -> Voice:
    """In the thread of the card; to the presser alone where nobody else sees the card."""
    alone = (body.get("container") or {}).get("is_ephemeral") or asker.channel_id is None
    if alone:
        return answering(client, asker, context.response_url)
    return in_conversation(client, asker)


def _beside(body: dict[str, Any], asker: Asker) -> Asker:
    """In the thread of the message that was pressed, unless only the presser sees it."""
    if (body.get("container") or {}).get("is_ephemeral"):
        return asker
    root = asker.thread_ts or (body.get("message") or {}).get("ts")
    return replace(asker, thread_ts=root)


def _person(view: dict[str, Any]) -> str | None:
    state = (view.get("state") or {}).get("values") or {}
    block = state.get(Field.MEMBER.value) or {}
    found = (block.get(Field.MEMBER.value) or {}).get("selected_user")
    return found if isinstance(found, str) and found else None


async def _open(
    name: str,
    target: FindingTarget,
    trigger_id: str,
    asker: Asker,
    services: Services,
    client: AsyncWebClient,
) -> None:
    forms = {Verb.FINDING_DISPUTE: drawn.dispute_form, Verb.FINDING_ASK: drawn.ask_form}
    form = forms.get(Verb(name))
    if form is not None:
        await client.views_open(trigger_id=trigger_id, view=form(target))
        return
    title = f"Finding {target.finding_id}"
    opened = await client.views_open(trigger_id=trigger_id, view=modals.loading(title))

    async def fill() -> View:
        desk = await _desk(asker, READ, title, services)
        if not isinstance(desk, Desk):
            return desk
        storage = desk.services.storage
        view = await show_evidence(target.finding_id, desk.tenants, storage=storage)
        return evidence_view(view) if view else modals.refusal(title, _GONE)

    await _filled(opened["view"]["id"], title, fill, asker, client)


async def _open_group(
    target: GroupTarget, trigger_id: str, asker: Asker, services: Services, client: AsyncWebClient
) -> None:
    title = "Decide on all"
    opened = await client.views_open(trigger_id=trigger_id, view=modals.loading(title))

    async def fill() -> View:
        desk = await _desk(asker, _CORRECT, title, services)
        if not isinstance(desk, Desk):
            return desk
        tenant = next((one for one in desk.tenants if one.id == target.tenant_id), None)
        storage = desk.services.storage
        view = await show_group(tenant, target.key, storage=storage) if tenant else None
        if view is None:
            return modals.refusal(title, _GONE)
        return drawn.group_form(view, asker.channel_id)

    await _filled(opened["view"]["id"], title, fill, asker, client)


async def _filled(
    view_id: str,
    title: str,
    fill: Any,  # noqa: ANN401 - an asynchronous function without arguments
    asker: Asker,
    client: AsyncWebClient,
) -> None:
    """Puts the form where the empty one stands; what goes wrong is told there too."""

    async def tell(notice: Message) -> None:
        await client.views_update(view_id=view_id, view=modals.refusal(title, notice))

    async def show() -> None:
        await client.views_update(view_id=view_id, view=await fill())

    await told_kindly(show, tell=tell, correlation_id=asker.correlation_id)


async def _desk(asker: Asker, verb: str, title: str, services: Services) -> Desk | View:
    """With those clients only for whom they may do that."""
    desk = await desk_for(asker, services)
    if isinstance(desk, Nothing):
        services.observe_slack.action(verb, desk.result)
        return modals.refusal(title, desk.notice)
    free = desk.allowing(verb)
    if not free.tenants:
        services.observe_slack.action(verb, "refused")
        words = "You may not do that for any client in this channel."
        return modals.refusal(title, notices.told(words))
    return free

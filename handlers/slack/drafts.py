"""Hears the form of a note to a client: its choices and its submission.

Must not act: it reads what was filled in and makes one call.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import drafts as drawn
from handlers.blocks.ids import Field, Verb, decode_form
from handlers.services import Services
from handlers.slack import reading
from handlers.slack.desk import Desk
from handlers.slack.forms import KINDS, Opening, View, filled
from handlers.slack.handing import hand_over, services_of
from handlers.slack.intents import Drafted
from handlers.slack.views import do
from handlers.slack.voice import whispering
from jobs.views import ExceptionView
from prompts.draft import LANGUAGES, TONES

_TEXT = f"{Field.DRAFT}-"


async def on_draft_choice(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Another tone or language: the form is drawn anew."""
    await ack()
    view = body.get("view") or {}
    form = decode_form(view.get("private_metadata"))
    if form is None:
        return
    asker = reading.asker_of_form(body, context, form.channel)
    opening = Opening(verb=Verb.DRAFT, target=form.target, trigger_id="", asker=asker)
    work = partial(_redraw, opening, view, services_of(context), client)
    hand_over(context, whispering(client, asker), work)


async def on_draft_form(
    ack: AsyncAck,
    body: dict[str, Any],
    view: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """The text is wanted; the form stays open where there is none."""
    block_id, text = _typed(view)
    if not text:
        await ack(response_action="errors", errors={block_id: "Write something."})
        return
    await ack()
    form = decode_form(view.get("private_metadata"))
    if form is not None:
        tone, language = _style(view)
        intent = Drafted(exception_id=form.target.id, text=text, tone=tone, language=language)
        do(intent, form.channel, body, context, client)


async def _redraw(
    opening: Opening, shown: Mapping[str, Any], services: Services, client: AsyncWebClient
) -> None:
    tone, language = _style(shown)

    async def draw(view: ExceptionView, desk: Desk) -> View:
        return drawn.draft_form(view, desk.asker.channel_id, tone, language)

    view = await filled(opening, KINDS[Verb.DRAFT], services, draw)
    await client.views_update(view_id=str(shown.get("id")), view=view)


def _style(view: Mapping[str, Any]) -> tuple[str, str]:
    """The chosen tone and language; what we did not offer is the first of each."""
    values = (_values(view).get(drawn.STYLE) or {}).items()
    chosen = {name: (value.get("selected_option") or {}).get("value") for name, value in values}
    tone, language = chosen.get(Verb.DRAFT_TONE), chosen.get(Verb.DRAFT_LANGUAGE)
    return (
        tone if tone in TONES else next(iter(TONES)),
        language if language in LANGUAGES else next(iter(LANGUAGES)),
    )


def _typed(view: Mapping[str, Any]) -> tuple[str, str]:
    """The name of the text's block, and the text."""
    for block_id, held in _values(view).items():
        if block_id.startswith(_TEXT):
            value = (held.get(block_id) or {}).get("value")
            return block_id, value.strip()[: drawn.MOST] if isinstance(value, str) else ""
    return _TEXT, ""


def _values(view: Mapping[str, Any]) -> Mapping[str, Any]:
    values: Mapping[str, Any] = (view.get("state") or {}).get("values") or {}
    return values

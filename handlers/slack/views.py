"""Hears submitted forms. Must not act: it checks what was filled in and makes one call."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks.ids import Field, decode_form
from handlers.blocks.modals import CUSTOM
from handlers.slack import reading
from handlers.slack.actions import press
from handlers.slack.handing import hand_over, services_of
from handlers.slack.intents import ActOn, Intent, Replay
from handlers.slack.times import Exactly, Until, read_until
from handlers.slack.voice import whispering
from handlers.slack.waits import read_wait
from policies.lifecycle import RESOLUTIONS


async def on_resolve_form(
    ack: AsyncAck,
    body: dict[str, Any],
    view: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """Resolve with a reason and a note."""
    await ack()
    form = decode_form(view.get("private_metadata"))
    if form is not None:
        reason = chosen(view, Field.REASON)
        intent = ActOn(
            verb="resolve",
            exception_id=form.target.id,
            version=form.target.version,
            reason=reason if reason in RESOLUTIONS else None,
            note=typed(view),
        )
        do(intent, form.channel, body, context, client)


async def on_snooze_form(
    ack: AsyncAck,
    body: dict[str, Any],
    view: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """Snooze until a choice or a day and time; the form stays open where that is missing."""
    until = snooze_until(view)
    wait = None if until else read_wait((chosen(view, Field.UNTIL) or "").split())
    if until is None and wait is None:
        await ack(response_action="errors", errors={Field.CUSTOM: "Choose a day and time."})
        return
    if isinstance(until, Exactly) and until.at <= services_of(context).business_now():
        await ack(response_action="errors", errors={Field.CUSTOM: "Choose a time to come."})
        return
    await ack()
    form = decode_form(view.get("private_metadata"))
    if form is not None:
        number, version = form.target.id, form.target.version
        intent = ActOn(
            verb="snooze",
            exception_id=number,
            version=version,
            until=until,
            awaits=wait.awaits if wait else None,
            note=typed(view),
        )
        do(intent, form.channel, body, context, client)


async def on_replay_form(
    ack: AsyncAck,
    body: dict[str, Any],
    view: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """The previewed replay is wanted."""
    await ack()
    form = decode_form(view.get("private_metadata"))
    if form is not None:
        do(Replay(exception_id=form.target.id), form.channel, body, context, client)


async def on_other_view(ack: AsyncAck) -> None:
    """Any other form, or a form that was closed."""
    await ack()


def snooze_until(view: Mapping[str, Any]) -> Until | None:
    """What the form says about the time; choices are words of the grammar."""
    choice = chosen(view, Field.UNTIL)
    if choice == CUSTOM or choice is None:
        stamp = _value(view, Field.CUSTOM).get("selected_date_time")
        return Exactly(at=datetime.fromtimestamp(stamp, UTC)) if isinstance(stamp, int) else None
    found = read_until(choice.split())
    return found[0] if found else None


def do(
    intent: Intent,
    channel: str | None,
    body: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
) -> None:
    """Does what a form asked for, and tells whoever filled it in."""
    asker = reading.asker_of_form(body, context, channel)
    voice = whispering(client, asker)
    hand_over(context, voice, partial(press, intent, asker, services_of(context), voice))


def chosen(view: Mapping[str, Any], field: Field) -> str | None:
    """The value of a choice in a form."""
    option = _value(view, field).get("selected_option") or {}
    value = option.get("value")
    return value if isinstance(value, str) else None


def typed(view: Mapping[str, Any], field: Field = Field.NOTE) -> str | None:
    """What was typed into a form."""
    value = _value(view, field).get("value")
    return value.strip() or None if isinstance(value, str) else None


def _value(view: Mapping[str, Any], field: Field) -> Mapping[str, Any]:
    values: Mapping[str, Any] = (view.get("state") or {}).get("values") or {}
    found: Mapping[str, Any] = (values.get(field) or {}).get(field) or {}
    return found

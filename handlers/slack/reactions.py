"""Hears emoji under an alert. Must not act: it finds the alert and makes one call.

An emoji is a press of the button that policies/defaults/reactions.yaml makes of it. Taking it
away again does nothing, so nobody listens to that.
"""

from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from handlers.services import Services
from handlers.slack import reading
from handlers.slack.actions import press
from handlers.slack.asker import Asker
from handlers.slack.handing import hand_over, services_of
from handlers.slack.intents import ME, ActOn, Incomplete, Intent
from handlers.slack.times import After
from handlers.slack.voice import whispering
from jobs.tell import CARD
from policies.reactions import Reaction, meant_by

NOTE = "by reaction"
_STORM = Incomplete(why="An emoji is for one exception. This is a storm: press its buttons.")


async def on_reaction(
    event: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Somebody put an emoji under a message; most of them are none of E2A's business."""
    meant = meant_by(str(event.get("reaction") or ""), services_of(context).reactions)
    item = event.get("item") or {}
    if meant is not None and event.get("user") and item.get("type") == "message":
        asker = reading.asker_of_reaction(event, context)
        work = partial(react, meant, str(item["ts"]), asker, services_of(context), client)
        hand_over(context, whispering(client, asker), work)


async def react(
    meant: Reaction, ts: str, asker: Asker, services: Services, client: AsyncWebClient
) -> None:
    """Does what the emoji stands for, where it stands under an alert or in its thread."""
    channel = asker.channel_id or ""
    async with services.storage.read() as tx:
        alert = await tx.alerts.of_message(channel, ts)
        storm = await tx.storms.by_message(channel, ts)
    intent = _STORM if storm else _intent(meant, alert.exception_ids if alert else ())
    if intent is None:
        return
    card = alert.part(CARD).ts if alert else ts
    here = replace(asker, thread_ts=None if card == ts else card)
    await press(intent, here, services, whispering(client, here))


def _intent(meant: Reaction, exception_ids: tuple[int, ...]) -> Intent | None:
    if not exception_ids:
        return None
    if len(exception_ids) > 1:
        return Incomplete(why=f"This alert is about several. Say which: {meant.verb} 7")
    return ActOn(
        verb=meant.verb,
        exception_id=exception_ids[0],
        note=NOTE,
        reason=meant.reason,
        assignee=ME if meant.verb == "assign" else None,
        until=After(minutes=meant.minutes) if meant.minutes else None,
    )

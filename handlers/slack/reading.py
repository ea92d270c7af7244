"""Reads Slack's payloads into who asks from where. Must not act on them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext

from handlers.blocks.ids import Target, decode
from handlers.slack.asker import Asker, Beside

_MESSAGE_SEEN, _CHANNEL_SEEN = "slack#/types/message_context", "slack#/types/channel_id"
_SPOKEN = (None, "file_share", "thread_broadcast")
"""Subtypes of messages that are somebody's words; edits and notices are not."""


def is_spoken(event: Mapping[str, Any]) -> bool:
    """Whether a person said it just now: no bot, no edit, no notice of Slack's."""
    machine = bool(event.get("bot_id")) or not event.get("user")
    return not machine and event.get("subtype") in _SPOKEN and "edited" not in event


def is_direct(event: Mapping[str, Any]) -> bool:
    """Whether it is said to E2A alone."""
    return event.get("channel_type") == "im"


def asker_of_mention(event: Mapping[str, Any], context: AsyncBoltContext) -> Asker:
    """A mention is answered in its thread, which it opens where there is none."""
    root = event.get("thread_ts") or event["ts"]
    asker = _asker(context, event["user"], event["channel"], root)
    return replace(asker, asked_ts=event["ts"])


def asker_of_message(event: Mapping[str, Any], context: AsyncBoltContext) -> Asker:
    """A direct message is answered in the conversation, or in its thread."""
    asker = _asker(context, event["user"], event["channel"], event.get("thread_ts"))
    beside = beside_of(event.get("app_context"))
    return replace(asker, asked_ts=event.get("ts"), beside=beside)


def asker_of_command(command: Mapping[str, Any], context: AsyncBoltContext) -> Asker:
    """Commands come from no thread."""
    return _asker(context, command["user_id"], command["channel_id"])


def asker_of_click(body: Mapping[str, Any], context: AsyncBoltContext) -> Asker:
    """A click comes from a message, a form or Home."""
    place = body.get("container") or {}
    channel = (body.get("channel") or {}).get("id") or place.get("channel_id")
    thread = place.get("thread_ts") or (body.get("message") or {}).get("thread_ts")
    return _asker(context, body["user"]["id"], channel, thread)


def asker_of_form(body: Mapping[str, Any], context: AsyncBoltContext, channel: str | None) -> Asker:
    """A form remembers the channel in which it was opened."""
    return _asker(context, body["user"]["id"], channel)


def asker_of_shortcut(shortcut: Mapping[str, Any], context: AsyncBoltContext) -> Asker:
    """A message shortcut is about that message's thread."""
    message = shortcut.get("message") or {}
    root = message.get("thread_ts") or message.get("ts")
    channel = (shortcut.get("channel") or {}).get("id")
    return _asker(context, shortcut["user"]["id"], channel, root)


def asker_of_reaction(event: Mapping[str, Any], context: AsyncBoltContext) -> Asker:
    """An emoji stands under a message of a channel."""
    return _asker(context, event["user"], event["item"]["channel"])


def asker_of_link(event: Mapping[str, Any], context: AsyncBoltContext) -> Asker:
    """Whoever pasted a link, where they pasted it."""
    return _asker(context, event["user"], event["channel"])


def is_place(event: Mapping[str, Any]) -> bool:
    """Whether a pasted link stands in a channel or in a direct message with E2A.

    Slack tells of links in other people's conversations and in drafts, too.
    """
    channel = str(event.get("channel") or "")
    ours = channel.startswith("D") and event.get("is_bot_user_member") is True
    return ours or (channel.startswith(("C", "G")) and channel != "COMPOSER")


def asker_of_home(event: Mapping[str, Any], context: AsyncBoltContext) -> Asker:
    """Home is in no channel."""
    return _asker(context, event["user"])


def asker_of_view(event: Mapping[str, Any], context: AsyncBoltContext) -> Asker:
    """Somebody has the conversation with E2A before them, and perhaps something next to it."""
    asker = _asker(context, event["user"], event["channel"])
    return replace(asker, beside=beside_of(event.get("context")))


def beside_of(seen: object) -> Beside | None:
    """What Slack says that somebody looks at: the most relevant message or channel, or nothing."""
    entities = seen.get("entities") if isinstance(seen, Mapping) else None
    for entity in entities if isinstance(entities, list) else []:
        kind, value = entity.get("type"), entity.get("value")
        if kind == _MESSAGE_SEEN and isinstance(value, Mapping):
            return Beside(channel_id=str(value["channel_id"]), message_ts=str(value["message_ts"]))
        if kind == _CHANNEL_SEEN and isinstance(value, str):
            return Beside(channel_id=value)
    return None


def pressed(body: Mapping[str, Any]) -> tuple[str, Target | None]:
    """The action id of what was pressed, and the exception that it carries."""
    action = body["actions"][0]
    return str(action.get("action_id", "")), decode(action.get("value"))


def is_home(body: Mapping[str, Any]) -> bool:
    """Whether something was pressed on the Home tab."""
    return (body.get("view") or {}).get("type") == "home"


def _asker(
    context: AsyncBoltContext,
    user_id: str,
    channel_id: str | None = None,
    thread_ts: str | None = None,
) -> Asker:
    known = context.authorize_result
    return Asker(
        user_id=user_id,
        team_id=(known.team_id if known else None) or "",
        correlation_id=context["correlation_id"],
        channel_id=channel_id,
        thread_ts=thread_ts,
    )

"""assistant.threads.setStatus and setSuggestedPrompts.

It must not answer in the app's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.workspace.methods.method import Method
from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from demo.workspace.arguments import Arguments
    from demo.workspace.world import World

_WRITE = ("assistant:write", "chat:write")
_MOST_PROMPTS = 4


async def set_status(world: World, args: Arguments) -> Json:
    """Show what the app is doing in a thread, until it answers there or two minutes pass."""
    channel = world.channel_for_bot(args.required("channel_id"))
    thread_ts = args.text("thread_ts") or None
    if thread_ts is None and not channel.im_user:
        raise ApiError(code="invalid_thread_ts")
    if thread_ts and thread_ts not in channel.messages:
        raise ApiError(code="invalid_thread_ts")
    world.statuses.show(channel.id, thread_ts, args.text("status"))
    return {"ok": True}


async def set_suggested_prompts(world: World, args: Arguments) -> Json:
    """Offer up to four questions in the app's conversation."""
    channel = world.channel_for_bot(args.required("channel_id"))
    if not args.text("thread_ts") and not (world.config.manifest.agent_view and channel.im_user):
        raise ApiError(code="invalid_thread_ts")
    prompts = args.parsed("prompts")
    if not isinstance(prompts, list) or not all(isinstance(item, dict) for item in prompts):
        raise ApiError(code="invalid_arguments")
    if len(prompts) > _MOST_PROMPTS:
        raise ApiError(code="too_many_prompts")
    if not all(item.get("title") and item.get("message") for item in prompts):
        raise ApiError(code="invalid_arguments")
    world.statuses.suggest(channel.id, args.text("title"), prompts)
    return {"ok": True}


METHODS = {
    "assistant.threads.setStatus": Method(set_status, 0, _WRITE),
    "assistant.threads.setSuggestedPrompts": Method(set_suggested_prompts, 3, ("assistant:write",)),
}

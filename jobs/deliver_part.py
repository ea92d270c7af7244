"""Brings one message in Slack to what it should say: posts, edits, or leaves it as it is.

Must not know what it is about, nor put anything on record: who asks for it does.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobs.errors import SlackRefusedError
from jobs.ports.slack import Message, Messenger, Posted
from policies.records import AlertPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the message stands or is to stand; `root` is the thread that it replies to.

    A reply that is `broadcast` is shown in the channel too.
    """

    channel: str
    channel_id: str | None
    root: str | None
    broadcast: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """How it went, where the message stands now, and the digest of what it says."""

    outcome: str
    posted: Posted
    digest: str


async def bring_up(
    drawn: Message,
    *,
    part: AlertPart,
    place: Place,
    uncertain: bool,
    metadata: Mapping[str, Any],
    messenger: Messenger,
) -> Brought:
    """Posts what is missing, edits what differs.

    The outcome is `posted`, `found` (an uncertain earlier attempt had arrived), `ambiguous`
    (posted, though an earlier attempt may have arrived), `updated` or `unchanged`.

    Raises:
        MessageGoneError: somebody deleted it.
        SlackRetryError: Slack did not take it.
        SlackRefusedError: Slack never will.
    """
    digest = _digest(drawn)
    if part.ts is None or place.channel_id is None:
        outcome, posted = await _post(drawn, place, metadata, messenger, uncertain=uncertain)
        return Brought(outcome=outcome, posted=posted, digest=digest)
    posted = Posted(channel_id=place.channel_id, ts=part.ts)
    if part.digest == digest:
        return Brought(outcome="unchanged", posted=posted, digest=digest)
    await messenger.update(place.channel_id, part.ts, drawn, metadata=metadata)
    return Brought(outcome="updated", posted=posted, digest=digest)


async def _post(
    drawn: Message,
    place: Place,
    metadata: Mapping[str, Any],
    messenger: Messenger,
    *,
    uncertain: bool,
) -> tuple[str, Posted]:
    channel = place.channel_id or place.channel
    outcome = "posted"
    if uncertain:
        try:
            found = await messenger.find(channel, metadata=metadata, thread_ts=place.root)
        except SlackRefusedError:
            outcome = "ambiguous"  # the history cannot be read, so it may stand there twice
        else:
            if found is not None:
                await messenger.update(found.channel_id, found.ts, drawn, metadata=metadata)
                return "found", found
    posted = await messenger.post(
        channel, drawn, metadata=metadata, thread_ts=place.root, broadcast=place.broadcast
    )
    return outcome, posted


def _digest(message: Message) -> str:
    text = json.dumps([message.text, message.color, message.blocks], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]

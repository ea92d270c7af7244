"""Keeps what was authenticated and rejected, with the reason, to be read, or read again.

Must not turn a refusal into a failure: when the letter cannot be written, that is logged.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from handlers.api.errors import Issue
from handlers.ingest.sources import SOURCES
from handlers.ingest.told import Told
from handlers.services import Services
from jobs.record_events import keep_rejected
from policies.records import DeadLetter

MAX_TEXT = 64 * 1024
_MAX_ID = 128
_MAX_REASON = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Something that was not taken: `raw` is the body's bytes or one event of a batch.

    `told` is the fact where a source's body told one, `delivered` that body where it told no
    other: then it is what is kept.
    """

    raw: object
    issues: Sequence[Issue]
    told: Told | None = None
    delivered: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who handed it in, with the headers that came with it."""

    tenant_id: int
    source: str
    correlation_id: str
    headers: Mapping[str, str] = field(default_factory=dict)


async def keep(rejected: Sequence[Rejected], sender: Sender, services: Services) -> None:
    """Writes a dead letter for each."""
    if not rejected:
        return
    letters = [letter_of(one, sender) for one in rejected]
    try:
        storage = services.storage.of([sender.tenant_id])
        await keep_rejected(letters, storage=storage, now=services.business_now())
    except Exception:  # noqa: BLE001 - the sender is owed its 4xx whatever happens to our copy
        structlog.get_logger().exception("dead_letters_not_kept", count=len(letters))


def letter_of(one: Rejected, sender: Sender) -> DeadLetter:
    """The letter: its payload holds what reading the delivery again needs.

    `body` is the text as sent, cut at 64 KiB (`truncated`); `whole` says that it is all there and
    nothing in it was replaced. A fact out of a body with others is kept as it was understood.
    """
    body = one.raw if one.delivered is None else one.delivered
    text, whole = _text_of(body)
    reason = "; ".join(f"{issue.path}: {issue.message}" for issue in one.issues)
    payload = {
        "source": sender.source,
        "body": text[:MAX_TEXT],
        "truncated": len(text) > MAX_TEXT,
        "whole": whole and 0 < len(text) <= MAX_TEXT,
        "headers": _telling(sender),
    }
    if one.told is not None and one.delivered is None:
        payload |= {"by_id": one.told.by_id, "names": list(one.told.names)}
    return DeadLetter(
        tenant_id=sender.tenant_id,
        kind="event",
        subject=_named(one.raw, "event_id") or f"a delivery from {sender.source}",
        reason=reason[:_MAX_REASON],
        payload=payload,
        order_id=_named(one.raw, "order_id"),
        correlation_id=sender.correlation_id,
    )


def _telling(sender: Sender) -> dict[str, str]:
    """The headers that the source's file reads; none of them proves anything."""
    source = SOURCES.get(sender.source)
    read = source.headers if source else ()
    return {name: sender.headers[name] for name in read if name in sender.headers}


def _text_of(raw: object) -> tuple[str, bool]:
    """The text, and whether reading it again gives the same."""
    if isinstance(raw, bytes):
        text = raw[: MAX_TEXT + 1].decode("utf-8", "replace")
        shown = text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
        return shown, "\N{REPLACEMENT CHARACTER}" not in shown
    replaced: list[object] = []

    def replacing(value: object) -> str:
        replaced.append(value)
        return repr(value)

    try:
        return json.dumps(raw, default=replacing), not replaced
    except RecursionError:
        return "(nested too deeply to be kept)", False


def _named(raw: object, field: str) -> str | None:
    """That field of the event where it is an id that can be stored."""
    value = raw.get(field) if isinstance(raw, dict) else None
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_ID or not value.isprintable():
        return None
    return value

"""Keeps what was authenticated and rejected, with the reason, for a person to read.

Must not turn a refusal into a failure: when the letter cannot be written, that is logged.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from handlers.api.errors import Issue
from handlers.services import Services
from jobs.record_events import keep_rejected
from policies.records import DeadLetter

MAX_TEXT = 64 * 1024
_MAX_ID = 128
_MAX_REASON = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Something that was not taken: `raw` is the body's bytes or one event of a batch."""

    raw: object
    issues: Sequence[Issue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who handed it in."""

    tenant_id: int
    source: str
    correlation_id: str


async def keep(rejected: Sequence[Rejected], sender: Sender, services: Services) -> None:
    """Writes a dead letter for each."""
    if not rejected:
        return
    letters = [letter_of(one, sender) for one in rejected]
    try:
        await keep_rejected(letters, storage=services.storage, now=services.business_now())
    except Exception:  # noqa: BLE001 - the sender is owed its 4xx whatever happens to our copy
        structlog.get_logger().exception("dead_letters_not_kept", count=len(letters))


def letter_of(one: Rejected, sender: Sender) -> DeadLetter:
    """The letter: the payload holds the source, the text as sent (cut at 64 KiB), and if it was."""
    text = _text_of(one.raw)
    reason = "; ".join(f"{issue.path}: {issue.message}" for issue in one.issues)
    return DeadLetter(
        tenant_id=sender.tenant_id,
        kind="event",
        subject=_named(one.raw, "event_id") or f"a delivery from {sender.source}",
        reason=reason[:_MAX_REASON],
        payload={
            "source": sender.source,
            "body": text[:MAX_TEXT],
            "truncated": len(text) > MAX_TEXT,
        },
        order_id=_named(one.raw, "order_id"),
        correlation_id=sender.correlation_id,
    )


def _text_of(raw: object) -> str:
    if isinstance(raw, bytes):
        return (
            raw[: MAX_TEXT + 1]
            .decode("utf-8", "replace")
            .replace("\x00", "\N{REPLACEMENT CHARACTER}")
        )
    try:
        return json.dumps(raw, default=repr)
    except RecursionError:
        return "(nested too deeply to be kept)"


def _named(raw: object, field: str) -> str | None:
    """That field of the event where it is an id that can be stored."""
    value = raw.get(field) if isinstance(raw, dict) else None
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_ID or not value.isprintable():
        return None
    return value

"""Checks what the app wants to say in a message before it is stored.

It must not store it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from demo.workspace.blockkit import MESSAGE_CHARACTERS, Fault, faults, text_length
from demo.workspace.shapes import ApiError, Json, compact

if TYPE_CHECKING:
    from demo.workspace.arguments import Arguments

_MOST_TEXT = 40_000
_MOST_ATTACHMENTS = 100
_MOST_METADATA_BYTES = 8000


@dataclass(frozen=True, kw_only=True)
class Content:
    """The checked parts of a message; None is a part that was not given."""

    text: str | None
    blocks: list[Json] | None
    attachments: list[Json] | None
    metadata: Json | None

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to show."""
        return not (self.text or self.blocks or self.attachments)


def read_content(args: Arguments) -> Content:
    """Return the message's content, or raise Slack's error for what it refuses."""
    blocks = args.parsed("blocks", error="invalid_blocks_format")
    attachments = args.parsed("attachments", error="invalid_attachments")
    if blocks is not None:
        refuse(faults(blocks, "message"))
    if attachments is not None:
        check_attachments(attachments)
    if text_length(blocks) + text_length(attachments) > MESSAGE_CHARACTERS:
        raise ApiError(code="msg_blocks_too_long")
    text = args.values.get("text")
    return Content(
        text=None if text is None else str(text)[:_MOST_TEXT],
        blocks=_list(blocks),
        attachments=_list(attachments),
        metadata=_metadata(args.parsed("metadata", error="invalid_metadata_format")),
    )


def refuse(found: list[Fault], code: str | None = None) -> None:
    """Raise Slack's error where there are faults."""
    if found:
        messages = [str(fault) for fault in found]
        raise ApiError(code=code or found[0].code, response_metadata={"messages": messages})


def check_attachments(attachments: object) -> None:
    """Raise Slack's error for attachments that it refuses."""
    if not isinstance(attachments, list) or not all(isinstance(item, dict) for item in attachments):
        raise ApiError(
            code="invalid_attachments",
            response_metadata={"messages": ["[ERROR] must be an array of objects"]},
        )
    if len(attachments) > _MOST_ATTACHMENTS:
        raise ApiError(code="too_many_attachments")
    for index, attachment in enumerate(attachments):
        if "blocks" in attachment:
            found = faults(attachment["blocks"], "message", f"/attachments/{index}/blocks")
            too_long = any(fault.code == "msg_blocks_too_long" for fault in found)
            refuse(found, "msg_blocks_too_long" if too_long else "invalid_attachments")


def _metadata(value: object) -> Json | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("event_type"), str):
        raise ApiError(code="invalid_metadata_format")
    if not isinstance(value.get("event_payload"), dict) or set(value) > {
        "event_type",
        "event_payload",
        "entities",
    }:
        raise ApiError(code="invalid_metadata_schema")
    if len(compact(value).encode()) > _MOST_METADATA_BYTES:
        raise ApiError(code="metadata_too_large")
    return value


def _list(value: object) -> list[Any] | None:
    return value if isinstance(value, list) else None

"""What the buttons and the form of an answer carry. Must not draw."""

import json

from handlers.blocks.values import count_of, read_back


def encode_answer(answer_id: int) -> str:
    """The button's value: `{"answer":12}`."""
    return json.dumps({"answer": answer_id}, separators=(",", ":"))


def decode_answer(value: object) -> int | None:
    """The answer's number, or None for anything that `encode_answer` did not write."""
    known = read_back(value)
    return count_of(known.get("answer")) or None if known else None


def encode_answer_form(answer_id: int, channel: str | None) -> str:
    """The form's private_metadata."""
    return json.dumps({"answer": answer_id, "channel": channel}, separators=(",", ":"))


def decode_answer_form(value: object) -> tuple[int, str | None] | None:
    """The answer's number and where the form was opened."""
    known, number = read_back(value), decode_answer(value)
    if known is None or number is None:
        return None
    channel = known.get("channel")
    return number, channel if isinstance(channel, str) else None

"""Messages that the app is still writing: how long each stays open, and what it says so far.

It must not post or show them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from demo.workspace.clock import Clock

MOST_CHARACTERS = 12_000


class Flows:
    """Open streams by channel and message; each dies after `seconds`."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        """Start with none."""
        self._clock = clock
        self._seconds = seconds
        self._open: dict[tuple[str, str], tuple[str, float]] = {}

    def begin(self, channel_id: str, ts: str, text: str) -> None:
        """Open a stream that says this already."""
        self._open[channel_id, ts] = (text, self._clock.ticks() + self._seconds)

    def add(self, channel_id: str, ts: str, text: str) -> str:
        """Append to a stream; return all that it says, or raise where it is not open."""
        said, until = self._open.get((channel_id, ts), ("", 0.0))
        if until <= self._clock.ticks():
            self._open.pop((channel_id, ts), None)
            raise ApiError(code="message_not_in_streaming_state")
        if len(said) + len(text) > MOST_CHARACTERS:
            raise ApiError(code="msg_too_long")
        self._open[channel_id, ts] = (said + text, until)
        return said + text

    def end(self, channel_id: str, ts: str) -> None:
        """Close a stream."""
        self._open.pop((channel_id, ts), None)

    def is_open(self, channel_id: str, ts: str) -> bool:
        """Return whether it can still be appended to."""
        return self._open.get((channel_id, ts), ("", 0.0))[1] > self._clock.ticks()


def markdown_block(text: str) -> list[Json]:
    """Return what a stream says as blocks; none where it says nothing yet."""
    return [{"type": "markdown", "text": text}] if text.strip() else []

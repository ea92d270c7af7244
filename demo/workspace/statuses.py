"""What the app says it is doing, and the questions it suggests.

It must not outlive its two minutes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from demo.workspace.clock import Clock
    from demo.workspace.shapes import Json
    from demo.workspace.traffic import Hub


class Statuses:
    """Shown statuses by channel and thread, suggested prompts by channel."""

    def __init__(self, clock: Clock, hub: Hub, seconds: float) -> None:
        """Keep statuses for `seconds`."""
        self._clock = clock
        self._hub = hub
        self._seconds = seconds
        self._shown: dict[tuple[str, str | None], tuple[str, float]] = {}
        self.prompts: dict[str, Json] = {}

    def show(self, channel_id: str, thread_ts: str | None, text: str) -> None:
        """Show a status; an empty one takes it away."""
        if not text:
            self.forget(channel_id, thread_ts)
            return
        self._shown[channel_id, thread_ts] = (text, self._clock.ticks() + self._seconds)
        self._hub.tell(
            "status", channel=channel_id, thread_ts=thread_ts, text=text, seconds=self._seconds
        )

    def forget(self, channel_id: str, thread_ts: str | None) -> None:
        """Take a status away, because the app answered."""
        if self._shown.pop((channel_id, thread_ts), None):
            self._hub.tell("status", channel=channel_id, thread_ts=thread_ts, text="", seconds=0)

    def suggest(self, channel_id: str, title: str, prompts: list[Json]) -> None:
        """Offer questions in a conversation."""
        self.prompts[channel_id] = {"title": title, "prompts": prompts}
        self._hub.tell("prompts", channel=channel_id, title=title, prompts=prompts)

    def active(self) -> list[Json]:
        """Return the statuses that are shown now."""
        now = self._clock.ticks()
        return [
            {"channel": channel, "thread_ts": thread, "text": text, "seconds": until - now}
            for (channel, thread), (text, until) in self._shown.items()
            if until > now
        ]

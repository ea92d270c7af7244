"""Slack's rate limits: tiers a minute and messages a second per channel.

It must not wait or send.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from typing import TYPE_CHECKING

from demo.workspace.shapes import ApiError

if TYPE_CHECKING:
    from demo.workspace.config import WorkspaceConfig

_MINUTE = 60.0
SPECIAL = 0
_SPECIAL_PER_MINUTE = 600


class RateLimitedError(ApiError):
    """Too many calls; the answer is HTTP 429."""

    def __init__(self, retry_after: int) -> None:
        """Keep the seconds for the Retry-After header."""
        super().__init__(code="ratelimited")
        self.retry_after = retry_after


class Limits:
    """Counts calls per method and posts per channel."""

    def __init__(self, config: WorkspaceConfig) -> None:
        """Read the figures from the config."""
        self._config = config
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)
        self._posts: dict[str, tuple[float, float]] = {}

    def check_method(self, method: str, tier: int) -> None:
        """Count a call; raise RateLimitedError where the tier's minute is full."""
        if not self._config.rate_limits:
            return
        most = self._config.calls_per_minute.get(tier, _SPECIAL_PER_MINUTE)
        now = self._config.clock.ticks()
        recent = self._calls[method]
        while recent and recent[0] <= now - _MINUTE:
            recent.popleft()
        if len(recent) >= most:
            raise RateLimitedError(_whole_seconds(recent[0] + _MINUTE - now))
        recent.append(now)

    def check_post(self, channel_id: str) -> None:
        """Take one message from the channel's bucket; raise RateLimitedError where it is empty."""
        if not self._config.rate_limits:
            return
        now = self._config.clock.ticks()
        left, at = self._posts.get(channel_id, (float(self._config.post_burst), now))
        left = min(float(self._config.post_burst), left + (now - at) * self._config.post_per_second)
        if left < 1:
            self._posts[channel_id] = (left, now)
            raise RateLimitedError(_whole_seconds((1 - left) / self._config.post_per_second))
        self._posts[channel_id] = (left - 1, now)


def _whole_seconds(seconds: float) -> int:
    return max(1, math.ceil(seconds))

"""Signs deliveries as Slack does, or wrongly when told to.

It must not send them.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Literal, get_args

from demo.workspace.shapes import ApiError

Tamper = Literal["bad_signature", "stale", "bad_timestamp", "unsigned", "duplicate"]
_STALE_SECONDS = 600


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the v0 signature of a raw body."""
    digest = hmac.new(
        secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256
    ).hexdigest()
    return f"v0={digest}"


def signed_headers(
    secret: str, body: bytes, now: float, tamper: Tamper | None = None
) -> dict[str, str]:
    """Return the two signature headers; `tamper` says what is wrong with them."""
    timestamp = str(int(now) - (_STALE_SECONDS if tamper == "stale" else 0))
    if tamper == "bad_timestamp":
        timestamp = "yesterday"
    if tamper == "unsigned":
        return {}
    used = "another-secret" if tamper == "bad_signature" else secret
    return {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature(used, timestamp, body),
    }


class TamperSwitch:
    """How the next deliveries are spoilt."""

    def __init__(self) -> None:
        """Start with correct deliveries."""
        self._planned: list[Tamper] = []

    def plan(self, mode: object, count: int) -> None:
        """Spoil the next `count` deliveries."""
        known: tuple[Tamper, ...] = get_args(Tamper)
        chosen = next((item for item in known if item == mode), None)
        if chosen is None:
            raise ApiError(code="unknown_tamper_mode", allowed=list(known))
        self._planned += [chosen] * count

    def clear(self) -> None:
        """Deliver correctly again."""
        self._planned.clear()

    def take(self) -> Tamper | None:
        """Return how to spoil this delivery, or None."""
        return self._planned.pop(0) if self._planned else None

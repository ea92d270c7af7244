"""Which failures of a model say something of one exception, in what words, and when it is enough.

Must not count what was never asked: a spent budget, an open breaker or a mode is no failure.
"""

from collections.abc import Mapping, Sequence

from policies.records import AuditEntry

MODEL_FAILED = "model_failed"
"""The entry of the trail about a call for one exception that gave nothing."""
MOST = 3
"""As many of them since a person last unblocked it, and nothing more happens by itself."""
WORDS: Mapping[str, str] = {
    "timeout": "Connection timeout",
    "unreachable": "Connection refused",
    "disconnected": "Connection lost",
    "server_error": "Server error",
    "rate_limited": "Too many requests",
    "refused": "Request refused",
    "prompt_refused": "Prompt refused",
    "too_large": "Answer too large",
    "junk": "Unreadable answer",
    "invented": "Invented data",
}
"""By the reason that asking gives; what is not here says nothing of the exception."""


def failures_of(trail: Sequence[AuditEntry]) -> int:
    """How often a model failed for an exception since it was last unblocked.

    Args:
        trail: all about the exception, oldest first.
    """
    actions = [entry.action for entry in trail]
    since = len(actions) - actions[::-1].index("unblock") if "unblock" in actions else 0
    return actions[since:].count(MODEL_FAILED)

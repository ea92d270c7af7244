"""What an emoji under an alert stands for: a verb, and what a form would ask besides.

Must not read files, nor do anything: policies/book reads the file, handlers/slack hear the emoji.
"""

from collections.abc import Mapping
from dataclasses import dataclass

VERBS = ("acknowledge", "assign", "resolve", "snooze", "reopen", "block", "unblock")
"""What an emoji can do; `assign` makes it theirs who reacted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """One of VERBS. `reason` is why it is settled; `minutes` for how long it is to be quiet."""

    verb: str
    reason: str | None = None
    minutes: int | None = None


Reactions = Mapping[str, Reaction]
"""By the emoji's name without colons."""


def meant_by(emoji: str, reactions: Reactions) -> Reaction | None:
    """What that emoji does; its skin tone says nothing."""
    return reactions.get(emoji.partition("::")[0])

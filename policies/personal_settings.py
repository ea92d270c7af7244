"""What a person in Slack set for themselves: when they want quiet, and what they want to be told.

Must not read a clock or keep anything: quiet.py says when a window is on, storage keeps.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from policies.quiet import Quiet

LANGUAGES = ("en", "de", "es")
_PERSON = re.compile(r"^[UW][A-Z0-9]{1,30}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalSettings:
    """One person's settings; these are what everybody has who set nothing.

    `quiet` is when direct messages wait, unless the exception is CRITICAL.
    `tell_assigned`: a direct message when somebody else assigns them an exception.
    `tell_worse`: one when an exception of theirs is open again or its severity rose.
    `language` is that of drafts to clients, one of LANGUAGES.
    """

    user_id: str
    quiet: Quiet | None = None
    tell_assigned: bool = True
    tell_worse: bool = True
    language: str = LANGUAGES[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHome:
    """A Home that somebody opened lately. Times are wall time; `digest` is of what they see."""

    user_id: str
    workspace_id: str
    drawn_at: datetime
    digest: str


def is_person(name: str | None) -> bool:
    """Whether that is somebody whom Slack can reach directly, by id."""
    return name is not None and _PERSON.match(name) is not None

"""An answer as it was given: all that is needed to give it again, and what people thought of it.

Must not judge the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Wrong(StrEnum):
    """Why an answer was no help."""

    WRONG = "wrong"
    OUTDATED = "outdated"
    MISSING = "missing"
    MISREAD = "misread"
    UNCLEAR = "unclear"


WRONG_WORDS: Mapping[Wrong, str] = {
    Wrong.WRONG: "It is not true",
    Wrong.OUTDATED: "It is out of date",
    Wrong.MISSING: "The answer exists, but was not found",
    Wrong.MISREAD: "It answers another question",
    Wrong.UNCLEAR: "It is hard to understand",
}
HELPED, NO_HELP = 1, -1


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """A question with its answer.

    `tenants` are all clients that the asker saw, `tenant_id` is the first of them. `channel_id`
    and `thread_ts` are where it was asked; `public` says that a channel reads it. `before` are the
    questions that it followed, `about` the exception of the thread. `asked_at` is wall time, `now`
    the business time as of which it is true. `sources` are the citations' labels and refs,
    `passages` all ids that were found, `indexed_at` what the index knew. `verdict` is HELPED,
    NO_HELP or 0.
    """

    tenant_id: int
    tenants: tuple[int, ...]
    asked_by: str
    question: str
    route: str
    refused: bool
    text: str
    now: datetime
    asked_at: datetime
    id: int = 0
    channel_id: str | None = None
    thread_ts: str | None = None
    public: bool = True
    before: tuple[str, ...] = ()
    about: int | None = None
    sources: tuple[tuple[str, str], ...] = ()
    passages: tuple[str, ...] = ()
    indexed_at: datetime | None = None
    model: str | None = None
    verdict: int = 0
    why: str | None = None
    note: str | None = None
    judged_by: str | None = None
    judged_at: datetime | None = None

"""Who asks a question, what they may see, where the answer is read, and what it may be made with.

Must not answer: answer_question.py does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jobs.ask_model import Asking as ModelAsking
from jobs.ports import Storage
from jobs.ports.search import NoSearch, Search
from policies.promises import Promises


@dataclass(frozen=True, slots=True, kw_only=True)
class Composing:
    """A model that may word answers, and the wall clock by which its budget counts."""

    asking: ModelAsking
    wall_now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks, what they may see, and as of when; `people` are names by Slack id.

    `public` says that a channel reads the answer. `before` are the questions of the same
    conversation that this one follows, the first one first. `composing` is there where a model
    may word answers.
    """

    storage: Storage
    promises: Promises
    tenant_ids: Sequence[int]
    now: datetime
    zone: str
    person: str | None = None
    people: Mapping[str, str] | None = None
    search: Search = field(default_factory=NoSearch)
    public: bool = True
    before: tuple[str, ...] = ()
    composing: Composing | None = None

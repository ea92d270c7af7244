"""What finding passages needs of the world: one question within what the asker may see.

Must not name the index or a model: bot/searching.py plugs those in.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jobs.errors import E2AError

POLICIES, RUNBOOKS, EXCEPTIONS = "policies", "runbooks", "exceptions"
"""The corpora. An exception's `document` is `exception/NUMBER`; read it again before it is told."""


class SearchUnavailableError(E2AError):
    """Documents cannot be searched just now; identifiers and counts can still be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPassage:
    """A piece of a document that was found.

    `text` is verbatim; `lead` was put before it to make it clear, `heading` are the titles above
    it. `tenant` is empty for what holds for every client. `score` is 0 to 1 within this question;
    `cosine` and `bm25` are what each way of comparing gave, None where it did not find it.
    Effective times are aware, None where there is none; `effective_until` is the first moment at
    which it no longer holds. `trusted` is False for words that a model wrote.
    """

    id: str
    tenant: str
    corpus: str
    document: str
    heading: str
    text: str
    lead: str
    citation: str
    version: str
    effective_from: datetime | None
    effective_until: datetime | None
    score: float
    cosine: float | None
    bm25: float | None
    trusted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found, the best first.

    `degraded` says why only words were compared, or None. `as_of` is the moment up to which the
    index knows its documents, None where nobody can say.
    """

    passages: tuple[FoundPassage, ...]
    degraded: str | None = None
    as_of: datetime | None = None


class Search(Protocol):
    """Finds passages."""

    async def find(
        self,
        question: str,
        *,
        tenants: Collection[str],
        at: datetime,
        public: bool,
        corpora: Collection[str] | None = None,
        limit: int = 8,
    ) -> Found:
        """At most `limit` passages, and at most two of a document.

        Args:
            question: in plain words.
            tenants: names of those whose passages may be found, at least one.
            at: what has to be in force, aware.
            public: whether a channel reads the answer; what is only for direct messages is left
                out then.
            corpora: only of these; all where None.
            limit: how many at most.

        Raises:
            SearchUnavailableError: there is nothing to search; the text says why.
        """
        ...


class NoSearch:
    """Nothing can be searched.

    Args:
        why: what people are told.
    """

    def __init__(self, why: str = "") -> None:
        self._why = why

    async def find(
        self,
        question: str,
        *,
        tenants: Collection[str],
        at: datetime,
        public: bool,
        corpora: Collection[str] | None = None,
        limit: int = 8,
    ) -> Found:
        """Raises SearchUnavailableError."""
        del question, tenants, at, public, corpora, limit
        raise SearchUnavailableError(self._why)

"""A search over passages in memory, by words alone; for tests of what stands on it.

Must not be better than the index: it holds the same walls, and counts words that are shared.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from jobs.ports.search import Found, FoundPassage, SearchUnavailableError

_WORD = re.compile(r"\w+")


def passage(
    text: str, *, tenant: str = "", corpus: str = "policies", **more: object
) -> FoundPassage:
    """A passage with what a test does not care about filled in."""
    document = str(more.get("document", "runbooks/a.md"))
    one = FoundPassage(
        id=f"{tenant}/{document}/{text[:20]}",
        tenant=tenant,
        corpus=corpus,
        document=document,
        heading="",
        text=text,
        lead="",
        citation=f"{document}:1",
        version="",
        effective_from=None,
        effective_until=None,
        score=0.0,
        cosine=None,
        bm25=None,
        trusted=True,
    )
    return replace(one, **more)  # type: ignore[arg-type] # a test names fields


class FakeSearch:
    """Finds what shares words with the question, within the walls.

    Args:
        passages: everything there is.
        private: ids of those that only a direct message may see.
        why_not: nothing can be searched, and why.
    """

    def __init__(
        self,
        passages: Sequence[FoundPassage] = (),
        *,
        private: Collection[str] = (),
        why_not: str | None = None,
        degraded: str | None = None,
        as_of: datetime | None = None,
    ) -> None:
        self.passages = list(passages)
        self.private = set(private)
        self.why_not = why_not
        self.degraded = degraded
        self.as_of = as_of
        self.asked: list[str] = []

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
        """See Search."""
        self.asked.append(question)
        if self.why_not is not None:
            raise SearchUnavailableError(self.why_not)
        words = _words(question)
        hits = [
            replace(one, score=len(shared) / len(words), cosine=len(shared) / len(words))
            for one in self.passages
            if one.tenant in {"", *tenants}
            and (corpora is None or one.corpus in corpora)
            and not (public and one.id in self.private)
            and (one.effective_from is None or one.effective_from <= at)
            and (one.effective_until is None or at < one.effective_until)
            and (shared := words & _words(f"{one.heading} {one.lead} {one.text}"))
        ]
        hits.sort(key=lambda hit: -hit.score)
        return Found(passages=tuple(hits[:limit]), degraded=self.degraded, as_of=self.as_of)


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}

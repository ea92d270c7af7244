"""Documents that people gave E2A to answer from, and which version of one holds when.

Must not cut or search them: rag does.
"""

from dataclasses import dataclass, replace
from datetime import datetime

MOST_LETTERS = 2_000_000
"""Of one document's text."""
CHANNEL, DIRECT = "channel", "direct"
"""Where its passages may be quoted: anywhere the client is seen, or only in direct messages."""
VISIBILITIES = (CHANNEL, DIRECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedDocument:
    """A text of one client, as it was read out of a file.

    `name` is what citations call it; `number` counts its versions from 1. `form` says how it is
    cut, `pages` is the text, page by page where it has numbered ones, and empty in lists. `digest`
    is of the file.
    `ends_at` is when a later version took its place, None for the latest. Times are aware.
    """

    tenant_id: int
    name: str
    form: str
    pages: tuple[str, ...]
    digest: str
    added_by: str
    added_at: datetime
    number: int = 1
    visibility: str = CHANNEL
    effective_from: datetime | None = None
    effective_until: datetime | None = None
    ends_at: datetime | None = None
    id: int = 0

    @property
    def visible(self) -> bool:
        """Whether it may be named and quoted in channels."""
        return self.visibility == CHANNEL

    @property
    def until(self) -> datetime | None:
        """The first moment at which it no longer holds, for whatever reason."""
        ends = [moment for moment in (self.effective_until, self.ends_at) if moment is not None]
        return min(ends, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """A new version, and the moment at which the one before ends."""

    document: LearnedDocument
    ends_before: datetime | None


def succeed(document: LearnedDocument, before: LearnedDocument | None) -> Succession:
    """The document as the next version of what is there under its name.

    Without a day of its own it holds from the moment that it was given; the version before holds
    until then, so that a question about an earlier day still finds what held.
    """
    if before is None:
        return Succession(document=document, ends_before=None)
    begins = document.effective_from or document.added_at
    fresh = replace(document, number=before.number + 1, effective_from=begins)
    return Succession(document=fresh, ends_before=begins)

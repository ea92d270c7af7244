"""What is retrieved: passages of documents, and the scope within which they may be found.

Must not cut, embed or search: this file only says what the things are.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

EVERYONE = ""
"""The tenant of what holds for every client; a client's own has the client's name."""
FIRST, LAST = -(2**62), 2**62
"""Epoch seconds before and after everything, where a text has no day of its own."""


class Corpus(StrEnum):
    """Which shelf a document stands on."""

    POLICIES = "policies"
    RUNBOOKS = "runbooks"
    EXCEPTIONS = "exceptions"


class Visibility(StrEnum):
    """Where a passage may be read: in a channel, or only in a direct message."""

    CHANNEL = "channel"
    DIRECT = "direct"


VISIBLE = {
    Visibility.CHANNEL: (Visibility.CHANNEL,),
    Visibility.DIRECT: (Visibility.CHANNEL, Visibility.DIRECT),
}
"""What may be read at a place."""


class Form(StrEnum):
    """How a document is written, which says how it is cut."""

    MARKDOWN = "markdown"
    TEXT = "text"
    YAML = "yaml"
    TABLE = "table"
    RECORD = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From when to when something holds, aware; None where it has no such end."""

    begins: datetime | None = None
    ends: datetime | None = None

    def within(self, begins: datetime | None, ends: datetime | None) -> "Window":
        """What of it lies within another one."""
        first = [moment for moment in (self.begins, begins) if moment is not None]
        last = [moment for moment in (self.ends, ends) if moment is not None]
        return Window(begins=max(first, default=None), ends=min(last, default=None))


ALWAYS = Window()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text before it is cut.

    `name` is what a citation calls it, such as `runbooks/carrier.md`; one name is one document of
    a tenant and corpus. `pages` is the text; more than one where it has numbered pages. `not_for`
    are clients with a text of their own in place of this one of everyone's; `without` are sections
    of a policy that another text replaces. Effective times are
    aware and None where there is none; `until` is the first moment at which it no longer holds.
    `trusted` is False for words that a model wrote.
    """

    tenant: str
    corpus: Corpus
    name: str
    form: Form
    pages: tuple[str, ...]
    changed_at: datetime
    title: str = ""
    version: str = ""
    not_for: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    effective_from: datetime | None = None
    effective_until: datetime | None = None
    visibility: Visibility = Visibility.CHANNEL
    trusted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in its document a passage stands: lines from 1, or a page from 1, both inclusive."""

    first_line: int
    last_line: int
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of a document that answers by itself.

    `id` follows from whose it is, its document, its heading and its text, so that it stays when
    lines move; `digest` covers everything else as well. `heading` is the path of titles above it.
    `text` is verbatim but for what stands in `lead`, which was put before it to make it clear.
    """

    id: UUID
    digest: str
    tenant: str
    corpus: Corpus
    document: str
    heading: str
    text: str
    place: Place
    changed_at: datetime
    lead: str = ""
    version: str = ""
    not_for: tuple[str, ...] = ()
    effective_from: datetime | None = None
    effective_until: datetime | None = None
    visibility: Visibility = Visibility.CHANNEL
    trusted: bool = True

    @property
    def words(self) -> str:
        """All of it, as it is embedded and searched."""
        return "\n".join(part for part in (self.heading, self.lead, self.text) if part)

    @property
    def citation(self) -> str:
        """Where to look it up: `sla.yaml:12-20` or `manual.pdf, p. 3`."""
        if self.place.page is not None:
            return f"{self.document}, p. {self.place.page}"
        first, last = self.place.first_line, self.place.last_line
        return f"{self.document}:{first}" + (f"-{last}" if last > first else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose passages may be found, as of when, and where the answer will be read.

    There is no default and no way to say all: nothing is searched without it.

    Raises:
        ValueError: no tenant is named, one is nameless, or `at` is naive.
    """

    tenants: frozenset[str]
    at: datetime
    place: Visibility
    corpora: frozenset[Corpus] = frozenset(Corpus)

    def __post_init__(self) -> None:
        if not self.tenants or EVERYONE in self.tenants:
            message = "a scope names at least one tenant"
            raise ValueError(message)
        if self.at.tzinfo is None:
            message = "a scope's time needs a time zone"
            raise ValueError(message)

    def admits(self, passage: Passage) -> bool:
        """Whether it may be found within this scope: the same as the filters of the indexes."""
        begin, end = seconds(passage.effective_from, FIRST), seconds(passage.effective_until, LAST)
        return (
            self._whose(passage.tenant, passage.not_for)
            and begin <= int(self.at.timestamp()) < end
            and passage.visibility in VISIBLE[self.place]
            and passage.corpus in self.corpora
        )

    def _whose(self, tenant: str, not_for: Collection[str]) -> bool:
        if tenant == EVERYONE:
            return not self.tenants <= set(not_for)
        return tenant in self.tenants


def seconds(moment: datetime | None, otherwise: int) -> int:
    """Epoch seconds of a moment, as indexes compare them."""
    return otherwise if moment is None else int(moment.timestamp())

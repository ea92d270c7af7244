"""What learning documents needs of the world: where they are kept, and somebody who reads them.

Must not name a concrete class: bot/ plugs those in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jobs.errors import E2AError
from jobs.ports.files import Received
from policies.documents import LearnedDocument


class UnreadableError(E2AError):
    """There is no text in the file that can be read; the text says why and what would help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """What was read out of a file.

    `title`, dates and `visibility` are what the file says of itself, where it does. `passages` is
    into how many pieces it is cut, `numbered` whether its pages have numbers.
    """

    form: str
    pages: tuple[str, ...]
    passages: int
    numbered: bool = False
    title: str = ""
    effective_from: datetime | None = None
    effective_until: datetime | None = None
    visibility: str | None = None


class Reader(Protocol):
    """Reads the text out of files."""

    async def read(self, received: Received) -> ReadFile:
        """Its text; raises UnreadableError."""
        ...


class Documents(Protocol):
    """Documents that people gave."""

    async def latest(self, tenant_ids: Sequence[int]) -> list[LearnedDocument]:
        """The latest version of each without its text, by client and name."""
        ...

    async def add(self, document: LearnedDocument, ends_before: datetime | None) -> LearnedDocument:
        """Adds a version; the one before ends then."""
        ...

    async def forget(self, tenant_id: int, name: str) -> int:
        """Deletes all versions of that name; returns how many there were."""
        ...

    async def after(self, document_id: int, limit: int) -> list[LearnedDocument]:
        """All versions of all names with their text, by id, those after `document_id`."""
        ...

    async def mark(self) -> tuple[int, int]:
        """Something that is another one after every change."""
        ...


class NoReader:
    """Nothing can be read here."""

    async def read(self, received: Received) -> ReadFile:
        """Raises UnreadableError."""
        message = f"{received.file.name}: documents cannot be read here"
        raise UnreadableError(message)

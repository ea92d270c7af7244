"""What a file that somebody shared in Slack needs of the world: to be fetched.

Must not name a Slack library: bot/downloads.py fetches.
"""

from dataclasses import dataclass
from typing import Protocol

from jobs.errors import E2AError
from policies.file_kinds import FileKind

MOST_BYTES = 20 << 20
"""Of one file, unless a task takes less."""


class FileRefusedError(E2AError):
    """The file cannot be taken; the text says why and what would help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFile:
    """A file as Slack tells of it. `url` is None where it lies somewhere else than in Slack."""

    id: str
    name: str
    size: int
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A file with its content; `kind` is of the content, not of its name alone."""

    file: SharedFile
    kind: FileKind
    content: bytes


class Downloads(Protocol):
    """Fetches files out of Slack, and from nowhere else."""

    def of(self, token: str | None) -> "Downloads":
        """The same with the right of that workspace's token."""
        ...

    async def fetch(self, file: SharedFile, *, most_bytes: int = MOST_BYTES) -> bytes:
        """Its content.

        Raises:
            FileRefusedError: it is too large, lies elsewhere, or Slack does not hand it over.
        """
        ...


class NoDownloads:
    """Files cannot be fetched here."""

    def of(self, token: str | None) -> "NoDownloads":
        """The same."""
        del token
        return self

    async def fetch(self, file: SharedFile, *, most_bytes: int = MOST_BYTES) -> bytes:
        """Raises FileRefusedError."""
        del most_bytes
        message = f"{file.name}: files cannot be fetched here"
        raise FileRefusedError(message)

"""What is to be known: documents by shelf, read from where they lie and cut into passages.

Must not index. Further shelves satisfy the same Protocol.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from rag.errors import ExtractionError
from rag.extract import MOST_BYTES, pages_of_pdf, rows_of_table
from rag.markdown import FrontMatterError
from rag.passage import EVERYONE, Corpus, Document, Form, Passage
from rag.passages import passages_of

Complaint = Callable[[str], None]
"""Hears of a file that cannot be used; the others are."""
_FORMS = {
    ".md": Form.MARKDOWN,
    ".markdown": Form.MARKDOWN,
    ".txt": Form.TEXT,
    ".yaml": Form.YAML,
    ".yml": Form.YAML,
    ".csv": Form.TABLE,
    ".pdf": Form.TEXT,
}


class Shelves(Protocol):
    """Documents of one corpus."""

    @property
    def corpus(self) -> Corpus:
        """Which one."""
        ...

    def passages(self) -> AsyncIterator[Passage]:
        """Everything that ought to be found of it, in an order that stays."""
        ...


class Documents:
    """Documents that are made when they are asked for, such as the policies in force.

    Args:
        corpus: where they stand.
        read: makes them, some at a time.
        complain: hears of those that cannot be cut.
    """

    def __init__(
        self, corpus: Corpus, read: Callable[[], AsyncIterator[list[Document]]], complain: Complaint
    ) -> None:
        self.corpus = corpus
        self._read = read
        self._complain = complain

    async def passages(self) -> AsyncIterator[Passage]:
        """See Shelves."""
        async for some in self._read():
            for passage in await asyncio.to_thread(self._cut, some):
                yield passage

    def _cut(self, documents: Iterable[Document]) -> list[Passage]:
        found: list[Passage] = []
        for document in documents:
            try:
                found += passages_of(document)
            except FrontMatterError as error:
                self._complain(str(error))
        return found


class Together:
    """Shelves of one corpus, one behind the other.

    Args:
        corpus: of all of them.
        shelves: at least one.
    """

    def __init__(self, corpus: Corpus, shelves: Sequence[Shelves]) -> None:
        self.corpus = corpus
        self._shelves = shelves

    async def passages(self) -> AsyncIterator[Passage]:
        """See Shelves."""
        async for passage in everything(self._shelves):
            yield passage


class Runbooks:
    """Files below `runbooks` and `tenants/NAME/runbooks` of a folder.

    Args:
        folder: the operator's, or None where there is none.
        complain: hears of files that hold no text.
    """

    corpus = Corpus.RUNBOOKS

    def __init__(self, folder: Path | None, complain: Complaint) -> None:
        self._folder = folder
        self._complain = complain

    async def passages(self) -> AsyncIterator[Passage]:
        """See Shelves."""
        for tenant, path, name in await asyncio.to_thread(lambda: list(self._files())):
            try:
                cut = await asyncio.to_thread(lambda: passages_of(_read(tenant, path, name)))  # noqa: B023 - awaited at once
            except (ExtractionError, FrontMatterError) as error:
                self._complain(str(error))
                continue
            for passage in cut:
                yield passage

    def _files(self) -> Iterator[tuple[str, Path, str]]:
        """Tenant, file and what citations call it, sorted."""
        if self._folder is None:
            return
        theirs = ((path.parent.name, path) for path in self._folder.glob("tenants/*/runbooks"))
        for tenant, root in ((EVERYONE, self._folder / "runbooks"), *sorted(theirs)):
            for path in sorted(root.rglob("*")):
                if path.suffix.lower() in _FORMS and path.is_file():
                    yield tenant, path, f"runbooks/{path.relative_to(root).as_posix()}"


def _read(tenant: str, path: Path, name: str) -> Document:
    """A file as a document.

    Raises:
        ExtractionError: it holds no text that can be read.
    """
    try:
        found = path.stat()
        raw = path.read_bytes() if found.st_size <= MOST_BYTES else None
    except OSError as error:
        message = f"{name}: {error.strerror}"
        raise ExtractionError(message) from error
    if raw is None:
        message = f"{name}: is larger than {MOST_BYTES >> 20} MB; split it"
        raise ExtractionError(message)
    document = Document(
        tenant=tenant,
        corpus=Corpus.RUNBOOKS,
        name=name,
        form=_FORMS[path.suffix.lower()],
        pages=(),
        changed_at=datetime.fromtimestamp(found.st_mtime, UTC),
    )
    return replace(document, pages=pages_of(raw, path.suffix.lower(), name))


def pages_of(raw: bytes, suffix: str, name: str) -> tuple[str, ...]:
    """The text of a file by the end of its name: pages, rows, or all of it.

    Raises:
        ExtractionError: it holds no text that can be read.
    """
    if suffix == ".pdf":
        return pages_of_pdf(raw, name)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{name}: is not UTF-8 text"
        raise ExtractionError(message) from error
    return rows_of_table(text, name) if suffix == ".csv" else (text.replace("\r\n", "\n"),)


async def everything(shelves: Sequence[Shelves]) -> AsyncIterator[Passage]:
    """All passages, shelf by shelf."""
    for shelf in shelves:
        async for passage in shelf.passages():
            yield passage

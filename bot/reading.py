"""Reads the text out of files that people hand over, and says into how many passages it falls.

Must not keep anything.
"""

import asyncio
from datetime import UTC, datetime

from jobs.ports.documents import ReadFile, UnreadableError
from jobs.ports.files import Received
from policies.documents import MOST_LETTERS
from policies.file_kinds import FileKind
from rag.corpora import pages_of
from rag.errors import ExtractionError
from rag.markdown import FrontMatterError, with_front_matter
from rag.passage import EVERYONE, Corpus, Document, Form
from rag.passages import passages_of

_FORMS = {
    FileKind.MARKDOWN: (".md", Form.MARKDOWN),
    FileKind.TEXT: (".txt", Form.TEXT),
    FileKind.TABLE: (".csv", Form.TABLE),
    FileKind.PDF: (".pdf", Form.TEXT),
}


class FileReader:
    """Satisfies Reader; works in a thread, since a long PDF takes seconds."""

    async def read(self, received: Received) -> ReadFile:
        """See Reader."""
        return await asyncio.to_thread(_read, received)


def _read(received: Received) -> ReadFile:
    name = received.file.name
    suffix, form = _FORMS[received.kind]
    try:
        pages = pages_of(received.content, suffix, name)
        document = Document(
            tenant=EVERYONE,
            corpus=Corpus.RUNBOOKS,
            name=name,
            form=form,
            pages=pages,
            changed_at=datetime(1970, 1, 1, tzinfo=UTC),
        )
        said = with_front_matter(document) if form is Form.MARKDOWN else document
        passages = len(passages_of(document))
    except (ExtractionError, FrontMatterError) as error:
        raise UnreadableError(str(error)) from error
    if not passages:
        message = f"{name}: has no text"
        raise UnreadableError(message)
    if sum(map(len, pages)) > MOST_LETTERS:
        message = f"{name}: has more than {MOST_LETTERS:,} letters; split it"
        raise UnreadableError(message)
    return ReadFile(
        form=form.value,
        pages=pages,
        passages=passages,
        numbered=received.kind is FileKind.PDF,
        title=said.title,
        effective_from=said.effective_from,
        effective_until=said.effective_until,
        visibility=said.visibility.value,
    )

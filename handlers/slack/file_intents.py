"""What somebody can want of files, and of documents that E2A was given; intents.py has the rest.

Must not hold words or rules: files.py and document_words.py read words into these.
"""

from dataclasses import dataclass

from handlers.slack.bill_intents import BillIntent
from jobs.ports.files import SharedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class WithFiles:
    """Do something with files that came with the words; `task` is a key of files.TASKS."""

    task: str
    verb: str
    files: tuple[SharedFile, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowDocuments:
    """Which documents are answered from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetDocument:
    """Delete a document with all its versions; `client` where its name alone does not say which."""

    name: str
    client: str = ""


FileIntent = WithFiles | ShowDocuments | ForgetDocument | BillIntent

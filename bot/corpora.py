"""The shelves of this deployment: policies, runbooks, documents that people gave, exceptions.

Must not index: rag does. Each has a mark that is another one after a change.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import Now
from bot.policy_corpus import policy_documents
from policies.documents import LearnedDocument
from policies.records import ExceptionRecord
from rag.corpora import Complaint, Documents, Runbooks, Shelves, Together
from rag.passage import Corpus, Document, Form, Visibility
from rag.records import documents_of
from storage.transaction import SqlStorage

KNOWN_FOR = timedelta(days=180)
"""Of exceptions that are over; active ones are known whatever their age."""
_MOST_EXCEPTIONS = 20_000
"""The newest of them: an hour of embedding is the most that a rebuild may take."""
_PAGE = 200
_FOLDERS = ("runbooks/**/*", "tenants/*/runbooks/**/*")
_POLICIES = ("*.yaml", "tenants/*/*.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A shelf, and its mark: equal marks mean that nothing changed on it."""

    shelf: Shelves
    mark: Callable[[], Awaitable[Hashable]]


def shelves_of(
    policies_dir: Path | None, storage: SqlStorage, complain: Complaint, business_now: Now
) -> tuple[Watched, ...]:
    """All of them. Exceptions have no mark: they are followed one by one.

    Args:
        policies_dir: the operator's folder.
        storage: of all tenants.
        complain: hears of files that cannot be used.
        business_now: from when on exceptions count as recent.
    """

    async def policies_mark() -> Hashable:
        async with storage.read() as tx:
            adopted = await tx.policies.mark()
        return adopted, await asyncio.to_thread(_stamp, policies_dir, _POLICIES)

    async def runbooks_mark() -> Hashable:
        async with storage.read() as tx:
            given = await tx.documents.mark()
        return given, await asyncio.to_thread(_stamp, policies_dir, _FOLDERS)

    async def no_mark() -> Hashable:
        return None

    def policies() -> AsyncIterator[list[Document]]:
        return _policies(policies_dir, storage)

    runbooks = Together(
        Corpus.RUNBOOKS,
        (
            Runbooks(policies_dir, complain),
            Documents(Corpus.RUNBOOKS, lambda: _given(storage), complain),
        ),
    )
    exceptions = Documents(
        Corpus.EXCEPTIONS, lambda: _exceptions(storage, business_now()), complain
    )
    return (
        Watched(shelf=Documents(Corpus.POLICIES, policies, complain), mark=policies_mark),
        Watched(shelf=runbooks, mark=runbooks_mark),
        Watched(shelf=exceptions, mark=no_mark),
    )


async def tenant_names(storage: SqlStorage) -> dict[int, str]:
    """Names by number; synthetic traffic is not to be found."""
    async with storage.read() as tx:
        return {one.id: one.name for one in await tx.tenants.all() if not one.synthetic}


def worded(records: Sequence[ExceptionRecord], names: Mapping[int, str]) -> list[Document]:
    """The records of known tenants as documents."""
    return [
        document
        for record in records
        if record.tenant_id in names
        for document in documents_of(record, names[record.tenant_id])
    ]


async def _policies(
    policies_dir: Path | None, storage: SqlStorage
) -> AsyncIterator[list[Document]]:
    async with storage.read() as tx:
        versions = await tx.policies.all()
    yield await asyncio.to_thread(lambda: list(policy_documents(policies_dir, versions)))


async def _given(storage: SqlStorage) -> AsyncIterator[list[Document]]:
    """What people gave, a few at a time: a document may be long."""
    names, last = await tenant_names(storage), 0
    while True:
        async with storage.read() as tx:
            some = await tx.documents.after(last, limit=20)
        if not some:
            return
        last = some[-1].id
        yield [_document(one, names[one.tenant_id]) for one in some if one.tenant_id in names]


def _document(one: LearnedDocument, tenant: str) -> Document:
    """One that was replaced is cited with its version, so that nobody takes it for today's."""
    name = one.name if one.ends_at is None else f"{one.name}, version {one.number}"
    return Document(
        tenant=tenant,
        corpus=Corpus.RUNBOOKS,
        name=name,
        form=Form(one.form),
        pages=one.pages,
        changed_at=one.added_at,
        version=str(one.number),
        effective_from=one.effective_from,
        effective_until=one.until,
        visibility=Visibility(one.visibility),
    )


async def _exceptions(storage: SqlStorage, now: datetime) -> AsyncIterator[list[Document]]:
    """Active and recent ones, newest first."""
    names, since = await tenant_names(storage), now - KNOWN_FOR
    below: int | None = None
    for _ in range(_MOST_EXCEPTIONS // _PAGE):
        async with storage.read() as tx:
            some = await tx.notable.page(since, below, _PAGE)
        if not some:
            return
        below = some[-1].id
        yield worded(some, names)


def _stamp(folder: Path | None, patterns: Sequence[str]) -> Hashable:
    """Names, sizes and times of the files; one that goes away meanwhile is not there."""
    if folder is None:
        return None
    found = []
    for path in sorted(path for pattern in patterns for path in folder.glob(pattern)):
        try:
            status = path.stat()
        except OSError:
            continue
        found.append((str(path), status.st_mtime_ns, status.st_size))
    return tuple(found)

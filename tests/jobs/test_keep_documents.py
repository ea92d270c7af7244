"""A file becomes a document of one client, version by version, and every change is on the trail."""

from datetime import UTC, datetime, timedelta

import pytest

from jobs.keep_documents import Wish, forget_document, learn_document, list_documents, name_of
from jobs.ports.documents import NoReader, ReadFile, UnreadableError
from jobs.ports.files import Received, SharedFile
from policies.documents import CHANNEL, DIRECT, LearnedDocument
from policies.file_kinds import FileKind
from policies.records import Tenant
from storage.memory import MemoryStorage

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class FakeReader:
    """Reads what it is told to.

    Args:
        said: what a file says of itself.
    """

    def __init__(self, **said: object) -> None:
        self._said = said

    async def read(self, received: Received) -> ReadFile:
        """The content as one page."""
        pages = (received.content.decode(),)
        return ReadFile(form="markdown", pages=pages, passages=1, **self._said)  # type: ignore[arg-type]


def a_file(text: str = "Words.", name: str = "a.md") -> Received:
    """A file that somebody shared."""
    file = SharedFile(id="F1", name=name, size=len(text), url="https://files.slack.com/a")
    return Received(file=file, kind=FileKind.MARKDOWN, content=text.encode())


@pytest.fixture
async def acme() -> tuple[MemoryStorage, Wish]:
    """A client, and somebody who may."""
    storage = MemoryStorage()
    async with storage.write() as tx:
        tenant = await tx.tenants.add(Tenant(id=0, name="acme"))
    return storage, Wish(tenant=tenant, actor="slack:U1", correlation_id="c-1")


async def versions(storage: MemoryStorage) -> list[LearnedDocument]:
    """All that is kept."""
    async with storage.read() as tx:
        return await tx.documents.after(0, 99)


async def test_a_later_file_of_that_name_takes_over(acme: tuple[MemoryStorage, Wish]) -> None:
    """The version before ends where the new one begins; the same file again changes nothing."""
    storage, wish = acme
    done = [
        await learn_document(a_file(text), wish, storage=storage, reader=FakeReader(), now=at)
        for text, at in (("One.", NOW), ("One.", NOW + DAY), ("Two.", NOW + 2 * DAY))
    ]
    assert [one.fresh for one in done] == [True, False, True]
    first, second = await versions(storage)
    assert (first.number, first.effective_from, first.until) == (1, None, NOW + 2 * DAY)
    assert (second.number, second.effective_from, second.until) == (2, NOW + 2 * DAY, None)
    async with storage.read() as tx:
        trail = await tx.audit.of_subject(wish.tenant.id, "document:a.md")
    assert [(one.action, one.after["version"], one.actor) for one in trail] == [
        ("learn_document", 1, "slack:U1"),
        ("learn_document", 2, "slack:U1"),
    ]


async def test_the_stricter_and_the_narrower_holds(acme: tuple[MemoryStorage, Wish]) -> None:
    """Of what the file and the person say: direct wins over channel, and the shorter time."""
    storage, wish = acme
    reader = FakeReader(visibility=CHANNEL, effective_from=NOW - DAY, effective_until=NOW + 9 * DAY)
    person = Wish(
        tenant=wish.tenant,
        actor=wish.actor,
        correlation_id="c-2",
        direct=True,
        effective_from=NOW,
        effective_until=NOW + 30 * DAY,
    )
    done = await learn_document(a_file(), person, storage=storage, reader=reader, now=NOW)
    kept = done.document
    assert (kept.visibility, kept.effective_from, kept.until) == (DIRECT, NOW, NOW + 9 * DAY)
    stricter = FakeReader(visibility=DIRECT)
    again = await learn_document(a_file("x"), wish, storage=storage, reader=stricter, now=NOW)
    assert again.document.visibility == DIRECT


async def test_what_cannot_be_read_leaves_no_trace(acme: tuple[MemoryStorage, Wish]) -> None:
    """No row and no entry on the trail."""
    storage, wish = acme
    with pytest.raises(UnreadableError):
        await learn_document(a_file(), wish, storage=storage, reader=NoReader(), now=NOW)
    assert await versions(storage) == []


async def test_forgetting_takes_all_versions_of_one_client(
    acme: tuple[MemoryStorage, Wish],
) -> None:
    """Another client's document of the same name stays; forgetting nothing is no act."""
    storage, wish = acme
    async with storage.write() as tx:
        other = await tx.tenants.add(Tenant(id=0, name="globex"))
    theirs = Wish(tenant=other, actor="slack:U2", correlation_id="c-3")
    for text, whose in (("One.", wish), ("Two.", wish), ("One.", theirs)):
        await learn_document(a_file(text), whose, storage=storage, reader=FakeReader(), now=NOW)
    assert await forget_document("a.md", wish, storage=storage, now=NOW) == 2
    assert await forget_document("a.md", wish, storage=storage, now=NOW) == 0
    listed = await list_documents([wish.tenant, other], storage=storage)
    assert [(tenant.name, one.name) for tenant, one in listed] == [("globex", "a.md")]
    async with storage.read() as tx:
        trail = await tx.audit.of_subject(wish.tenant.id, "document:a.md")
    assert [one.action for one in trail][-1] == "forget_document"


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("C:\\rates\\UPS  2026.pdf", "UPS 2026.pdf"),
        ("../../etc/passwd", "passwd"),
        ("", "document"),
    ],
)
def test_a_document_is_called_by_its_bare_name(file: str, name: str) -> None:
    """No path, no line breaks, never nothing."""
    assert name_of(file) == name

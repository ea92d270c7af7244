"""Files that people share are learned by role, listed, and forgotten; in the local workspace."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.downloads import SlackDownloads, is_slacks
from bot.reading import FileReader
from handlers.blocks.documents import documents, forgotten, learned
from handlers.slack.document_words import Teaching, read_teaching
from handlers.slack.file_intents import ForgetDocument, ShowDocuments, WithFiles
from handlers.slack.files import files_of, parse_with_files
from handlers.slack.grammar import parse
from handlers.slack.intents import Ask, Incomplete, Intent
from jobs.keep_documents import Learned
from jobs.ports.documents import ReadFile
from jobs.ports.files import MOST_BYTES, FileRefusedError, SharedFile
from policies.documents import LearnedDocument
from tests.propriety import wrongs
from tests.rag.test_extract import a_pdf
from tests.slack.clock_values import TENANT
from tests.slack.test_in_workspace import ACME, MARIA, Stage, behind_a_workspace
from tests.slack.values import NOW
from tests.slack.world import open_world

GUIDE = "# Carriers\n\nCall the desk before noon.\n\n## Damage\n\nTake three photos.\n"
FILE = SharedFile(id="F1", name="guide.md", size=9, url="https://files.slack.com/f/guide.md")


@dataclass
class LaterDownloads:
    """Downloads from a workspace whose address is known once it runs."""

    session: ClientSession
    api_url: str = ""

    def of(self, token: str | None) -> SlackDownloads:
        """See Downloads."""
        return SlackDownloads(self.session, self.api_url, token)

    async def fetch(self, file: SharedFile, *, most_bytes: int = MOST_BYTES) -> bytes:
        """See Downloads."""
        return await self.of(None).fetch(file, most_bytes=most_bytes)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A workspace in which Maria is admin and E2A can read files."""
    async with open_world() as world, ClientSession() as session:
        downloads = LaterDownloads(session)
        world.services = replace(world.services, downloads=downloads, reader=FileReader())
        async with behind_a_workspace(world) as opened:
            downloads.api_url = opened.workspace.api_url
            people = world.directory.people
            people[MARIA] = replace(people[MARIA], admin=True)
            yield opened


async def share(stage: Stage, words: str, *files: tuple[str, bytes], user: str = MARIA) -> str:
    """Somebody shares files with a mention; what they are told in that thread or alone."""
    brought = [
        {"name": name, "content_base64": base64.b64encode(raw).decode()} for name, raw in files
    ]
    alone = len(await stage.workspace.ephemerals(user))
    said = await stage.workspace.post_as(user, ACME, f"<@U0E2A> {words}", files=brought)

    async def answered() -> Any:  # noqa: ANN401
        thread = await stage.workspace.thread(ACME, said["ts"])
        whispers = await stage.workspace.ephemerals(user)
        return thread[1:] or whispers[alone:]

    return str((await stage.until(answered))[-1])


async def kept(stage: Stage) -> list[LearnedDocument]:
    """All versions of all documents."""
    async with stage.world.storage.read() as tx:
        return await tx.documents.after(0, 99)


async def test_a_file_is_learned_listed_and_forgotten(stage: Stage) -> None:
    """It is fetched with the bot's token, told with what was read, and gone when forgotten."""
    told = await share(stage, "learn", ("guide.md", GUIDE.encode()), ("desk.pdf", a_pdf("Desk")))
    assert "Learned *guide.md* for Acme Outdoors: 2 passages" in told
    assert "Learned *desk.pdf* for Acme Outdoors: 1 page · 1 passage" in told
    assert "Quoted wherever Acme Outdoors is seen" in told
    assert [(one.name, one.number, one.form) for one in await kept(stage)] == [
        ("guide.md", 1, "markdown"),
        ("desk.pdf", 1, "text"),
    ]
    assert "was known already" in await share(stage, "learn", ("guide.md", GUIDE.encode()))
    again = await share(stage, "learn direct from 2026-09-01", ("guide.md", b"# Carriers\n\nNo."))
    assert "Version 2 · in force from 2026-09-01 · Quoted only in direct messages" in again
    listed = await share(stage, "documents")
    assert "1 document" in listed
    assert "desk.pdf" in listed
    assert "guide.md" not in listed
    assert "only for direct messages" in listed
    assert "Forgot *guide.md* of Acme Outdoors: 2 versions" in await share(stage, "forget guide.md")
    assert [one.name for one in await kept(stage)] == ["desk.pdf"]
    async with stage.world.storage.read() as tx:
        trail = [one.action for one in await tx.audit.of_subject(1, "document:guide.md")]
    assert trail == ["learn_document", "learn_document", "forget_document"]
    assert await stage.refused() == []


async def test_a_file_in_a_direct_message_is_learned(stage: Stage) -> None:
    """With E2A alone a file needs no mention, and what is for direct messages is listed there."""
    brought = [{"name": "wages.txt", "content": "Nobody else's business."}]
    place = (await stage.workspace.dm(MARIA, "help"))["channel"]
    await stage.workspace.post_as(MARIA, place, "learn for Acme direct", files=brought)

    async def answered() -> Any:  # noqa: ANN401
        told = str(await stage.workspace.messages(place))
        return told if "Learned *wages.txt*" in told else None

    assert "Quoted only in direct messages" in await stage.until(answered)
    await stage.workspace.dm(MARIA, "documents")

    async def listed() -> Any:  # noqa: ANN401
        told = str((await stage.workspace.messages(place))[-1])
        return told if "1 document" in told else None

    assert "direct messages only" in await stage.until(listed)
    assert await stage.refused() == []


async def test_what_cannot_be_learned_says_why(stage: Stage) -> None:
    """A picture, a broken head, a stranger's client, a missing role: nothing is kept."""
    png = b"\x89PNG\r\n\x00\x00"
    assert "is something else; learn takes" in await share(stage, "learn", ("a.csv", png))
    head = b"---\nvisibility: all\n---\n"
    assert "visibility is channel or direct" in await share(stage, "learn", ("a.md", head))
    assert "There is no client Globex here" in await share(
        stage, "learn for Globex", ("a.md", b"x")
    )
    assert "Say with the file what to do" in await share(stage, "", ("a.md", b"x"))
    refused = await share(stage, "learn", ("a.md", b"x"), user="U0DEV")
    assert "To learn takes a lead or an admin" in refused
    assert "To forget takes" in await share(stage, "forget a.md", user="U0DEV")
    assert await kept(stage) == []


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (
            "learn for Acme",
            WithFiles(task="learn", verb="learn", files=(FILE,), words=("for", "Acme")),
        ),
        ("LEARN: direct", WithFiles(task="learn", verb="learn", files=(FILE,), words=("direct",))),
        ("why is SO-1 late?", None),
    ],
)
def test_words_decide_what_is_done_with_a_file(words: str, wanted: Intent | None) -> None:
    """The first word is the task; anything else is answered as if no file were there."""
    assert parse_with_files(f"<@U0E2A> {words}", [FILE]) == wanted


def test_too_many_files_or_no_words_are_told() -> None:
    """Five at once; a file alone is asked what it is for."""
    assert isinstance(parse_with_files("learn", [FILE] * 6), Incomplete)
    assert isinstance(parse_with_files("", [FILE]), Incomplete)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", Teaching()),
        ("this for Acme Outdoors, direct", Teaching(client="Acme Outdoors", direct=True)),
        ("for acme from 2026-01-01 until 2026-06-30", None),
        ("for acme since yesterday", "yesterday is no day"),
        ("for acme until 9999-12-31", "9999-12-31 is no day"),
        ("everything about carriers", "I don't know what everything says"),
        ("from 2026-02-01 until 2026-01-01", "It would end before it begins"),
    ],
)
def test_what_is_said_of_a_document_is_read(words: str, said: Teaching | str | None) -> None:
    """Client, visibility and days in any order; what is not understood is told."""
    found = read_teaching(words.split())
    if isinstance(said, str):
        assert isinstance(found, str)
        assert found.startswith(said)
    elif said is not None:
        assert found == said
    else:
        assert isinstance(found, Teaching)
        assert (found.client, str(found.begins), str(found.ends)) == (
            "acme",
            "2026-01-01",
            "2026-06-30",
        )


@pytest.mark.parametrize(
    ("text", "talk", "wanted"),
    [
        ("documents", False, ShowDocuments()),
        (
            "forget rate card.pdf for Acme",
            True,
            ForgetDocument(name="rate card.pdf", client="Acme"),
        ),
        ("forget guide.md", False, ForgetDocument(name="guide.md")),
        (
            "documents of last week are where?",
            True,
            Ask(question="documents of last week are where?"),
        ),
        ("learn how to pack", True, Ask(question="learn how to pack")),
    ],
)
def test_words_without_a_file_are_read(text: str, talk: bool, wanted: Intent) -> None:  # noqa: FBT001 - a case
    """Lists and deletions need no file; a sentence that only begins so is a question."""
    assert parse(text, talk=talk) == wanted


def test_learn_without_a_file_says_how() -> None:
    """Whoever forgets the file is told to bring it."""
    found = parse("learn for Acme", talk=True)
    assert isinstance(found, Incomplete)
    assert "Upload the file" in found.why


@pytest.mark.parametrize(
    ("url", "api", "fetched"),
    [
        ("https://files.slack.com/files-pri/T1-F1/a.md", "https://slack.com/api/", True),
        ("http://files.slack.com/a.md", "https://slack.com/api/", False),
        ("https://files.slack.com.evil.example/a.md", "https://slack.com/api/", False),
        ("https://evilslack.com/a.md", "https://slack.com/api/", False),
        ("https://me@files.slack.com/a.md", "https://slack.com/api/", False),
        ("http://127.0.0.1:3100/files-pri/F1/a", "http://127.0.0.1:3100/api/", True),
        ("http://127.0.0.1:3101/files-pri/F1/a", "http://127.0.0.1:3100/api/", False),
    ],
)
def test_the_token_goes_to_slack_alone(url: str, api: str, fetched: bool) -> None:  # noqa: FBT001 - a case
    """A file is fetched from the API's origin or a host below it over TLS, from nowhere else."""
    assert is_slacks(url, api) is fetched


async def test_a_file_that_slack_does_not_hand_over_is_told(stage: Stage) -> None:
    """Without the right token Slack shows a page to sign in on; too large is refused unread."""
    await share(stage, "learn", ("guide.md", GUIDE.encode()))
    message = (await stage.workspace.messages(ACME))[-1]
    (file,) = files_of(message)
    downloads = stage.world.services.downloads
    with pytest.raises(FileRefusedError, match="files:read"):
        await downloads.of("xoxb-somebody-elses").fetch(file)
    with pytest.raises(FileRefusedError, match="larger than 0 MB"):
        await downloads.fetch(file, most_bytes=3)
    (elsewhere,) = files_of(
        {"files": [{"id": "F", "name": "x", "mode": "external", "url_private": "u"}]}
    )
    with pytest.raises(FileRefusedError, match="outside Slack"):
        await downloads.fetch(elsewhere)


def test_a_files_name_is_dead_text_within_the_limits() -> None:
    """Whatever a file is called, nobody is called, linked or shouted at; forty are listed."""
    name = "<!channel> *@here* `x` <@U0EVIL>" + "n" * 90
    one = LearnedDocument(
        tenant_id=1,
        name=name,
        form="text",
        pages=(),
        digest="d",
        added_by="slack:U1",
        added_at=NOW,
        effective_until=NOW,
    )
    read = ReadFile(form="text", pages=("x",), passages=1)
    done = Learned(tenant=TENANT, document=one, read=read, fresh=True)
    for drawn in (
        documents([(TENANT, one)] * 99, 3, NOW),
        learned([done] * 5, [f"{name}: is not UTF-8 text"]),
        forgotten(name, TENANT.name, 3),
    ):
        said = {"text": drawn.text, "blocks": [dict(block) for block in drawn.blocks]}
        quiet = {"channel": "C1", "unfurl_links": False, "unfurl_media": False}
        assert wrongs("chat.postMessage", {**said, **quiet}) == []

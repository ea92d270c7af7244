"""The index in service: built when it cannot be used, then following database and folder."""

import os
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from qdrant_client import AsyncQdrantClient

from bot.seams import WakingStorage
from jobs.adopt_policies import PolicyText, adopt_policies
from jobs.ports.search import SearchUnavailableError
from policies.documents import DIRECT
from policies.reasons import Status
from policies.records import ExceptionRecord, Explanation, Tenant
from rag.edge_folder import EdgeFolder
from rag.index import Make
from storage.transaction import SqlStorage
from tests.bot.knowing import Knowing, a_document, knowing
from tests.rag.library import WordEncoder
from tests.storage.builders import T0, a_record

NOTE = Explanation(
    label="Waits for stock",
    ops_note="The replenishment robot stands still.",
    client_note="",
    next_step="",
    evidence=(),
)


async def opened(storage: SqlStorage, record: ExceptionRecord) -> ExceptionRecord:
    """The exception as stored."""
    async with storage.write() as tx:
        return (await tx.exceptions.open([record]))[0]


async def test_what_is_asked_before_the_first_look_has_a_reason(known: Knowing) -> None:
    """Nobody waits for the index: until it is there, a question gets the reason."""
    with pytest.raises(SearchUnavailableError, match="not indexed yet"):
        await known.find("who rings the bell?")
    assert known.keeper.health() == "ok"
    await known.look()
    found = await known.find("who rings the dock bell?")
    assert found.passages[0].text.strip() == "Ring the dock bell."
    assert (found.passages[0].citation, found.as_of) == ("runbooks/dock.md:3", known.now)
    value = known.metrics.registry.get_sample_value
    assert (value("e2a_index_passages") or 0) > 30
    await known.keeper.step()
    assert (value("e2a_index_lag_seconds") or 0) < 60


async def test_an_exception_is_found_as_it_stands_now(known: Knowing) -> None:
    """Opened, explained, settled: each change is found, by its client alone; old words are gone."""
    await known.look()
    record = await opened(known.storage, a_record(1, "SO-9", updated_at=known.now))
    await known.look()
    name = f"exception/{record.id}"
    assert name in await known.documents("pick delay of order SO-9")
    assert name not in await known.documents("pick delay of order SO-9", "globex")
    assert not any("robot" in one.text for one in (await known.find("robot")).passages)
    told = WakingStorage(known.storage, lambda _: None, known.keeper.note_explained)
    async with told.write() as tx:
        assert await tx.exceptions.explain(record, NOTE)
    await known.look()
    assert any("robot" in one.text for one in (await known.find("replenishment robot")).passages)
    ended = {"status": Status.RESOLVED, "resolution": "carrier", "resolved_at": known.now}
    later = replace(record, **ended, version=2, updated_at=known.now, explanation=None)  # type: ignore[arg-type]
    async with known.storage.write() as tx:
        assert await tx.exceptions.save(later, was=1)
    await known.look()
    texts = [one.text for one in (await known.find("order SO-9 robot")).passages]
    assert any("the carrier had it" in text for text in texts)
    assert not any("robot" in text for text in texts)


async def test_only_what_changed_is_embedded_again(known: Knowing) -> None:
    """A look without a change embeds nothing, and so does a start with an index that is current."""
    await opened(known.storage, a_record(1, "SO-9", updated_at=T0))
    await known.look()
    known.encoder.asked.clear()
    await known.look()
    assert known.encoder.asked == []
    await known.keeper.close()
    async with knowing(
        known.storage, known.folder, known.policies, encoder=known.encoder
    ) as after_a_restart:
        await after_a_restart.look()
        assert set(known.encoder.asked) == {"warm-up"}
        assert (await after_a_restart.documents("ring the dock bell"))[0] == "runbooks/dock.md"


async def test_a_folder_is_followed(known: Knowing) -> None:
    """A runbook that changes is found as it is, one that goes away is not; a bad one is told."""
    await known.look()
    assert known.policies
    runbooks = known.policies / "runbooks"
    (runbooks / "dock.md").write_text("# Dock\n\nSound the foghorn twice.\n")
    (runbooks / "bad.md").write_text("---\nvisibility: all\n---\n")
    await known.look()
    assert (await known.documents("foghorn"))[0] == "runbooks/dock.md"
    assert len(known.said) == 1
    (runbooks / "dock.md").unlink()
    await known.look()
    assert "runbooks/dock.md" not in await known.documents("foghorn")


async def test_a_document_is_found_where_it_may_be_and_until_it_is_forgotten(
    known: Knowing,
) -> None:
    """By its client, only in direct messages if so wished; a version holds until the next one."""
    await known.look()
    first = a_document()
    async with known.storage.write() as tx:
        await tx.documents.add(
            replace(a_document("wages.md", "Secret wages."), visibility=DIRECT), None
        )
        await tx.documents.add(first, None)
        week = T0 + timedelta(days=7)
        second = replace(first, number=2, pages=("Zone nine costs a pittance.",))
        await tx.documents.add(replace(second, effective_from=week), week)
    await known.look()
    ask = "what does zone nine cost?"
    assert (await known.find(ask)).passages[0].text == "Zone nine costs a fortune."
    then = await known.find(ask, at=T0 + timedelta(days=8))
    assert "fortune" not in " ".join(one.text for one in then.passages)
    assert then.passages[0].citation == "rates.md:1"
    assert (await known.find(ask)).passages[0].document == "rates.md, version 1"
    assert "rates.md" not in await known.documents(ask, "globex", at=T0 + timedelta(days=8))
    assert "wages.md" not in await known.documents("secret wages")
    assert (await known.documents("secret wages", public=False))[0] == "wages.md"
    async with known.storage.write() as tx:
        assert await tx.documents.forget(1, "rates.md") == 2
    await known.look()
    assert not [one for one in await known.documents(ask) if one.startswith("rates.md")]


SLA = """
version: "{version}"
slas:
  - id: pick
    stage: PICK
    start: [order_paid]
    stop: [pick_completed]
    deadline: {{within: {minutes}m}}
    on_breach: {{exception: PICK_DELAY, severity: MEDIUM}}
"""


async def test_a_superseded_policy_is_never_found_as_todays(
    stored: SqlStorage, folder: Path
) -> None:
    """Today's question finds today's text, a question about then finds what held then."""
    async with stored.write() as tx:
        await tx.tenants.add(Tenant(id=0, name="acme"))
    changed = T0 + timedelta(days=30)
    for version, minutes, at in (("1", 111, T0), ("2", 222, changed)):
        text = PolicyText(
            scope="", file="sla.yaml", text=SLA.format(version=version, minutes=minutes)
        )
        await adopt_policies([text], storage=stored, now=at)
    async with knowing(stored, folder, now=changed + timedelta(days=1)) as known:
        await known.look()
        now = [one for one in (await known.find("pick minutes")).passages if "slas" in one.heading]
        assert [one.version for one in now] == ["2"]
        then = await known.find("pick minutes", at=T0 + timedelta(days=3))
        old = [one for one in then.passages if "slas" in one.heading]
        assert [(one.version, one.document) for one in old] == [("1", "sla.yaml, version 1")]
        assert "111" in old[0].text


async def test_a_folder_that_another_process_has_is_told_and_taken_over_later(
    known: Knowing,
) -> None:
    """The second process serves without an index, says who has it, and takes over when it may."""
    held = EdgeFolder(known.folder, os.getpid())
    await known.look()
    assert f"open in process {os.getpid()}" in known.keeper.health()
    with pytest.raises(SearchUnavailableError, match="open in process"):
        await known.find("dock bell")
    held.close()
    await known.look()
    await known.until(lambda: known.keeper.health() == "ok")
    assert (await known.documents("dock bell"))[0] == "runbooks/dock.md"


async def test_an_index_that_cannot_be_used_is_made_anew(known: Knowing) -> None:
    """Of another model, half made when a process was killed, deleted while open: SQL is enough."""
    record = await opened(known.storage, a_record(1, "SO-9", updated_at=T0))
    other = WordEncoder("another model")
    async with knowing(known.storage, known.folder, known.policies, encoder=other) as before:
        await before.look()
    half = EdgeFolder(known.folder, os.getpid())
    (half.begin() / "segment").write_bytes(b"half")
    half.close()
    await known.look()
    assert (await known.documents("order SO-9"))[0] == f"exception/{record.id}"
    assert len(list(known.folder.glob("generation-*"))) == 1
    assert known.keeper.opened is not None
    state = await known.keeper.opened.index.state()
    assert state.make == Make(model="words", dimension=known.encoder.model.dimension)
    shutil.rmtree(known.folder)
    assert (await known.documents("dock bell"))[0] == "runbooks/dock.md"  # what is open answers
    await known.look()
    assert list(known.folder.glob("generation-*"))
    assert (await known.documents("order SO-9"))[0] == f"exception/{record.id}"


@pytest.mark.filterwarnings("ignore:Payload indexes have no effect")
async def test_replicas_share_a_server(known: Knowing) -> None:
    """What one replica embedded the other finds, and embeds nothing itself."""
    client = AsyncQdrantClient(location=":memory:")
    record = await opened(known.storage, a_record(1, "SO-9", updated_at=T0))
    async with (
        knowing(known.storage, known.folder, known.policies, shared=client) as one,
        knowing(known.storage, known.folder, known.policies, shared=client) as other,
    ):
        await one.look()
        await other.look()
        assert set(other.encoder.asked) == {"warm-up"}
        for replica in (one, other):
            assert "runbooks/dock.md" in await replica.documents("dock bell")
            assert f"exception/{record.id}" in await replica.documents("order SO-9")
    await client.close()


async def test_a_model_that_fails_is_told_and_tried_again(known: Knowing) -> None:
    """Readiness says what does not work; words still find what is indexed; nothing is lost."""
    await known.look()
    known.encoder.fails = True
    await opened(known.storage, a_record(1, "SO-9", updated_at=known.now))
    await known.look()
    assert known.keeper.health() == "the encoder is away"
    found = await known.find("dock bell")
    assert (found.degraded, found.passages[0].document) == (
        "the encoder is away",
        "runbooks/dock.md",
    )
    known.encoder.fails = False
    await known.look()
    await known.until(lambda: known.keeper.health() == "ok")
    assert any(one.startswith("exception/") for one in await known.documents("order SO-9"))

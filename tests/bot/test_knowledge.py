"""What is known by the settings: policies that hold for somebody, runbooks, and the encoder."""

import shutil
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from bot.cli.index_check import IndexUnwellError, check_index
from bot.corpora import shelves_of
from bot.knowledge import encoder_of
from bot.library import opened_library
from bot.policy_corpus import policy_documents
from bot.settings import Settings
from rag.index import BY_WORDS
from rag.passage import EVERYONE
from rag.passages import passages_of
from storage.transaction import SqlStorage
from tests.rag.library import memory_folder

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PRICE = "prices: [{{code: pick, per: pick, cents: {cents}}}]"
VERSION = '{{version: "{day}", effective: {{from: {day}}}, ' + PRICE + "}}"
PRICES = (("2026-01-01", 30), ("2026-06-01", 40))
TARIFF = "currency: USD\neffective: {{from: {day}}}\n" + PRICE
PACKAGED = {
    f"{name}.yaml (packaged)"
    for name in ("sla", "tariff", "alerting", "reactions", "retention", "next_steps")
}


def put(folder: Path, name: str, text: str) -> None:
    """A file below the folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def names(folder: Path | None) -> set[str]:
    """What the documents are called."""
    return {document.name for document in policy_documents(folder, [])}


def test_packaged_policies_are_known_rule_by_rule() -> None:
    """Without a folder of one's own the packaged policies hold, each rule is a passage."""
    assert names(None) == PACKAGED
    found = [passage for one in policy_documents(None, []) for passage in passages_of(one)]
    headings = {passage.heading for passage in found}
    assert "sla.yaml (packaged) > slas > pick" in headings
    assert "tariff.yaml (packaged) > prices > storage" in headings
    assert any(one.lead.startswith("What to do when stock is short: Decide") for one in found)
    assert {passage.tenant for passage in found} == {EVERYONE}


def test_an_own_policy_takes_the_packaged_ones_place(tmp_path: Path) -> None:
    """What does not hold any more is not known: a whole file, or the sections that another has."""
    put(tmp_path, "sla.yaml", "version: '2'\nslas: []\n")
    put(tmp_path, "alerting.yaml", "version: '2'\ngrouping: {window: 5 min, causes: []}\n")
    assert names(tmp_path) == (PACKAGED - {"sla.yaml (packaged)"}) | {"sla.yaml", "alerting.yaml"}
    packaged = next(
        one for one in policy_documents(tmp_path, []) if one.name == "alerting.yaml (packaged)"
    )
    assert packaged.without == ("version", "grouping")
    sections = {passage.heading.split(" > ")[1] for passage in passages_of(packaged)}
    assert "grouping" not in sections
    assert "shifts" in sections


def test_own_next_steps_stand_before_the_packaged_ones(tmp_path: Path) -> None:
    """Both hold: what is tried first is known, and so is what comes after."""
    put(tmp_path, "next_steps.yaml", "version: '2'\nsteps: [{causes: [stock], do: Call Ann.}]\n")
    assert names(tmp_path) == PACKAGED | {"next_steps.yaml"}


def test_a_clients_own_policy_hides_everyones_from_it(tmp_path: Path) -> None:
    """The client's file is its alone, and what it replaces is marked as not for that client."""
    put(tmp_path, "tenants/acme/sla.yaml", "version: '2'\nslas: []\n")
    put(tmp_path, "tenants/acme/tariff.yaml", "version: '2'\n")
    found = {(one.tenant, one.name): one for one in policy_documents(tmp_path, [])}
    assert found["acme", "sla.yaml"].not_for == ()
    assert found[EVERYONE, "sla.yaml (packaged)"].not_for == ("acme",)
    assert found[EVERYONE, "tariff.yaml (packaged)"].not_for == ("acme",)
    assert found["acme", "tariff.yaml"].effective_until is None


def test_a_tariff_holds_until_the_next_one_begins(tmp_path: Path) -> None:
    """A file of earlier prices ends where a later file begins; versions in a file do likewise."""
    put(tmp_path, "tariff.yaml", TARIFF.format(day="2026-06-01", cents=40))
    put(tmp_path, "tariff-old.yaml", TARIFF.format(day="2026-01-01", cents=30))
    begins, ends = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    found = [
        (one.document, one.effective_from, one.effective_until)
        for document in policy_documents(tmp_path, [])
        if document.name.startswith("tariff")
        for one in passages_of(document)
    ]
    assert found == [("tariff-old.yaml", begins, ends), ("tariff.yaml", ends, None)]
    (tmp_path / "tariff-old.yaml").unlink()
    versions = "".join(f"\n  - {VERSION.format(day=day, cents=cents)}" for day, cents in PRICES)
    put(tmp_path, "tariff.yaml", f"currency: USD\nversions:{versions}\n")
    document = next(one for one in policy_documents(tmp_path, []) if one.name == "tariff.yaml")
    spans = [(one.version, one.lead, one.effective_until) for one in passages_of(document)]
    assert spans == [
        ("2026-01-01", "price of pick: 0.30 USD for each pick", ends),
        ("2026-06-01", "price of pick: 0.40 USD for each pick", None),
    ]


def test_calendars_are_known_one_by_one(tmp_path: Path) -> None:
    """Each calendar is a passage of its own, which says in words when it is open."""
    template = files("policies") / "templates" / "three_clocks.yaml"
    put(tmp_path, "sla.yaml", template.read_text(encoding="utf-8"))
    found = [passage for one in policy_documents(tmp_path, []) for passage in passages_of(one)]
    said = {one.heading: one.lead for one in found if " > calendars > " in one.heading}
    assert set(said) == {
        f"sla.yaml > calendars > {name}" for name in ("ATL1", "RNO2", "us.business")
    }
    assert said["sla.yaml > calendars > ATL1"].startswith("ATL1 (America/New_York): Mon to Sun")


async def test_all_shelves_are_read(tmp_path: Path, stored: SqlStorage) -> None:
    """Policies and runbooks together; a policy that is no YAML does not stop the reading."""
    put(tmp_path, "alerting.yaml", "a: [\n")
    put(tmp_path, "runbooks/note.md", "Words.")
    said: list[str] = []
    found = [
        passage
        for one in shelves_of(tmp_path, stored, said.append, lambda: NOON)
        async for passage in one.shelf.passages()
    ]
    assert {"note.md", "alerting.yaml"} <= {one.document.rpartition("/")[2] for one in found}
    assert said == []


async def test_without_the_model_the_index_is_of_words(migrated: Path, tmp_path: Path) -> None:
    """A model that is not on this machine is told by name, and the index goes without it."""
    shutil.copy(migrated, tmp_path / "e2a.db")
    url = f"sqlite+aiosqlite:///{tmp_path}/e2a.db"
    with memory_folder() as folder:
        settings = Settings(embedding_model="no/such", qdrant_path=str(folder), database_url=url)
        await indexed_by_words(settings)


async def indexed_by_words(settings: Settings) -> None:
    """The index opens, is made and serves."""
    async with opened_library(settings, lambda _: None) as library:
        assert library.encoder is None
        assert "not on this machine" in library.without
        assert "no/such" in library.without
        async with library.index.building(BY_WORDS, NOON):
            pass
        state = await library.index.state()
    assert (state.make, state.built_at, state.why_not) == (BY_WORDS, NOON, None)


def test_no_process_starts_before_a_text(tmp_path: Path) -> None:
    """Opening the encoder costs nothing; leaving the model out says so."""
    encoder, without = encoder_of(Settings(qdrant_path=str(tmp_path)))
    assert encoder
    assert (encoder.pid, without) == (None, "")
    assert encoder_of(Settings(), by_words=True) == (None, "the model was left out")


async def test_the_doctor_says_what_is_indexed(tmp_path: Path) -> None:
    """The model is proven; a missing index names its command, a server that is away its setting."""
    told = await check_index(Settings(qdrant_path=str(tmp_path / "index")))
    assert told.startswith("embedding model at hand (384 dimensions); there is no index yet")
    assert told.endswith("e2a index rebuild")
    with pytest.raises(IndexUnwellError, match="QDRANT_URL"):
        await check_index(Settings(qdrant_url="http://127.0.0.1:1"))
    with pytest.raises(IndexUnwellError, match="not on this machine"):
        await check_index(Settings(embedding_model="no/such"))

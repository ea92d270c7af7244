"""The index in this process: one process a folder, nothing half-built, faults in plain words."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from rag.build import entries_of, make_of
from rag.edge_folder import served_in
from rag.edge_index import EdgeIndex
from rag.errors import IndexInUseError, IndexNotReadyError, RetrievalError
from rag.index import Make, Sought
from rag.sparse import terms_of_question
from tests.rag.library import NOW, WordEncoder, a_passage, a_scope, fill, open_here, vector_of

ONE, TWO = a_passage("Call the carrier.", "one.md"), a_passage("Wait a day.", "two.md")


def opened(folder: Path, encoder: WordEncoder) -> EdgeIndex:
    """The index of a folder, for that encoder."""
    return open_here(folder, make_of(encoder))


def point(folder: Path, pointer: str) -> None:
    """Writes what is served."""
    folder.mkdir()
    (folder / "current.json").write_text(pointer, encoding="utf-8")


async def test_what_was_built_is_there_after_a_restart(folder: Path, encoder: WordEncoder) -> None:
    """An index is opened again with what was put into it last."""
    index = opened(folder, encoder)
    await fill(index, [ONE], encoder)
    await index.put(await entries_of([TWO], encoder, {}))
    await index.close()
    again = opened(folder, encoder)
    assert await again.read([ONE.id, TWO.id], a_scope()) == [ONE, TWO]
    await again.close()


async def test_a_second_process_is_told_who_has_the_folder(
    folder: Path, encoder: WordEncoder
) -> None:
    """The folder belongs to one at a time; the other one is told which process and what to do."""
    index = opened(folder, encoder)
    with pytest.raises(IndexInUseError, match=f"open in process {os.getpid()}; stop that one"):
        opened(folder, encoder)
    await index.close()
    await opened(folder, encoder).close()


async def test_an_index_of_another_model_is_not_searched(
    folder: Path, encoder: WordEncoder
) -> None:
    """Vectors of two models are not compared: it says which model it found, until it is built."""
    index = opened(folder, encoder)
    await fill(index, [ONE], encoder)
    await index.close()
    other = WordEncoder("other")
    index = opened(folder, other)
    state = await index.state()
    assert state.why_not == (
        f"the index was made by another model ({make_of(encoder)}); wanted is {make_of(other)}"
    )
    with pytest.raises(IndexNotReadyError, match="another model"):
        await index.search(
            Sought(vector=vector_of("a"), terms=terms_of_question("a")), a_scope(), limit=1
        )
    await fill(index, [TWO], other)
    assert set(await index.digests([ONE.id, TWO.id])) == {TWO.id}
    await index.close()


async def test_a_folder_that_was_deleted_is_noticed(folder: Path, encoder: WordEncoder) -> None:
    """Questions are still answered from memory, changes are refused, and a build heals it."""
    index = opened(folder, encoder)
    await fill(index, [ONE], encoder)
    shutil.rmtree(folder)
    assert (await index.state()).why_not == "the index folder is gone"
    assert await index.read([ONE.id], a_scope()) == [ONE]
    with pytest.raises(IndexNotReadyError, match="the index folder is gone"):
        await index.put(await entries_of([TWO], encoder, {}))
    await fill(index, [TWO], encoder)
    assert (await index.state()).why_not is None
    with pytest.raises(IndexInUseError):
        opened(folder, encoder)
    await index.close()
    again = opened(folder, encoder)
    assert await again.read([TWO.id], a_scope()) == [TWO]
    await again.close()


async def test_what_the_engine_refuses_has_a_name(folder: Path, encoder: WordEncoder) -> None:
    """A vector of another length is told by name, and the index goes on."""
    index = opened(folder, encoder)
    await fill(index, [ONE], encoder)
    (entry,) = await entries_of([TWO], encoder, {})
    with pytest.raises(RetrievalError, match="the index failed: "):
        await index.put([replace(entry, vector=[1.0])])
    await index.put([entry])
    await index.close()
    again = opened(folder, encoder)
    assert (await again.state()).passages == 2
    await again.close()


@pytest.mark.parametrize(
    "pointer",
    ["", "{}", "[]", '{"generation": 5}', '{"generation": "../../etc", "model": "words"}'],
)
async def test_a_pointer_that_cannot_be_read_serves_nothing(
    folder: Path, encoder: WordEncoder, pointer: str
) -> None:
    """A broken `current.json` is no fault of the start: there is no index, and one can be built."""
    point(folder, pointer)
    index = opened(folder, encoder)
    assert (await index.state()).why_not == "there is no index yet"
    await index.close()


async def test_a_generation_that_cannot_be_opened_is_told(
    folder: Path, encoder: WordEncoder
) -> None:
    """Files that were damaged do not stop the start; the state says so, and a build heals it."""
    index = opened(folder, encoder)
    await fill(index, [ONE], encoder)
    await index.close()
    served = served_in(folder)
    assert served
    shutil.rmtree(served.generation / "segments")
    (served.generation / "edge_config.json").write_text("{", encoding="utf-8")
    index = opened(folder, encoder)
    assert "the index cannot be opened" in str((await index.state()).why_not)
    await fill(index, [TWO], encoder)
    assert (await index.state()).passages == 1
    await index.close()


async def test_a_pointer_names_how_the_index_was_made(folder: Path, encoder: WordEncoder) -> None:
    """What lies beside the index says the model, the length of vectors and when it was built."""
    index = opened(folder, encoder)
    await fill(index, [ONE], encoder)
    await index.close()
    said = json.loads((folder / "current.json").read_text(encoding="utf-8"))
    assert (said["model"], said["dimension"], said["built_at"]) == ("words", 32, NOW.isoformat())
    served = served_in(folder)
    assert served
    assert served.make == Make(model="words", dimension=32)

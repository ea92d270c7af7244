"""Documents, passages and an encoder without a model, for the tests of retrieval.

Must not start a process or wait for a disk.
"""

import os
import pickle
import re
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from math import sqrt
from pathlib import Path
from typing import Any

from rag.build import entries_of, make_of
from rag.edge_folder import EdgeFolder
from rag.edge_index import EdgeIndex
from rag.edge_store import EdgeStore, call
from rag.embedding_model import EmbeddingModel
from rag.encoder import Vector
from rag.errors import EncoderError
from rag.index import Index, Make
from rag.passage import EVERYONE, Corpus, Document, Form, Passage, Scope, Visibility
from rag.passages import passages_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DIMENSION = 32


class WordEncoder:
    """Puts every word on one of 32 axes, so that texts with the same words are near each other.

    `asked` are the texts that it embedded; `fails` makes it refuse.
    """

    def __init__(self, name: str = "words") -> None:
        self.model = EmbeddingModel(name=name, folder=Path(), dimension=DIMENSION)
        self.asked: list[str] = []
        self.fails = False

    async def encode(self, texts: Sequence[str], *, urgent: bool = False) -> list[Vector]:
        """See Encoder."""
        assert urgent in (True, False)
        if self.fails:
            message = "the encoder is away"
            raise EncoderError(message)
        self.asked += texts
        return [vector_of(text) for text in texts]


class Here:
    """Satisfies Caller in this process; what is said is pickled as it would be on its way.

    Args:
        store: whose methods are called.
    """

    def __init__(self, store: EdgeStore) -> None:
        self._store = store

    async def call(self, name: str, *arguments: object) -> Any:  # noqa: ANN401 - see Caller
        """See Caller."""
        said = pickle.loads(pickle.dumps(arguments))  # noqa: S301 - our own words
        return pickle.loads(pickle.dumps(call(self._store, name, said)))  # noqa: S301 - the same

    async def close(self) -> None:
        """See Caller."""
        self._store.close()


def open_here(folder: Path, wanted: Make) -> EdgeIndex:
    """The index of a folder without a process of its own."""
    return EdgeIndex(Here(EdgeStore(EdgeFolder(folder, os.getpid()), wanted)))


@contextmanager
def memory_folder() -> Iterator[Path]:
    """A folder in memory where there is one: the engine waits for the disk at every step."""
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - made by name
    with tempfile.TemporaryDirectory(dir=memory, prefix="e2a-index-") as made:
        yield Path(made) / "index"


def vector_of(text: str) -> Vector:
    """Counts of words by axis, as a unit vector."""
    axes = [0.0] * DIMENSION
    for word in re.findall(r"\w+", text.lower()):
        axes[sha256(word.encode()).digest()[0] % DIMENSION] += 1.0
    length = sqrt(sum(one * one for one in axes)) or 1.0
    return [one / length for one in axes]


def a_document(text: str, name: str = "note.md", tenant: str = EVERYONE) -> Document:
    """A Markdown runbook."""
    return Document(
        tenant=tenant,
        corpus=Corpus.RUNBOOKS,
        name=name,
        form=Form.MARKDOWN,
        pages=(text,),
        changed_at=NOW,
    )


def a_passage(text: str, name: str = "note.md", tenant: str = EVERYONE) -> Passage:
    """The one passage of a short document."""
    (passage,) = passages_of(a_document(text, name, tenant))
    return passage


def a_scope(*tenants: str, at: datetime = NOW, place: Visibility = Visibility.CHANNEL) -> Scope:
    """A channel of these tenants, now."""
    return Scope(tenants=frozenset(tenants or {"acme"}), at=at, place=place)


async def given(passages: Sequence[Passage]) -> AsyncIterator[Passage]:
    """The passages as a stream."""
    for passage in passages:
        yield passage


async def fill(index: Index, passages: Sequence[Passage], encoder: WordEncoder) -> None:
    """Builds the index of exactly these passages."""
    async with index.building(make_of(encoder), NOW) as build:
        await build.put(await entries_of(passages, encoder, {}))

"""Both indexes, and an encoder without a model."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from qdrant_client import AsyncQdrantClient

from rag.build import make_of
from rag.index import Index
from rag.server_index import ServerIndex
from tests.rag.library import WordEncoder, memory_folder, open_here


@pytest.fixture
def encoder() -> WordEncoder:
    """Near is who shares words."""
    return WordEncoder()


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where an index may lie."""
    with memory_folder() as made:
        yield made


@pytest.fixture(params=["edge", "server"])
async def index(
    request: pytest.FixtureRequest, folder: Path, encoder: WordEncoder
) -> AsyncIterator[Index]:
    """Each index in turn; the client's mode in memory stands for a server."""
    opened: Index
    if request.param == "edge":
        opened = open_here(folder, make_of(encoder))
    else:
        opened = ServerIndex(AsyncQdrantClient(location=":memory:"), make_of(encoder))
    yield opened
    await opened.close()

"""Opens the encoder and the index of the settings.

Must not search, and must not load a model: the encoder is a process of its own.
"""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.keeping import Opened
from bot.settings import Settings
from rag.build import make_of
from rag.edge_index import open_edge
from rag.embedding_model import ModelMissingError, find_model
from rag.encoder import ProcessEncoder
from rag.index import Index, Make


def opener(settings: Settings) -> Callable[[], Awaitable[Opened]]:
    """Opens both by the settings when it is called; raises RetrievalError as `open_index` does."""

    async def opened() -> Opened:
        encoder, without = encoder_of(settings)
        index = await open_index(settings, make_of(encoder))

        async def close() -> None:
            await index.close()
            if encoder is not None:
                await encoder.close()

        return Opened(index=index, encoder=encoder, without=without, close=close)

    return opened


def encoder_of(settings: Settings, *, by_words: bool = False) -> tuple[ProcessEncoder | None, str]:
    """The encoder, or None and why; its process starts with the first text."""
    if by_words:
        return None, "the model was left out"
    threads = max(1, (os.cpu_count() or 1) - 1)  # one core is the server's
    try:
        return ProcessEncoder(find_model(settings.embedding_model), threads=threads), ""
    except ModelMissingError as error:
        return None, f"{error.__doc__} ({settings.embedding_model})"


async def open_index(settings: Settings, make: Make) -> Index:
    """The server's where QDRANT_URL is set, else the one in QDRANT_PATH; raises RetrievalError."""
    if settings.qdrant_url is None:
        return await open_edge(Path(settings.qdrant_path), make)
    from rag.server_index import open_server  # noqa: PLC0415 - a second, and only with a server

    return open_server(settings.qdrant_url, make)

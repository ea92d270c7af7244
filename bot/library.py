"""Opens the index with its shelves for a command, and closes it again.

Must not keep it current: bot/keeping.py does, in the server.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.clock import wall_now
from bot.corpora import shelves_of
from bot.knowledge import encoder_of, open_index
from bot.parts import open_storage
from bot.process import prepare_database
from bot.settings import Settings
from rag.build import make_of
from rag.corpora import Complaint, Shelves
from rag.encoder import ProcessEncoder
from rag.index import Index


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What was opened. `without` says why there is no encoder, where there is none."""

    index: Index
    encoder: ProcessEncoder | None
    without: str
    shelves: tuple[Shelves, ...]


@asynccontextmanager
async def opened_library(
    settings: Settings, complain: Complaint, *, by_words: bool = False
) -> AsyncIterator[Library]:
    """The index of the settings and its shelves, closed at the end.

    Args:
        settings: where index and database are, which model, which policies.
        complain: hears of files that cannot be used.
        by_words: leave the model out.

    Raises:
        RetrievalError: another process has the index, or the server does not answer.
        StorageError: the database cannot be read.
    """
    await prepare_database(settings)
    encoder, without = encoder_of(settings, by_words=by_words)
    index = await open_index(settings, make_of(encoder))
    storage = open_storage(settings)
    watched = shelves_of(settings.policies_dir, storage, complain, wall_now)
    try:
        yield Library(
            index=index,
            encoder=encoder,
            without=without,
            shelves=tuple(one.shelf for one in watched),
        )
    finally:
        await index.close()
        if encoder is not None:
            await encoder.close()
        await storage.close()

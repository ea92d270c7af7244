"""Says whether questions can be answered by meaning, for `e2a doctor`. Must not make an index."""

import asyncio
from pathlib import Path

from bot.knowledge import encoder_of, open_index
from bot.settings import Settings
from rag.build import make_of
from rag.edge_folder import served_in
from rag.embedding_model import ModelAlteredError, ModelMissingError, find_model, verify_model
from rag.errors import RetrievalError
from rag.index import Make, usable


class IndexUnwellError(Exception):
    """The model or the index's server cannot be used; the text names the remedy."""


async def check_index(settings: Settings) -> str:
    """The model at hand, and what is indexed by it.

    Raises:
        IndexUnwellError: the model is missing or altered, or the server does not answer.
    """
    try:
        model = find_model(settings.embedding_model)
        await asyncio.to_thread(verify_model, model)
    except (ModelMissingError, ModelAlteredError) as error:
        raise IndexUnwellError(error.__doc__) from error
    encoder, _ = encoder_of(settings)
    return f"embedding model at hand ({model.dimension} dimensions); " + await _indexed(
        settings, make_of(encoder)
    )


async def _indexed(settings: Settings, wanted: Make) -> str:
    if settings.qdrant_url is None:
        served = served_in(Path(settings.qdrant_path))
        why = usable(served.make if served else None, wanted)
        return f"{why}: e2a index rebuild" if why else "an index of it is there"
    index = await open_index(settings, wanted)
    try:
        state = await index.state()
    except RetrievalError as error:
        raise IndexUnwellError(str(error)) from error
    finally:
        await index.close()
    if state.why_not:
        return f"{state.why_not}: e2a index rebuild"
    return f"the server has {state.passages} passages"

"""`e2a index`: what can be found, and making it anew. Must not search."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.app import app
from bot.cli.output import instant, say, tell, tell_json
from bot.cli.progress import progress
from bot.clock import wall_now
from bot.library import Library, opened_library
from bot.settings import Settings, load_settings
from rag.build import Built, Difference, rebuild
from rag.corpora import everything
from rag.edge_folder import served_in
from rag.errors import IndexInUseError
from rag.index import IndexState
from rag.keep import compared
from rag.passage import Passage

index = typer.Typer(help="The index that questions are answered from.", no_args_is_help=True)
app.add_typer(index, name="index")


@index.command("status")
def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Says what is indexed, by which model, and what changed since."""
    settings = load_settings()
    try:
        row = asyncio.run(_state(settings))
    except IndexInUseError as error:
        row = _from_outside(settings, error)
    if as_json:
        tell_json(row)
        return
    for name, value in row.items():
        if value is not None:
            tell(f"{name.replace('_', ' ')}: {value}")


async def _state(settings: Settings) -> Mapping[str, Any]:
    async with opened_library(settings, say) as library:
        state = await library.index.state()
        lacks = await _lacks(library, state)
    row = {
        "serving": state.why_not is None,
        "why_not": state.why_not and f"{state.why_not}; make one: e2a index rebuild",
        "without_model": library.without or None,
        "passages": state.passages,
        "made_with": state.make and str(state.make),
        "built_at": instant(state.built_at),
        "missing": lacks.missing,
        "outdated": lacks.outdated,
        "surplus": lacks.surplus,
    }
    return {**row, "lag_seconds": round(lacks.lag_seconds(wall_now()))}


async def _lacks(library: Library, state: IndexState) -> Difference:
    """What the shelves have and the index has not; all of it where nothing is served."""
    if state.why_not is None:
        return await compared(library.index, library.shelves)
    changed = [passage.changed_at async for passage in everything(library.shelves)]
    return Difference(missing=len(changed), oldest=min(changed, default=None))


def _from_outside(settings: Settings, error: IndexInUseError) -> Mapping[str, Any]:
    """What can be said of an index that another process has open."""
    served = served_in(Path(settings.qdrant_path))
    say(f"e2a: {error}")
    return {
        "serving": served is not None,
        "made_with": served and str(served.make),
        "built_at": instant(served.built_at) if served else None,
    }


@index.command("rebuild")
def rebuild_index(
    words_only: Annotated[
        bool, typer.Option("--words-only", help="Without the model: found by words alone.")
    ] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Embed everything again.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Makes the index anew beside the old one, which is served until the new one is complete."""
    began = time.monotonic()
    built = asyncio.run(_rebuild(load_settings(), words_only=words_only, fresh=fresh))
    seconds = time.monotonic() - began
    if as_json:
        counts = {"passages": built.passages, "taken_over": built.taken_over}
        tell_json({**counts, "seconds": round(seconds, 1)})
        return
    kept = f", {built.taken_over} of them with the vector they had" if built.taken_over else ""
    tell(f"Indexed {built.passages} passages in {seconds:.1f} s{kept}.")


async def _rebuild(settings: Settings, *, words_only: bool, fresh: bool) -> Built:
    async with opened_library(settings, say, by_words=words_only) as library:
        if library.without:
            say(f"By words alone: {library.without}")
        passages = [passage async for passage in everything(library.shelves)]
        with progress("Indexing", len(passages)) as told:
            return await rebuild(
                library.index,
                _one_by_one(passages),
                encoder=library.encoder,
                now=wall_now(),
                told=told,
                reuse=not fresh,
            )


async def _one_by_one(passages: Sequence[Passage]) -> AsyncIterator[Passage]:
    for passage in passages:
        yield passage

"""`e2a rag`: how well retrieval finds what it should. Must not touch the index of the settings."""

import asyncio
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.app import CommandError, app
from bot.cli.output import say, tell, tell_json
from bot.cli.progress import progress
from bot.cli.rag_feedback import tell_feedback
from bot.knowledge import encoder_of
from bot.settings import load_settings
from rag.build import make_of
from rag.collection_files import Collection, CollectionError, read_collection, read_smart
from rag.edge_index import open_edge
from rag.evaluate import Evaluation, evaluate
from rag.fusion import DENSE_SHARE
from rag.measures import Quality

rag = typer.Typer(help="Retrieval: how good it is.", no_args_is_help=True)
app.add_typer(rag, name="rag")


@rag.callback()
def about() -> None:
    """Retrieval: how good it is."""


@rag.command("eval")
def evaluate_retrieval(
    docs: Annotated[Path | None, typer.Option(help='Lines {"id", "text"}.')] = None,
    queries: Annotated[Path | None, typer.Option(help='Lines {"id", "text"}.')] = None,
    qrels: Annotated[Path | None, typer.Option(help="Lines query, document, grade; tabs.")] = None,
    collection: Annotated[
        Path | None, typer.Option(help="Instead: a folder of CISI or Cranfield as they come.")
    ] = None,
    dense_share: Annotated[
        float, typer.Option(min=0, max=1, help="What meaning counts beside words.")
    ] = DENSE_SHARE,
    from_feedback: Annotated[
        bool, typer.Option("--from-feedback", help="Instead: what people judged in Slack.")
    ] = False,
    words_only: Annotated[bool, typer.Option("--words-only", help="Without the model.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Measures nDCG@10, recall@10 and MRR@10 on a collection: meaning, words, both together."""
    if from_feedback:
        tell_feedback(as_json=as_json)
        return
    whole = _collection(docs, queries, qrels, collection)
    found = asyncio.run(_evaluate(whole, dense_share, words_only=words_only))
    if as_json:
        legs = {leg: _row(quality) for leg, quality in found.legs.items()}
        counts = {"questions": found.together.questions, "passages": found.passages}
        tell_json({**_row(found.together), **counts, "legs": legs})
        return
    tell(f"{found.together.questions} questions, {found.passages} passages")
    tell(f"{'':<8}{'nDCG@10':>10}{'recall@10':>11}{'MRR@10':>9}")
    for leg, quality in found.legs.items():
        tell(f"{leg:<8}{quality.ndcg:>10.3f}{quality.recall:>11.3f}{quality.mrr:>9.3f}")


def _row(quality: Quality) -> dict[str, float]:
    found = asdict(quality)
    return {f"{name}@10": round(found[name], 4) for name in ("ndcg", "recall", "mrr")}


def _collection(
    docs: Path | None, queries: Path | None, qrels: Path | None, folder: Path | None
) -> Collection:
    """The collection of the options.

    Raises:
        CommandError: it cannot be read.
    """
    try:
        if folder is not None and not (docs or queries or qrels):
            return read_smart(folder)
        if folder is None and docs and queries and qrels:
            return read_collection(docs, queries, qrels)
    except CollectionError as error:
        raise CommandError(str(error)) from error
    message = "name --docs, --queries and --qrels, or --collection alone"
    raise typer.BadParameter(message)


async def _evaluate(whole: Collection, share: float, *, words_only: bool) -> Evaluation:
    encoder, without = encoder_of(load_settings(), by_words=words_only)
    if without:
        say(f"By words alone: {without}")
    with tempfile.TemporaryDirectory(prefix="e2a-eval-") as folder:
        index = await open_edge(Path(folder) / "index", make_of(encoder))
        try:
            with progress("Indexing") as told:
                return await evaluate(whole, index, encoder=encoder, share=share, told=told)
        finally:
            await index.close()
            if encoder is not None:
                await encoder.close()

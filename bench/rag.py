"""How long a question takes to its passages, beside a plain product of all vectors in numpy.

Passages have made-up unit vectors and words; questions are embedded by the real model in its own
process. Run it with `python -m bench.rag`; with `--busy 100` it is asked in a server that takes in
100 events a second. Must not be used as a test: it needs a quiet machine.
"""

import argparse
import asyncio
import random
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.busy import busy
from bot.knowledge import encoder_of
from bot.settings import Settings
from rag.build import make_of
from rag.edge_index import EdgeIndex
from rag.encoder import ProcessEncoder
from rag.index import Entry, Sought
from rag.index_process import IndexProcess
from rag.passage import Corpus, Document, Form, Passage, Scope, Visibility
from rag.passages import passages_of
from rag.retrieve import CANDIDATES, Retriever
from rag.sparse import terms_of_passage, terms_of_question

NOW = datetime(2026, 3, 2, tzinfo=UTC)
TENANTS, WORDS, VOCABULARY, QUESTIONS, DEPTH = 20, 60, 8_000, 200, 8
_BATCH = 256
_TICK = 0.005
_ASKED = "late parcel carrier first scan missing warehouse pick stock damage invoice credit"

Matrix = npt.NDArray[np.float32]


def unit_vectors(count: int, dimension: int) -> Matrix:
    """Rows of length 1, the same in every run."""
    made = np.random.default_rng(7).standard_normal((count, dimension), dtype=np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


def made_passages(count: int, luck: random.Random) -> list[Passage]:
    """Passages of some clients, each with words that follow Zipf's law roughly."""
    vocabulary = [*_ASKED.split(), *(f"word{n}" for n in range(VOCABULARY))]
    weights = [1 / (place + 10) for place in range(len(vocabulary))]
    documents = (
        Document(
            tenant=f"client{number % TENANTS}",
            corpus=Corpus.EXCEPTIONS,
            name=f"exception {number}",
            form=Form.RECORD,
            pages=(" ".join(luck.choices(vocabulary, weights, k=WORDS)),),
            changed_at=NOW,
        )
        for number in range(count)
    )
    return [passage for document in documents for passage in passages_of(document)]


async def filled(index: EdgeIndex, passages: list[Passage], vectors: Matrix) -> float:
    """Builds the index; returns the seconds."""
    began = time.perf_counter()
    pairs = iter(zip(passages, vectors, strict=True))
    encoder, _ = encoder_of(Settings())
    lateness = Lateness()
    watching = asyncio.create_task(lateness.watch())
    async with index.building(make_of(encoder), NOW) as build:
        while batch := list(islice(pairs, _BATCH)):
            await build.put(
                [
                    Entry(
                        passage=passage,
                        vector=vector.tolist(),
                        terms=terms_of_passage(passage.words),
                    )
                    for passage, vector in batch
                ]
            )
    watching.cancel()
    print(f"while it was built the loop was late by {lateness}")
    return time.perf_counter() - began


class Lateness:
    """How late a loop is that wants to wake every 5 ms, in seconds."""

    def __init__(self) -> None:
        self.late: list[float] = []

    async def watch(self) -> None:
        """Goes on until it is cancelled."""
        while True:
            due = time.perf_counter() + _TICK
            await asyncio.sleep(_TICK)
            self.late.append(time.perf_counter() - due)

    def __str__(self) -> str:
        """As the figures have it."""
        return f"{share(self.late, 0.99):.1f} ms (99 %), {max(self.late) * 1000:.1f} ms at most"


def questions(luck: random.Random) -> AsyncIterator[str]:
    """Five words each, none twice."""

    async def given() -> AsyncIterator[str]:
        for number in range(QUESTIONS):
            yield f"{' '.join(luck.choices(_ASKED.split(), k=5))} word{number}"

    return given()


async def timed(ask: Callable[[str], "asyncio.Future[object]"], luck: random.Random) -> list[float]:
    """Seconds of each question, one after the other."""
    spent: list[float] = []
    async for question in questions(luck):
        began = time.perf_counter()
        await ask(question)
        spent.append(time.perf_counter() - began)
    return spent


def brute_force(vectors: Matrix) -> list[float]:
    """The baseline: the product of each question with all vectors, and the best hundred."""
    spent = []
    for row in unit_vectors(QUESTIONS, vectors.shape[1]):
        began = time.perf_counter()
        scores = vectors @ row
        np.argpartition(-scores, min(CANDIDATES, len(scores) - 1))
        spent.append(time.perf_counter() - began)
    return spent


def held(pid: int | None) -> int:
    """The most memory that a process had, in MB; 0 where that cannot be asked."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
    return next((int(one.split()[1]) // 1024 for one in lines if one.startswith("VmHWM")), 0)


def share(spent: list[float], part: float) -> float:
    """A percentile, in milliseconds."""
    return sorted(spent)[min(len(spent) - 1, int(part * len(spent)))] * 1000


def show(what: str, spent: list[float], plain: list[float]) -> None:
    """A row of the table."""
    half, most = share(spent, 0.5), share(spent, 0.95)
    ratio = half / share(plain, 0.5)
    print(f"  {what:<44}{half:9.1f} ms{most:9.1f} ms{ratio:8.1f} times")


async def measure(count: int, encoder: ProcessEncoder) -> None:
    """Builds an index of so many passages and asks it."""
    luck = random.Random(7)  # noqa: S311 - the same in every run
    passages = made_passages(count, luck)
    vectors = unit_vectors(len(passages), encoder.model.dimension)
    with tempfile.TemporaryDirectory() as folder:
        process = IndexProcess(Path(folder) / "index", make_of(encoder))
        index = EdgeIndex(process)
        seconds = await filled(index, passages, vectors)
        plain = brute_force(vectors)
        print(f"{count:,} passages: built in {seconds:.1f} s, {count / seconds:,.0f} a second")
        print(f"  {'':<44}{'p50':>12}{'p95':>12}{'of numpy':>14}")
        show("numpy: all vectors times the question", plain, plain)
        await ask_all(index, encoder, vectors, plain)
        print(f"  memory: index {held(process.pid)} MB, encoder {held(encoder.pid)} MB")
        await index.close()


async def ask_all(
    index: EdgeIndex, encoder: ProcessEncoder, vectors: Matrix, plain: list[float]
) -> None:
    """One client's share of the passages, everybody's, and with the encoder."""
    retriever = Retriever(index=index, encoder=encoder, patience=30.0)
    row = vectors[0].tolist()
    for what, tenants in (("one client of 20", 1), ("all 20 clients", TENANTS)):
        names = frozenset(f"client{number}" for number in range(tenants))
        scope = Scope(tenants=names, at=NOW, place=Visibility.CHANNEL)

        def search(question: str, scope: Scope = scope) -> "asyncio.Future[object]":
            sought = Sought(vector=row, terms=terms_of_question(question))
            return asyncio.ensure_future(index.search(sought, scope, limit=CANDIDATES))

        def retrieve(question: str, scope: Scope = scope) -> "asyncio.Future[object]":
            return asyncio.ensure_future(retriever.retrieve(question, scope, limit=DEPTH))

        show(f"both legs, {what}", await timed(search, random.Random(1)), plain)  # noqa: S311
        lateness = Lateness()
        watching = asyncio.create_task(lateness.watch())
        spent = await timed(retrieve, random.Random(2))  # noqa: S311 - the same in every run
        watching.cancel()
        show(f"question to passages, encoder included, {what}", spent, plain)
        print(f"  the loop was late by {lateness}")


async def run(sizes: list[int]) -> None:
    """All sizes, with one encoder."""
    encoder, without = encoder_of(Settings())
    if encoder is None:
        print(without)
        return
    try:
        began = time.perf_counter()
        await encoder.warm()
        print(f"the embedding process answered after {time.perf_counter() - began:.1f} s")
        for size in sizes:
            await measure(size, encoder)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"  peak memory of this process so far {peak:,} MB")
    finally:
        await encoder.close()


def main() -> int:
    """Reads the options and measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="200,000 passages, too")
    parser.add_argument("--small", action="store_true", help="1,000 passages alone")
    parser.add_argument(
        "--busy", type=int, default=0, help="events a second that come in meanwhile"
    )
    given = parser.parse_args()
    sizes = [1_000, *([] if given.small else [50_000]), *([200_000] if given.large else [])]
    asyncio.run(_whole(sizes, given.busy))
    return 0


async def _whole(sizes: list[int], events: int) -> None:
    if not events:
        await run(sizes)
        return
    async with busy(events):
        await run(sizes)


if __name__ == "__main__":
    sys.exit(main())

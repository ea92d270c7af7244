"""The embedding process starts on demand, is replaced when it dies, and makes nobody wait long."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from rag.embedding_model import EmbeddingModel
from rag.encoder import Patience, ProcessEncoder
from rag.errors import EncoderError, EncoderSlowError
from tests.rag import child

MODEL = EmbeddingModel(name="none", folder=Path(), dimension=2)
SOAK = bool(os.environ.get("E2A_TEST_SOAK"))
Make = Callable[..., ProcessEncoder]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    """Makes encoders whose process behaves in a manner of tests/rag/child.py."""
    made: list[ProcessEncoder] = []

    def encoder(manner: str = "well", **seconds: float) -> ProcessEncoder:
        patience = Patience(**{"start": 10.0, "frame": 10.0, "rest": 60.0, **seconds})
        command = (sys.executable, "-S", "-E", str(child.__file__), manner)
        made.append(ProcessEncoder(MODEL, patience=patience, command=command))
        return made[-1]

    yield encoder
    for one in made:
        await one.close()


def alive(pid: int | None) -> bool:
    """Whether a process runs."""
    if pid is None:
        return False
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


async def test_it_starts_with_the_first_text_and_ends_when_closed(make: Make) -> None:
    """No process runs before it is needed or after it is closed; one answers everything."""
    encoder = make()
    assert encoder.pid is None
    texts = ["a" * n for n in range(20)]
    vectors = await encoder.encode(texts)
    assert [vector[0] for vector in vectors] == [float(n) for n in range(20)]
    assert await encoder.encode([]) == []
    pid = encoder.pid
    assert alive(pid)
    await encoder.close()
    assert not alive(pid)


async def test_it_is_replaced_when_it_dies(make: Make, tmp_path: Path) -> None:
    """Whoever waits while the process dies gets the answer from the next one."""
    encoder = make(str(tmp_path / "died"))
    (before,) = await encoder.encode(["first"])
    pid = encoder.pid
    assert await encoder.encode(["once"]) == [[4.0, 0.0]]
    assert before == [5.0, 0.0]
    assert encoder.pid != pid


async def test_killed_between_texts_it_is_replaced(make: Make) -> None:
    """A process that was killed while nothing was asked is not missed."""
    encoder = make()
    await encoder.warm()
    assert encoder.pid
    os.kill(encoder.pid, 9)
    assert await encoder.encode(["again"]) == [[5.0, 0.0]]


async def test_texts_that_kill_it_fail_alone(make: Make) -> None:
    """What kills two processes is given up with a named error; the next text works."""
    encoder = make()
    with pytest.raises(EncoderError, match="died twice"):
        await encoder.encode(["poison"])
    assert await encoder.encode(["fine"]) == [[4.0, 0.0]]


async def test_a_frame_that_takes_too_long_is_given_up(make: Make) -> None:
    """A process that hangs is ended, and the next text gets another one."""
    encoder = make(frame=0.3)
    await encoder.warm()
    pid = encoder.pid
    with pytest.raises(EncoderSlowError, match=r"no answer within 0\.3 s"):
        await encoder.encode(["sleep"])
    assert not alive(pid)
    assert await encoder.encode(["fine"]) == [[4.0, 0.0]]


@pytest.mark.parametrize(
    ("manner", "told"),
    [
        ("no-model", "the weights are not the published ones"),
        ("other-model", "vectors of 3, not of 2"),
        ("mute", "did not start within 0.4 s"),
        ("noise", "ended while it started"),
    ],
)
async def test_a_start_that_fails_is_told_and_not_repeated_at_once(
    make: Make, manner: str, told: str
) -> None:
    """The reason is named; the next one hears the same at once instead of waiting again."""
    encoder = make(manner, start=0.4 if manner == "mute" else 10.0)
    for _ in range(2):
        with pytest.raises(EncoderError, match=told):
            await encoder.warm()
    assert encoder.pid is None


async def test_half_an_answer_is_none(make: Make) -> None:
    """Vectors that are not all there are not used."""
    with pytest.raises(EncoderError):
        await make("short").encode(["text"])


async def test_a_question_goes_before_documents(make: Make) -> None:
    """A question waits for one frame of a long indexing, not for all of it."""
    encoder = make()
    await encoder.warm()
    ended: list[str] = []

    async def index() -> None:
        await encoder.encode(["slow"] * 40)
        ended.append("documents")

    async def ask() -> None:
        await encoder.encode(["question"], urgent=True)
        ended.append("question")

    indexing = asyncio.create_task(index())
    await asyncio.sleep(0.02)
    await asyncio.gather(indexing, ask())
    assert ended == ["question", "documents"]


async def test_who_stops_waiting_stops_nobody_else(make: Make) -> None:
    """A question that gave up leaves the process to those behind it."""
    encoder = make()
    await encoder.warm()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await encoder.encode(["slow"])
    assert len(await encoder.encode(["next"])) == 1


async def test_who_waits_when_it_is_closed_is_told(make: Make) -> None:
    """Nobody waits for ever for a process that was ended on purpose."""
    encoder = make()
    await encoder.warm()
    waiting = [asyncio.create_task(encoder.encode(["sleep"])) for _ in range(2)]
    await asyncio.sleep(0.02)
    await encoder.close()
    for one in waiting:
        with pytest.raises(EncoderError, match="was closed"):
            await one


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="the long form runs with make soak")
async def test_the_real_model_gives_unit_vectors_by_meaning() -> None:
    """The model of the package loads in its process and finds what means the same."""
    from rag.embedding_model import find_model  # noqa: PLC0415 - only here

    encoder = ProcessEncoder(find_model())
    try:
        vectors = await encoder.encode(
            ["The parcel is late.", "The delivery was delayed.", "Bake a cake for an hour."]
        )
    finally:
        await encoder.close()
    near, far = (sum(a * b for a, b in zip(vectors[0], v, strict=True)) for v in vectors[1:])
    assert sum(one * one for one in vectors[0]) == pytest.approx(1.0, abs=1e-4)
    assert near > 0.6
    assert far < 0.3

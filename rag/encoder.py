"""Embeds texts in a process of its own, which starts on demand and is replaced when it dies.

Must not import torch, and must not make the event loop wait: questions go before documents, and
whoever waits too long hears so.
"""

import asyncio
import json
import sys
from array import array
from asyncio import IncompleteReadError
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from rag.embedding_model import EmbeddingModel
from rag.environment import handed_on
from rag.errors import EncoderError, EncoderSlowError
from rag.frames import FAULT, HELLO, TEXTS, VECTORS, packed, receive

Vector = list[float]
"""A unit vector of the model's length."""
_AT_ONCE = 8
"""Texts a frame, of about the same length: a question waits for at most one of documents."""
_LONGEST_TEXT = 20_000
"""Letters of a text that are sent; the model reads far fewer."""


class Encoder(Protocol):
    """Turns texts into vectors."""

    @property
    def model(self) -> EmbeddingModel:
        """Whose vectors they are."""
        ...

    async def encode(self, texts: Sequence[str], *, urgent: bool = False) -> list[Vector]:
        """A unit vector for each text, in order; urgent ones go first.

        Raises:
            EncoderError: it cannot be done now.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds that starting may take, that a frame may take, and before another try to start."""

    start: float = 180.0
    frame: float = 30.0
    rest: float = 10.0


@dataclass(slots=True, eq=False)
class _Job:
    texts: list[str]
    done: "asyncio.Future[list[Vector]]"


class ProcessEncoder:
    """Sends texts to `rag.encoder_child`, one frame at a time.

    Args:
        model: which model; its folder and the length of its vectors.
        threads: how many torch may use; 0 leaves it to torch.
        patience: when waiting ends.
        command: the process, without its arguments; tests give another.
    """

    def __init__(
        self,
        model: EmbeddingModel,
        *,
        threads: int = 0,
        patience: Patience | None = None,
        command: Sequence[str] = (sys.executable, "-m", "rag.encoder_child"),
    ) -> None:
        self.model = model
        self._arguments = (*command, model.name, str(threads))
        self._patience = patience or Patience()
        self._urgent: deque[_Job] = deque()
        self._waiting: deque[_Job] = deque()
        self._news = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._child: Process | None = None
        self._failed: tuple[float, str] | None = None

    @property
    def pid(self) -> int | None:
        """The process, where one runs."""
        alive = self._child is not None and self._child.returncode is None
        return self._child.pid if self._child and alive else None

    async def warm(self) -> None:
        """Starts the process if it does not run; raises as `encode` does."""
        await self.encode(["warm-up"], urgent=True)

    async def encode(self, texts: Sequence[str], *, urgent: bool = False) -> list[Vector]:
        """See Encoder. Who stops waiting stops nothing: the process goes on with its frame."""
        by_length = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        jobs = [
            _Job(
                texts=[texts[at][:_LONGEST_TEXT] for at in by_length[start : start + _AT_ONCE]],
                done=asyncio.get_running_loop().create_future(),
            )
            for start in range(0, len(texts), _AT_ONCE)
        ]
        (self._urgent if urgent else self._waiting).extend(jobs)
        self._news.set()
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._run())
        try:
            parts = await asyncio.gather(*(job.done for job in jobs))
        finally:
            for job in jobs:
                job.done.cancel()
        vectors = (vector for part in parts for vector in part)
        return [vector for _, vector in sorted(zip(by_length, vectors, strict=True))]

    async def close(self) -> None:
        """Ends the process; what waits is told so."""
        if self._pump:
            self._pump.cancel()
            with suppress(asyncio.CancelledError):
                await self._pump
        for job in (*self._urgent, *self._waiting):
            _fail(job, EncoderError("the encoder was closed"))
        self._urgent.clear()
        self._waiting.clear()
        await self._end()

    async def _run(self) -> None:
        """Takes what is most urgent, as long as anything comes."""
        while True:
            while job := self._next():
                if not job.done.done():
                    await self._answer(job)
            self._news.clear()
            await self._news.wait()

    def _next(self) -> _Job | None:
        waiting = self._urgent or self._waiting
        return waiting.popleft() if waiting else None

    async def _answer(self, job: _Job) -> None:
        """Tries twice: a process that died is replaced, and it may have died of something else."""
        try:
            for last in (False, True):
                try:
                    vectors = await self._ask(job.texts)
                    break
                except (IncompleteReadError, OSError, ValueError) as error:
                    await self._end()
                    if last:
                        message = "the embedding process died twice over these texts"
                        raise EncoderError(message) from error
        except EncoderError as error:
            _fail(job, error)
        except asyncio.CancelledError:
            _fail(job, EncoderError("the encoder was closed"))
            raise
        except Exception as error:  # noqa: BLE001 - whoever waits must not wait for ever
            _fail(job, EncoderError(f"the encoder failed: {error!r}"))
        else:
            if not job.done.done():
                job.done.set_result(vectors)

    async def _ask(self, texts: list[str]) -> list[Vector]:
        child = await self._started()
        assert child.stdin  # noqa: S101 - it was opened with a pipe
        assert child.stdout  # noqa: S101 - the same
        try:
            async with asyncio.timeout(self._patience.frame):
                child.stdin.write(packed(TEXTS, json.dumps(texts).encode()))
                await child.stdin.drain()
                kind, body = await receive(child.stdout)
        except TimeoutError as error:
            await self._end()
            message = f"the embedding process gave no answer within {self._patience.frame:g} s"
            raise EncoderSlowError(message) from error
        if kind != VECTORS or len(body) != 4 * self.model.dimension * len(texts):
            message = "these are not the vectors that were asked for"
            raise ValueError(message)
        return _vectors(body, self.model.dimension)

    async def _started(self) -> Process:
        """The running process, or a new one; a start that failed is not tried again at once."""
        if self._child is not None and self._child.returncode is None:
            return self._child
        now = asyncio.get_running_loop().time()
        if self._failed and now < self._failed[0]:
            raise EncoderError(self._failed[1])
        try:
            self._child = await self._start()
        except EncoderError as error:
            self._failed = (now + self._patience.rest, str(error))
            await self._end()
            raise
        self._failed = None
        return self._child

    async def _start(self) -> Process:
        self._child = child = await asyncio.create_subprocess_exec(
            *self._arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env=handed_on(),
            start_new_session=True,
        )
        assert child.stdout  # noqa: S101 - it was opened with a pipe
        try:
            async with asyncio.timeout(self._patience.start):
                kind, body = await receive(child.stdout)
        except TimeoutError as error:
            message = f"the embedding process did not start within {self._patience.start:g} s"
            raise EncoderSlowError(message) from error
        except (IncompleteReadError, ValueError) as error:
            message = "the embedding process ended while it started"
            raise EncoderError(message) from error
        if kind == FAULT:
            raise EncoderError(body.decode(errors="replace"))
        length = json.loads(body)["dimension"] if kind == HELLO else 0
        if length != self.model.dimension:
            message = f"the model gives vectors of {length}, not of {self.model.dimension}"
            raise EncoderError(message)
        return child

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        with suppress(ProcessLookupError):
            child.kill()
        await child.communicate()


def _fail(job: _Job, error: EncoderError) -> None:
    if not job.done.done():
        job.done.set_exception(error)


def _vectors(body: bytes, dimension: int) -> list[Vector]:
    floats = array("f")
    floats.frombytes(body)
    if sys.byteorder == "big":
        floats.byteswap()
    return [floats[at : at + dimension].tolist() for at in range(0, len(floats), dimension)]

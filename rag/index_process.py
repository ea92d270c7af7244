"""Starts the index's process, hands calls over to it, and replaces it when it dies.

Must not know what is called.
"""

import asyncio
import pickle
import sys
from asyncio import IncompleteReadError
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import Any

from rag.environment import handed_on
from rag.errors import RetrievalError
from rag.frames import CALL, FAULT, packed, receive
from rag.index import Make

_PATIENCE_SECONDS = 300.0
"""For one call; the longest is loading or writing down a large index on a slow disk."""
_PARTING_SECONDS = 30.0
"""For the last words to be written down; what is not is in the engine's log."""
_CHANGES = frozenset({"build", "serve"})
"""Calls that go on with what a process that died has forgotten."""


class IndexProcess:
    """Satisfies Caller: sends calls to `rag.index_child`, one at a time.

    Args:
        path: the folder, relative to where this process was started.
        wanted: how an index has to be made to be served.
    """

    def __init__(self, path: Path, wanted: Make) -> None:
        self._path = path
        self._wanted = wanted
        self._turn = asyncio.Lock()
        self._child: Process | None = None

    @property
    def pid(self) -> int | None:
        """The process, where one runs."""
        return self._child.pid if self._child and self._child.returncode is None else None

    async def start(self) -> None:
        """Starts the process and opens the folder.

        Raises:
            IndexInUseError: another process holds it.
            RetrievalError: the process does not start.
        """
        async with self._turn:
            await self._started()

    async def call(self, name: str, *arguments: object) -> Any:  # noqa: ANN401 - see Caller
        """See Caller. Who stops waiting leaves the call to its end, or the next would be mixed up.

        Raises:
            RetrievalError: it died twice over this call, or in the middle of a build.
        """
        return await asyncio.shield(asyncio.ensure_future(self._in_turn(name, arguments)))

    async def close(self) -> None:
        """Ends the process once what was asked before is done; the engine writes down first."""
        async with self._turn:
            child, self._child = self._child, None
            if child is None or child.stdin is None:
                return
            child.stdin.close()
            try:
                async with asyncio.timeout(_PARTING_SECONDS):
                    await child.communicate()
            except TimeoutError:
                self._child = child
                await self._end()

    async def _in_turn(self, name: str, arguments: tuple[object, ...]) -> Any:  # noqa: ANN401
        async with self._turn:
            for last in (False, True):
                child = await self._started()
                try:
                    return await self._exchange(child, (name, arguments))
                except (IncompleteReadError, OSError, ValueError, TimeoutError) as error:
                    await self._end()
                    if last or name in _CHANGES:
                        message = f"the index process died over {name}"
                        raise RetrievalError(message) from error
        return None

    async def _exchange(self, child: Process, asked: object) -> Any:  # noqa: ANN401 - see Caller
        assert child.stdin  # noqa: S101 - it was opened with a pipe
        assert child.stdout  # noqa: S101 - the same
        async with asyncio.timeout(_PATIENCE_SECONDS):
            child.stdin.write(packed(CALL, pickle.dumps(asked)))
            await child.stdin.drain()
            kind, body = await receive(child.stdout)
        told = pickle.loads(body)  # noqa: S301 - our own process wrote it
        if kind == FAULT:
            raise told
        return told

    async def _started(self) -> Process:
        if self._child is not None and self._child.returncode is None:
            return self._child
        self._child = child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "rag.index_child"),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env=handed_on(),
            start_new_session=True,
        )
        try:
            await self._exchange(child, (str(self._path), self._wanted))
        except (IncompleteReadError, OSError, ValueError, TimeoutError) as error:
            await self._end()
            message = "the index process does not start"
            raise RetrievalError(message) from error
        except RetrievalError:
            await self._end()
            raise
        return child

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.communicate()

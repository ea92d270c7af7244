"""The folder of the in-process index: who has it open, which generation is served.

A generation is a folder of its own; the file `current.json` names the one that is served and is
replaced in one step, so that a half-built one is never served. Must not search or write passages.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import uuid4

from rag.errors import IndexInUseError
from rag.index import Make
from rag.stored import make_as_json, make_of

_POINTER, _LOCK, _GENERATION = "current.json", "lock", "generation-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What `current.json` says."""

    generation: Path
    make: Make
    built_at: datetime


class EdgeFolder:
    """A folder, held by this process until it is closed.

    Args:
        path: the folder; it is made where it is missing.
        holder: the number of the process that others are to be told.

    Raises:
        IndexInUseError: another process holds it.
    """

    def __init__(self, path: Path, holder: int) -> None:
        self.path = path
        self._holder = holder
        self._lock: IO[str] | None = None
        self._hold()

    @property
    def is_gone(self) -> bool:
        """Whether somebody deleted it, or the pointer in it, while it was open."""
        return not (self.path / _POINTER).exists()

    def served(self) -> Served | None:
        """What is to be served; None where nothing is, or the pointer cannot be read."""
        return served_in(self.path)

    def begin(self) -> Path:
        """A new, empty generation, once those that nobody serves are deleted."""
        self._hold()
        served = self.served()
        for left in self._generations():
            if served is None or left != served.generation:
                shutil.rmtree(left, ignore_errors=True)
        generation = self.path / f"{_GENERATION}{uuid4().hex[:12]}"
        generation.mkdir()
        return generation

    def serve(self, generation: Path, make: Make, built_at: datetime) -> Served:
        """Points to a generation that is complete and on disk."""
        said = {"generation": generation.name, **make_as_json(make, built_at)}
        beside = self.path / f"{_POINTER}.new"
        with beside.open("w", encoding="utf-8") as written:
            json.dump(said, written)
            written.flush()
            os.fsync(written.fileno())
        beside.replace(self.path / _POINTER)
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return Served(generation=generation, make=make, built_at=built_at)

    def drop(self, generation: Path) -> None:
        """Deletes a generation that is not served."""
        shutil.rmtree(generation, ignore_errors=True)

    def close(self) -> None:
        """Lets another process have it."""
        if self._lock:
            self._lock.close()
            self._lock = None

    def _generations(self) -> Iterator[Path]:
        yield from self.path.glob(f"{_GENERATION}*")

    def _hold(self) -> None:
        """Takes the lock; again where the folder was deleted and with it what was locked."""
        self.path.mkdir(parents=True, exist_ok=True)
        if self._lock and (self.path / _LOCK).exists():
            return
        self.close()
        lock = (self.path / _LOCK).open("a+", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            message = (
                f"the index folder {self.path} is open in process {holder}; stop that one, or give"
                " this one a QDRANT_PATH of its own, or both a server by QDRANT_URL"
            )
            raise IndexInUseError(message) from error
        lock.truncate(0)
        lock.write(str(self._holder))
        lock.flush()
        self._lock = lock


def served_in(path: Path) -> Served | None:
    """What a folder serves, whoever has it open."""
    try:
        said = json.loads((path / _POINTER).read_text(encoding="utf-8"))
        make, built_at = make_of(said)
        generation = path / str(said["generation"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not generation.is_dir() or not generation.name.startswith(_GENERATION):
        return None
    return Served(generation=generation, make=make, built_at=built_at)

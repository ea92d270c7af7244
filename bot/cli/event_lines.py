"""Opens what is to be loaded: a file, a compressed one, or stdin; line by line, counted.

Must not know what a line means.
"""

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from bot.cli.app import CommandError
from handlers.api.errors import Issue
from handlers.ingest.canonical import InvalidEventError

STDIN = Path("-")
LONGEST = 512 * 1024
"""The limit of one event over HTTP, too."""
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_DAMAGE = (EOFError, zlib.error, gzip.BadGzipFile)


class Stream(Protocol):
    """Bytes that can be looked at before they are read."""

    def peek(self, size: int, /) -> bytes:
        """Some of the next bytes, which stay to be read."""
        ...

    def readline(self, size: int, /) -> bytes:
        """The next line, or that much of it."""
        ...


class Lines:
    """Lines of bytes; an overlong one raises, and the next one is read after it.

    `number` is that of the latest line, `taken` the lines since `taken` was last cleared, `head`
    the line that names a table's columns.
    """

    def __init__(self, name: str, stream: Stream, source: BinaryIO, size: int | None) -> None:
        self.name, self.size = name, size
        self.number = 0
        self.taken: list[bytes] = []
        self.head = b""
        self._stream, self._source = stream, source
        self._from_pipe = 0

    @property
    def read(self) -> int:
        """How many bytes were read of the file as it lies on the disk."""
        return self._from_pipe if self.size is None else self._source.tell()

    @property
    def are_objects(self) -> bool:
        """Whether they look like lines of JSON; asked before the first is read."""
        try:
            begin = self._stream.peek(64)
        except _DAMAGE:
            return True  # told by the line that cannot be read
        return begin.removeprefix(_BOM).lstrip()[:1] in (b"{", b"[")

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        line = self._readline()
        if not line:
            raise StopIteration
        self.number += 1
        self.taken.append(line)
        if len(line) > LONGEST:
            self._skip_rest(line)
            message = f"longer than {LONGEST // 1024} KiB"
            raise InvalidEventError(Issue(path="body", message=message))
        return line.removeprefix(_BOM) if self.number == 1 else line

    def _readline(self) -> bytes:
        try:
            line = self._stream.readline(LONGEST + 1)
        except _DAMAGE as error:
            message = f"{self.name}: the compressed file is damaged after line {self.number}"
            raise CommandError(message) from error
        self._from_pipe += len(line)
        return line

    def _skip_rest(self, line: bytes) -> None:
        while line and not line.endswith(b"\n"):
            line = self._readline()


@contextmanager
def open_lines(path: Path) -> Iterator[Lines]:
    """The lines of a file or of stdin (`-`); gzip is known by its first bytes, not by a name."""
    piped = path == STDIN
    with nullcontext(sys.stdin.buffer) if piped else path.open("rb") as source:
        buffered = io.BufferedReader(cast("io.RawIOBase", source))
        packed = buffered.peek(len(_GZIP)).startswith(_GZIP)
        stream: Stream = gzip.GzipFile(fileobj=buffered) if packed else buffered
        size = None if piped else path.stat().st_size
        yield Lines("stdin" if piped else str(path), stream, source, size)

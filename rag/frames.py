"""How the server talks with processes of its own: a length, a kind, and so many bytes.

Must not know what is said, and must import nothing heavy: both ends read it.
"""

import struct
from asyncio import StreamReader
from typing import BinaryIO

HELLO, TEXTS, VECTORS, FAULT = b"h", b"t", b"v", b"e"
CALL, RESULT = b"c", b"r"
MOST_BYTES = 64 << 20
"""No frame is longer: what claims to be is noise."""
_HEAD = struct.Struct("<cI")


def packed(kind: bytes, body: bytes) -> bytes:
    """A frame."""
    return _HEAD.pack(kind, len(body)) + body


def read_from(stream: BinaryIO) -> tuple[bytes, bytes] | None:
    """The next frame's kind and body; None at the end of the stream."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, length = _HEAD.unpack(head)
    body = stream.read(length)
    return (kind, body) if len(body) == length else None


async def receive(reader: StreamReader) -> tuple[bytes, bytes]:
    """The same from a process.

    Raises:
        IncompleteReadError: the process ended.
        ValueError: what came is no frame.
    """
    kind, length = _HEAD.unpack(await reader.readexactly(_HEAD.size))
    if kind not in (HELLO, VECTORS, FAULT, RESULT) or length > MOST_BYTES:
        message = "what came is no frame"
        raise ValueError(message)
    return kind, await reader.readexactly(length)

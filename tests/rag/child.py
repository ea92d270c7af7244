"""An embedding process without a model, for test_encoder.py: it speaks the same frames.

Started as a script, with what it should do wrong as its first argument. A text's vector is its
length, and how many frames this process answered before.
"""

import json
import os
import struct
import sys
import time
from pathlib import Path

_HEAD = struct.Struct("<cI")


def send(kind: bytes, body: bytes) -> None:
    """A frame on stdout."""
    sys.stdout.buffer.write(_HEAD.pack(kind, len(body)) + body)
    sys.stdout.buffer.flush()


def main() -> None:
    """Answers until the end, or does what the first argument says."""
    manner = sys.argv[1]
    if manner == "no-model":
        send(b"e", b"the weights are not the published ones")
        return
    if manner == "mute":
        time.sleep(60)
    if manner == "noise":
        sys.stdout.buffer.write(b"Loading weights: 100%")
        sys.stdout.buffer.flush()
    dimension = 3 if manner == "other-model" else 2
    send(b"h", json.dumps({"dimension": dimension}).encode())
    answered = 0
    while head := sys.stdin.buffer.read(_HEAD.size):
        _, length = _HEAD.unpack(head)
        texts = json.loads(sys.stdin.buffer.read(length))
        misbehave(manner, texts)
        body = b"".join(struct.pack("<2f", len(text), answered) for text in texts)
        send(b"v", body[:-4] if manner == "short" else body)
        answered += 1


def misbehave(manner: str, texts: list[str]) -> None:
    """Dies of poison, dies once, or sleeps over a text."""
    if "poison" in texts:
        os.kill(os.getpid(), 9)
    if "once" in texts and not Path(manner).exists():
        Path(manner).touch()
        os.kill(os.getpid(), 9)
    if "sleep" in texts:
        time.sleep(60)
    if "slow" in texts:
        time.sleep(0.1)


if __name__ == "__main__":
    main()

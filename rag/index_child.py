"""The index's process: opens a folder, then does call by call until its input ends.

Started by index_process.py as `python -m rag.index_child`. Must not be imported by the server.
"""

import os
import pickle
import sys
from pathlib import Path
from typing import BinaryIO

from rag.edge_folder import EdgeFolder
from rag.edge_store import EdgeStore, call
from rag.frames import FAULT, RESULT, packed, read_from


def main() -> int:
    """Answers frame by frame; the first one says what to open."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    asked = sys.stdin.buffer
    first = read_from(asked)
    if first is None:
        return 0
    path, wanted = pickle.loads(first[1])  # noqa: S301 - our own server wrote it
    try:
        store = EdgeStore(EdgeFolder(Path(path), os.getppid()), wanted)
    except Exception as error:  # noqa: BLE001 - the server tells it
        _say(answers, FAULT, error)
        return 1
    _say(answers, RESULT, None)
    while frame := read_from(asked):
        name, arguments = pickle.loads(frame[1])  # noqa: S301 - our own server wrote it
        try:
            kind, told = RESULT, call(store, name, arguments)
        except Exception as error:  # noqa: BLE001 - the server tells it
            kind, told = FAULT, error
        _say(answers, kind, told)
    store.close()
    return 0


def _say(answers: BinaryIO, kind: bytes, told: object) -> None:
    answers.write(packed(kind, pickle.dumps(told)))
    answers.flush()


if __name__ == "__main__":
    sys.exit(main())

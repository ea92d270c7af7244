"""The embedding process: loads the model once, then turns texts into vectors until its input ends.

Started by encoder.py as `python -m rag.encoder_child MODEL THREADS`. Must not be imported by the
server: it imports torch, which takes seconds and stalls an event loop.
"""

import json
import os
import sys
from typing import TYPE_CHECKING, BinaryIO

from rag.embedding_model import (
    EmbeddingModel,
    ModelAlteredError,
    ModelMissingError,
    find_model,
    verify_model,
)
from rag.frames import FAULT, HELLO, TEXTS, VECTORS, packed, read_from

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_NICE = 10
"""Lower than the server, which takes events in: embedding can wait."""
_ENVIRONMENT = {
    "HF_HUB_ENVIRONMENT": "1",
    "TRANSFORMERS_ENVIRONMENT": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "OMP_WAIT_POLICY": "PASSIVE",  # a thread that waits leaves its core to the server
}


def main() -> int:
    """Says hello with the vectors' length, or what is wrong; then answers frame by frame."""
    os.nice(_NICE)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    os.environ.update(_ENVIRONMENT)
    name, threads = sys.argv[1], int(sys.argv[2])
    try:
        found = find_model(name)
        verify_model(found)
        model = _loaded(found, threads)
    except (ModelMissingError, ModelAlteredError) as error:
        return _fail(answers, error.__doc__ or "")
    except Exception as error:  # noqa: BLE001 - whatever it is, the server has to hear of it
        return _fail(answers, f"{type(error).__name__}: {error}")
    length = len(_encoded(model, ["warm-up"])) // 4
    _send(answers, HELLO, json.dumps({"dimension": length}).encode())
    while frame := read_from(sys.stdin.buffer):
        kind, body = frame
        if kind == TEXTS:
            _send(answers, VECTORS, _encoded(model, json.loads(body)))
    return 0


def _loaded(found: EmbeddingModel, threads: int) -> "SentenceTransformer":
    import torch  # noqa: PLC0415 - seconds, and only here
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - the same

    if threads:
        torch.set_num_threads(threads)
    return SentenceTransformer(str(found.folder), device="cpu", local_files_only=True)


def _encoded(model: "SentenceTransformer", texts: list[str]) -> bytes:
    """Unit vectors as little-endian 32-bit floats, one behind the other."""
    vectors = model.encode(
        texts, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
    )
    return bytes(vectors.astype("<f4").tobytes())


def _fail(answers: BinaryIO, words: str) -> int:
    _send(answers, FAULT, words.encode())
    return 1


def _send(answers: BinaryIO, kind: bytes, body: bytes) -> None:
    answers.write(packed(kind, body))
    answers.flush()


if __name__ == "__main__":
    sys.exit(main())

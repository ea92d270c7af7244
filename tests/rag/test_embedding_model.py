"""The embedding model is at hand offline and is the published one."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from rag.embedding_model import (
    ModelAlteredError,
    ModelMissingError,
    find_model,
    verify_model,
)


def test_the_offline_copy_is_the_published_model() -> None:
    """The pinned package carries the weights whose checksum is published, of 384 dimensions."""
    model = find_model()
    verify_model(model)
    assert model.dimension == 384


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    """Weights that differ from the published ones are refused."""
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(ModelAlteredError):
        verify_model(replace(find_model(), folder=tmp_path))


def test_a_folder_may_stand_for_a_name(tmp_path: Path) -> None:
    """A folder with weights and configuration is a model; an empty one is not."""
    with pytest.raises(ModelMissingError):
        find_model(str(tmp_path))
    shutil.copy(find_model().folder / "config.json", tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    assert find_model(str(tmp_path)).dimension == 384

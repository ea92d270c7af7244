"""Holds every drawing to its golden file; `E2A_TEST_GOLDEN=write` draws the files anew."""

import json
import os
from pathlib import Path

import pytest

from tests.slack.drawings import HOMES, MESSAGES, MODALS, as_json

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted({*MESSAGES, *MODALS, *HOMES})


@pytest.mark.parametrize("name", NAMES)
def test_drawing_is_as_agreed(name: str) -> None:
    """What people see changes only on purpose."""
    drawn = json.dumps(as_json(name), indent=1, ensure_ascii=False) + "\n"
    path = GOLDEN / f"{name}.json"
    if os.environ.get("E2A_TEST_GOLDEN") == "write":
        path.write_text(drawn, encoding="utf-8")
    assert drawn == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    """A drawing that is gone takes its file along."""
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(NAMES)

"""Where the real payloads and collections lie. Must not copy any of them into the repository."""

import os
from pathlib import Path

FOLDER = Path(__file__).parents[1] / os.environ.get("E2A_TEST_DATA", "../shared/data")
"""`E2A_TEST_DATA`, from the root of the repository where it is relative."""


def absent(*parts: str) -> str:
    """Why a test of that file or folder is skipped."""
    return f"no {'/'.join(parts)} among the real data; set E2A_TEST_DATA"

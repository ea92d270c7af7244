"""The page on reliability against the tests that it names."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")


def test_the_page_names_tests_that_there_are() -> None:
    """Each row of the table names a file of tests that exists."""
    rows = [line.split("|") for line in PAGE.splitlines() if line.startswith("| ")][1:]
    named = [re.findall(r"`(tests/[\w/]+\.py)`", row[3]) for row in rows]
    assert len(rows) >= 12
    assert all(named)
    assert [path for some in named for path in some if not (ROOT / path).is_file()] == []


def test_the_page_names_every_fault_test() -> None:
    """A file of fault tests is in the table, or nobody would know what holds."""
    own = {path.name for path in Path(__file__).parent.glob("test_*.py")}
    own -= {"test_page.py", "test_cluster.py"}
    assert {name for name in own if f"tests/faults/{name}" not in PAGE} == set()

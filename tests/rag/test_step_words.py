"""Rows of the next steps as sentences that can be quoted."""

from collections.abc import Mapping
from typing import Any

import pytest

from rag.step_words import step_in_words


@pytest.mark.parametrize(
    ("row", "said"),
    [
        pytest.param(
            {"causes": ["stock"], "do": "Decide whether {order} waits."},
            "What to do when stock is short: Decide whether the order waits.",
            id="a cause",
        ),
        pytest.param(
            {"reasons": ["PICK_DELAY"], "causes": ["zone"], "do": "Ask what stops zone {zone}."},
            "What to do on pick delay when its whole zone is late: Ask what stops the zone.",
            id="both",
        ),
        pytest.param({"do": "Look at {order}."}, "What else to do: Look at the order.", id="all"),
        pytest.param({"name": "x"}, "", id="another kind of row"),
    ],
)
def test_a_row_says_what_to_do_and_when(row: Mapping[str, Any], said: str) -> None:
    """Names of an order are left out: the row holds for every one."""
    assert step_in_words(row) == said

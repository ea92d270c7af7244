"""Dead letters are counted by what their reasons have in common."""

import pytest

from policies.letter_reasons import counted_together, without_reference
from policies.queries import LetterCount
from tests.policies.builders import at


@pytest.mark.parametrize(
    ("reason", "common"),
    [
        ("Evaluation failed 3 times; log line 0a1b2c3d", "Evaluation failed 3 times"),
        ("Evaluation failed 3 times", "Evaluation failed 3 times"),
        ("note; log line 0a1b2c3d was wrong", "note; log line 0a1b2c3d was wrong"),
        ("", ""),
    ],
)
def test_a_log_line_is_each_letters_own(reason: str, common: str) -> None:
    """The number of a log line is left out at the end of a reason, and nowhere else."""
    assert without_reference(reason) == common


def test_counts_are_added_and_the_greatest_comes_first() -> None:
    """What differs in its log line only is one group, with its soonest next try."""
    counts = [
        LetterCount(kind="slack", reason="Slack refused: is_archived", count=2),
        LetterCount(kind="evaluate", reason="E; log line 0000000a", count=1, next_retry_at=at(9)),
        LetterCount(kind="evaluate", reason="E; log line 0000000b", count=3, next_retry_at=at(5)),
        LetterCount(kind="event", reason="E", count=2),
    ]
    assert counted_together(counts) == [
        LetterCount(kind="evaluate", reason="E", count=4, next_retry_at=at(5)),
        LetterCount(kind="event", reason="E", count=2),
        LetterCount(kind="slack", reason="Slack refused: is_archived", count=2),
    ]

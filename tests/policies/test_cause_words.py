"""What kinds of causes are called in answers about many."""

from policies.cause_words import CAUSE_WORDS, UNKNOWN, why_of
from policies.causes import SOURCE, UNSCANNED
from policies.explanation import CAUSES, REPORTED
from policies.records import Explanation


def test_every_recorded_kind_has_words() -> None:
    """Whatever an event can account for is told in words, and so is what is not known."""
    assert {*CAUSES.values(), *REPORTED.values(), SOURCE, UNSCANNED} <= set(CAUSE_WORDS)
    bare = Explanation(label="l", ops_note="o", client_note="c", next_step="n", evidence=())
    assert why_of(None) == why_of(bare) == UNKNOWN

"""One figure of a policy is changed to try it out; the rest of the text stays as it is."""

import pytest

from policies.book.edit import NotADurationError, with_duration
from policies.book.read import read_sla_book
from policies.promise import Within
from tests.policies.builders import PACKAGED

TEXT = PACKAGED.read_text(encoding="utf-8")


def test_only_that_rule_gets_another_duration() -> None:
    """Every other rule, target and comment is what it was."""
    before, after = read_sla_book(TEXT), read_sla_book(with_duration(TEXT, "a", "pick", "90m"))
    assert after.rules[0].deadline == Within(minutes=90)
    assert after.rules[1:] == before.rules[1:]
    assert "# The packaged promises." in with_duration(TEXT, "a", "pick", "90m")


@pytest.mark.parametrize(("rule", "words"), [("gone", "no promise called gone")])
def test_what_has_no_duration_is_refused(rule: str, words: str) -> None:
    """There is nothing to change, and that is said."""
    with pytest.raises(NotADurationError, match=words):
        with_duration(TEXT, "a", rule, "90m")

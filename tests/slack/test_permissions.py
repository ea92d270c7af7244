"""Who may do what, as a table."""

import pytest

from jobs.ports_slack import Person
from policies.permissions import NEEDED, Allowed, Refused, Standing, may, standing_of

MEMBER = Person(id="U1", name="Maria", team_id="T1")
OTHERS = {
    Standing.GUEST: Person(id="U2", name="G", team_id="T1", guest=True),
    Standing.STRANGER: Person(id="U3", name="S", team_id="T9"),
    Standing.FORMER: Person(id="U4", name="F", team_id="T1", deleted=True),
    Standing.MACHINE: Person(id="U5", name="B", team_id="T1", bot=True),
}


@pytest.mark.parametrize("verb", NEEDED)
def test_full_members_of_our_workspace_are_operators(verb: str) -> None:
    """For now a full member may do everything that there is."""
    assert may(MEMBER, verb, team_id="T1") == Allowed(standing=Standing.OPERATOR)


@pytest.mark.parametrize("standing", OTHERS)
@pytest.mark.parametrize("verb", NEEDED)
def test_everybody_else_is_refused_with_a_reason(standing: Standing, verb: str) -> None:
    """A refusal says why and who may instead."""
    verdict = may(OTHERS[standing], verb, team_id="T1")
    assert standing_of(OTHERS[standing], "T1") is standing
    assert isinstance(verdict, Refused)
    assert verdict.why.endswith(".")


def test_the_unknown_is_refused() -> None:
    """Somebody whom Slack does not name, an unknown verb and an unknown workspace get nothing."""
    assert isinstance(may(None, "read", team_id="T1"), Refused)
    assert isinstance(may(MEMBER, "launch", team_id="T1"), Refused)
    assert isinstance(may(MEMBER, "read", team_id=""), Refused)

"""Who may do what, as a table: five roles, every verb, and everybody who is no member."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from jobs.ports.slack import Person
from policies.permissions import NEEDED, Allowed, Refused, Standing, may, one_of, standing_of
from policies.roles import EVERYONE, UNGIVEN, Role, RoleGrant, group, holders, roles_of, user

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"
MEMBER = Person(id="U1", name="Maria", team_id="T1")
OTHERS = {
    Standing.GUEST: Person(id="U2", name="G", team_id="T1", guest=True),
    Standing.STRANGER: Person(id="U3", name="S", team_id="T9"),
    Standing.FORMER: Person(id="U4", name="F", team_id="T1", deleted=True),
    Standing.MACHINE: Person(id="U5", name="B", team_id="T1", bot=True),
}
_ROW = re.compile(r"^\| `(\w+)` \|(.*)\|$", re.MULTILINE)


def _table() -> dict[str, dict[Role, bool]]:
    """The table of docs/permissions.md: verb -> role -> whether a tick stands there."""
    page = PAGE.read_text(encoding="utf-8").partition("| verb | is |")[0]
    head = next(line for line in page.splitlines() if "| viewer" in line)
    roles = [Role(cell.strip()) for cell in head.strip("|").split("|")[1:]]
    return {
        verb: dict(zip(roles, (cell.strip() == "yes" for cell in row.split("|")), strict=True))
        for verb, row in _ROW.findall(page)
    }


def permitted(verb: str, role: Role) -> bool:
    """What the page says."""
    return _table()[verb][role]


def test_the_page_knows_every_verb_and_role() -> None:
    """docs/permissions.md has a row for each verb and a column for each role."""
    table = _table()
    assert set(table) == set(NEEDED)
    assert all(set(row) == set(Role) for row in table.values())


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("verb", NEEDED)
def test_the_page_is_true(verb: str, role: Role) -> None:
    """A member with one role may exactly what the page says."""
    verdict = may(MEMBER, verb, team_id="T1", roles={role})
    assert isinstance(verdict, Allowed) is _table()[verb][role]
    if isinstance(verdict, Refused):
        assert role not in verdict.wanted
        assert one_of(verdict.wanted) in verdict.why


@pytest.mark.parametrize("standing", OTHERS)
@pytest.mark.parametrize("verb", NEEDED)
def test_who_is_no_member_is_refused_with_a_reason(standing: Standing, verb: str) -> None:
    """No role helps a guest, a stranger, a deactivated account or a bot; the refusal says why."""
    verdict = may(OTHERS[standing], verb, team_id="T1", roles=frozenset(Role))
    assert standing_of(OTHERS[standing], "T1") is standing
    assert isinstance(verdict, Refused)
    assert verdict.why.endswith(".")
    assert not verdict.wanted


def test_the_unknown_is_refused() -> None:
    """Somebody whom Slack does not name, an unknown verb and an unknown workspace get nothing."""
    everything = frozenset(Role)
    assert isinstance(may(None, "read", team_id="T1", roles=everything), Refused)
    assert isinstance(may(MEMBER, "launch", team_id="T1", roles=everything), Refused)
    assert isinstance(may(MEMBER, "read", team_id="", roles=everything), Refused)


def test_until_somebody_decides_members_are_operators() -> None:
    """A small team needs no set-up; who runs the workspace is admin besides."""
    assert roles_of((), {user("U1")}, 1) == UNGIVEN == {Role.OPERATOR}
    assert roles_of((), {user("U1")}, 1, admin=True) == {Role.OPERATOR, Role.ADMIN}


def test_roles_come_from_oneself_and_from_groups_for_a_client_or_all() -> None:
    """What is given adds up; a client's role holds for that client; own roles beat everyone's."""
    grants = (
        RoleGrant(principal=EVERYONE, role=Role.VIEWER),
        RoleGrant(principal=user("U1"), role=Role.BILLING, tenant_id=1),
        RoleGrant(principal=group("S1"), role=Role.LEAD),
    )
    maria = {user("U1"), group("S1")}
    assert roles_of(grants, maria, 1) == {Role.BILLING, Role.LEAD}
    assert roles_of(grants, maria, 2) == {Role.LEAD}
    assert roles_of(grants, {user("U1")}, 2) == {Role.VIEWER}
    assert roles_of(grants, {user("U9")}, 1) == {Role.VIEWER}
    assert holders(grants, {Role.LEAD, Role.ADMIN}, 2) == (group("S1"),)
    assert holders(grants, {Role.BILLING}, 2) == ()


def test_taking_the_last_role_leaves_everyones() -> None:
    """Who has no role of their own any more is what everyone is."""
    lead = RoleGrant(principal=user("U1"), role=Role.LEAD)
    everyone = replace(lead, principal=EVERYONE, role=Role.VIEWER)
    assert roles_of((lead, everyone), {user("U1")}, 1) == {Role.LEAD}
    assert roles_of((everyone,), {user("U1")}, 1) == {Role.VIEWER}

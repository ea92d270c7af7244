"""Says who may do what: a table of the roles that each verb asks for.

Must not look anybody up: it takes a person as Slack knows them now and their roles, returns a
verdict. docs/permissions.md shows the same table, and a test holds them together.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from policies.roles import UNGIVEN, Role


class Standing(StrEnum):
    """What somebody is to the workspace."""

    MEMBER = "member"
    GUEST = "guest"
    STRANGER = "stranger"
    FORMER = "former"
    MACHINE = "machine"


class Member(Protocol):
    """What authority needs to know of somebody in Slack."""

    @property
    def team_id(self) -> str:
        """The workspace that the account belongs to."""
        ...

    @property
    def guest(self) -> bool:
        """Whether the account is limited to some channels."""
        ...

    @property
    def deleted(self) -> bool:
        """Whether the account is deactivated."""
        ...

    @property
    def bot(self) -> bool:
        """Whether it is a machine."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Go ahead, in this capacity."""

    roles: frozenset[Role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Not for them; `why` is a sentence that says who may instead.

    `wanted` are the roles that would do; empty where no role can help.
    """

    why: str
    wanted: frozenset[Role] = frozenset()


READ = "read"
_ALL = frozenset(Role)
_OPERATE = frozenset({Role.OPERATOR, Role.LEAD, Role.ADMIN})
_LEAD = frozenset({Role.LEAD, Role.ADMIN})
NEEDED: dict[str, frozenset[Role]] = {
    READ: _ALL,
    "ask": _ALL,
    "acknowledge": _OPERATE,
    "assign": _OPERATE,
    "own": _OPERATE,
    "resolve": _OPERATE,
    "snooze": _OPERATE,
    "undo": _OPERATE,
    "draft": _OPERATE,
    "explain": _OPERATE,
    "reopen": _OPERATE,
    "split": _OPERATE,
    "replay": _OPERATE,
    "block": _OPERATE,
    "unblock": _OPERATE,
    "run": _OPERATE,
    "subscribe": _OPERATE,
    "map": _LEAD,
    "authorize": _LEAD,
    "discard": _LEAD,
    "review": _LEAD,
    "learn": _LEAD,
    "forget": _LEAD,
    "audit": frozenset({Role.LEAD, Role.BILLING, Role.ADMIN}),
    "check": _OPERATE | {Role.BILLING},
    "correct": frozenset({Role.LEAD, Role.BILLING, Role.ADMIN}),
    "export": frozenset({Role.LEAD, Role.BILLING, Role.ADMIN}),
    "grant": frozenset({Role.ADMIN}),
}
"""Which roles may do a verb; any one is enough. `own` is being given an exception."""

_WHY: dict[Standing, str] = {
    Standing.GUEST: "Guests cannot use E2A. Ask a full member of this workspace in the channel.",
    Standing.STRANGER: "Only members of the workspace that runs E2A can use it. Ask one of them.",
    Standing.FORMER: "This account is deactivated, so it cannot use E2A.",
    Standing.MACHINE: "Bots cannot use E2A here; they use the API with a key.",
}
_UNKNOWN = "Slack does not say who you are just now, so nothing was done. Please try again."


def standing_of(person: Member, team_id: str) -> Standing:
    """The least standing that applies."""
    applies = (
        (person.deleted, Standing.FORMER),
        (person.bot, Standing.MACHINE),
        (person.team_id != team_id, Standing.STRANGER),
        (person.guest, Standing.GUEST),
    )
    return next((standing for holds, standing in applies if holds), Standing.MEMBER)


def may(
    person: Member | None, verb: str, *, team_id: str, roles: Collection[Role] = UNGIVEN
) -> Allowed | Refused:
    """Whether somebody may do that now. Nobody known, or an unknown verb, is refused.

    Args:
        person: as Slack knows them at the moment of the act; None when it does not.
        verb: a key of NEEDED.
        team_id: the workspace in which E2A is installed.
        roles: theirs for the client that it is about.
    """
    if person is None:
        return Refused(why=_UNKNOWN)
    standing = standing_of(person, team_id)
    if standing is not Standing.MEMBER:
        return Refused(why=_WHY[standing])
    wanted = NEEDED.get(verb, frozenset())
    if wanted & frozenset(roles):
        return Allowed(roles=frozenset(roles))
    if not wanted:
        return Refused(why=f"Nobody may {verb} here yet.")
    return Refused(why=f"To {verb} takes {one_of(wanted)}.", wanted=wanted)


def one_of(roles: Collection[Role]) -> str:
    """`an operator, a lead or an admin`, least rights first."""
    named = [
        f"{'an' if role.value[0] in 'aeiou' else 'a'} {role.value}"
        for role in Role
        if role in roles
    ]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} or {named[-1]}"

"""Says who may do what: a table of the standing that each verb asks for.

Must not look anybody up: it takes a person as Slack knows them now, returns a verdict.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Standing(StrEnum):
    """What somebody is to the operation."""

    OPERATOR = "operator"
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
    """Go ahead."""

    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Not for them; `why` is a sentence that says who may instead."""

    why: str


READ = "read"
_OPERATORS = frozenset({Standing.OPERATOR})
NEEDED: dict[str, frozenset[Standing]] = {
    READ: _OPERATORS,
    "ask": _OPERATORS,
    "acknowledge": _OPERATORS,
    "assign": _OPERATORS,
    "own": _OPERATORS,
    "resolve": _OPERATORS,
    "snooze": _OPERATORS,
    "reopen": _OPERATORS,
    "replay": _OPERATORS,
    "subscribe": _OPERATORS,
    "block": _OPERATORS,
    "unblock": _OPERATORS,
}
"""Which standings may do a verb; `own` is being given an exception."""

_WHY: dict[Standing, str] = {
    Standing.GUEST: "Guests cannot use E2A. Ask a full member of this workspace in the channel.",
    Standing.STRANGER: "Only members of the workspace that runs E2A can use it. Ask one of them.",
    Standing.FORMER: "This account is deactivated, so it cannot use E2A.",
    Standing.MACHINE: "Bots cannot use E2A here; they use the API with a key.",
}
_UNKNOWN = "Slack does not say who you are just now, so nothing was done. Please try again."


def standing_of(person: Member, team_id: str) -> Standing:
    """The least standing that applies; a full member of our workspace is an operator."""
    applies = (
        (person.deleted, Standing.FORMER),
        (person.bot, Standing.MACHINE),
        (person.team_id != team_id, Standing.STRANGER),
        (person.guest, Standing.GUEST),
    )
    return next((standing for holds, standing in applies if holds), Standing.OPERATOR)


def may(person: Member | None, verb: str, *, team_id: str) -> Allowed | Refused:
    """Whether somebody may do that now. Nobody known, or an unknown verb, is refused.

    Args:
        person: as Slack knows them at the moment of the act; None when it does not.
        verb: a key of NEEDED.
        team_id: the workspace in which E2A is installed.
    """
    if person is None:
        return Refused(why=_UNKNOWN)
    standing = standing_of(person, team_id)
    if standing in NEEDED.get(verb, frozenset()):
        return Allowed(standing=standing)
    return Refused(why=_WHY.get(standing, f"Nobody may {verb} here yet."))

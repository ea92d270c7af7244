"""Reads the words behind `roles` and `role`: who may what, and giving somebody a role.

Must not give it: roles.py does.
"""

import re

from handlers.slack.intents import GiveRole, Incomplete, Intent, ShowRoles
from handlers.slack.words import Said, usage
from policies.roles import EVERYONE, Role, group, user

_PERSON = re.compile(r"^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>,?$")
_GROUP = re.compile(r"^<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>,?$")
_NONE = frozenset({"none", "nothing", "remove", "-"})
_FILLERS = frozenset({"is", "as", "a", "an", "the", "now", "to"})


def read_roles(said: Said) -> Intent | None:
    """`roles`."""
    return ShowRoles() if not said.rest or not said.talk else None


def read_role(said: Said) -> Intent | None:
    """`role @maria lead`, `role @night-shift operator for Acme`, `role everyone viewer`."""
    if not said.rest:
        return ShowRoles()
    principal = _principal(said.rest[0])
    if principal is None and said.talk:
        return None
    if principal is None:
        who = said.rest[0][:40]
        return Incomplete(why=f"I cannot tell who {who} is: pick them from Slack's list after @.")
    rest = [word for word in said.rest[1:] if word.lower() not in _FILLERS]
    return _given(principal, rest) if rest else usage("role")


def _given(principal: str, words: list[str]) -> Intent:
    client, word = _client(words[1:]), words[0].lower().strip(",.")
    if word in _NONE:
        return GiveRole(principal=principal, role=None, client=client)
    if word in set(Role):
        return GiveRole(principal=principal, role=Role(word), client=client)
    known = ", ".join(Role)
    return Incomplete(why=f"I don't know the role {word[:40]}. Roles are {known}, or none.")


def _principal(word: str) -> str | None:
    if word.lower().strip(",") in (EVERYONE, "everybody", "others"):
        return EVERYONE
    person, several = _PERSON.match(word), _GROUP.match(word)
    if person:
        return user(person[1])
    return group(several[1]) if several else None


def _client(words: list[str]) -> str | None:
    if not words or words[0].lower() != "for":
        return None
    named = " ".join(words[1:]).strip("\"'., ")[:120]
    return named if named and named.lower() not in ("all", "everybody", "every client") else None

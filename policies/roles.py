"""What somebody is to the operation, client by client: roles, and who was given which.

Must not look anybody up, and must not say what a role may do: permissions.py does.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What somebody does for a living, least rights first."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    BILLING = "billing"
    LEAD = "lead"
    ADMIN = "admin"


EVERYONE = "everyone"
"""The principal whose roles hold for members to whom nothing else was given."""
UNGIVEN = frozenset({Role.OPERATOR})
"""What a full member is until anybody decides otherwise: a small team needs no set-up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGrant:
    """A role given to `user:U1`, `group:S1` or `everyone`; `tenant_id` None: for every client."""

    principal: str
    role: Role
    tenant_id: int | None = None
    granted_by: str = ""
    granted_at: datetime | None = None


def user(user_id: str) -> str:
    """The principal of a person."""
    return f"user:{user_id}"


def group(group_id: str) -> str:
    """The principal of a Slack user group."""
    return f"group:{group_id}"


def roles_of(
    grants: Iterable[RoleGrant], principals: Collection[str], tenant_id: int, *, admin: bool = False
) -> frozenset[Role]:
    """The roles of somebody for one client.

    Args:
        grants: all there are.
        principals: what the person is: `user:` and the `group:`s that they are in.
        tenant_id: the client.
        admin: whether they run the Slack workspace, which makes them ours too.
    """
    here = [grant for grant in grants if grant.tenant_id in (None, tenant_id)]
    given = {grant.role for grant in here if grant.principal in principals}
    everyone = {grant.role for grant in here if grant.principal == EVERYONE}
    roles = frozenset(given or everyone or UNGIVEN)
    return roles | {Role.ADMIN} if admin else roles


def holders(
    grants: Iterable[RoleGrant], wanted: Collection[Role], tenant_id: int
) -> tuple[str, ...]:
    """The principals that have one of these roles for a client, in the order of being given it."""
    found = (
        grant.principal
        for grant in grants
        if grant.role in wanted and grant.tenant_id in (None, tenant_id)
    )
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """An act that somebody asked for who may not do it, until somebody decides who may.

    `wish` holds the fields of the act as JSON: note, reason, assignee, until, version.
    """

    id: int
    tenant_id: int
    exception_id: int
    verb: str
    wish: dict[str, Any]
    asked_by: str
    asked_name: str
    channel_id: str | None
    asked_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    outcome: str | None = None

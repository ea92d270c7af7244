"""Who may: a person's roles for each client, from server state at the moment of the press.

Must not decide what a role may do (policies/permissions.py) and must not trust the text.
"""

from dataclasses import dataclass

from handlers.services import Services
from jobs.ports.slack import Person
from policies.permissions import Allowed, Refused, may
from policies.records import Tenant
from policies.roles import EVERYONE, Role, RoleGrant, group, holders, roles_of, user


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What somebody was given, as themselves and as a member of user groups."""

    grants: tuple[RoleGrant, ...]
    principals: frozenset[str]
    admin: bool

    def roles(self, tenant_id: int) -> frozenset[Role]:
        """Their roles for one client."""
        return roles_of(self.grants, self.principals, tenant_id, admin=self.admin)


async def rights_of(person: Person, services: Services) -> Rights:
    """What the person was given until now."""
    grants = tuple(await services.authority.grants())
    principals = {user(person.id)}
    if any(grant.principal.startswith(group("")) for grant in grants):
        principals |= {group(one) for one in await services.directory.groups_of(person.id)}
    return Rights(grants=grants, principals=frozenset(principals), admin=person.admin)


async def verdict_on(
    person_id: str, verb: str, tenant_id: int, *, team_id: str, services: Services
) -> Allowed | Refused:
    """Whether somebody else than the asker may do that for a client, as Slack knows them now."""
    person = await services.directory.person(person_id)
    rights = await rights_of(person, services) if person else None
    roles = rights.roles(tenant_id) if rights else ()
    return may(person, verb, team_id=team_id, roles=roles)


async def who_may(wanted: frozenset[Role], tenant: Tenant, services: Services) -> list[str]:
    """The people and user groups that may, as Slack mentions them; empty where nobody was named."""
    found = holders(await services.authority.grants(), wanted, tenant.id)
    return [mentioned(principal) for principal in found if principal != EVERYONE]


def mentioned(principal: str) -> str:
    """A person or user group as Slack mentions it; the words of ours for everybody."""
    kind, _, name = principal.partition(":")
    if kind == "user":
        return f"<@{name}>"
    return f"<!subteam^{name}>" if kind == "group" else "everyone else"

"""Shows and gives roles. Must not check authority again: the desk did."""

from handlers.blocks import authority as drawn
from handlers.blocks import notices
from handlers.slack.asker import Reply
from handlers.slack.authority import mentioned
from handlers.slack.desk import Desk
from handlers.slack.intents import GiveRole, ShowRoles
from policies.records import Tenant
from policies.roles import RoleGrant

Outcome = tuple[Reply, str]


async def show_roles(_intent: ShowRoles, desk: Desk) -> Outcome:
    """Who was given what for the visible clients, and what the asker may do."""
    grants = [
        grant
        for grant in await desk.services.authority.grants()
        if grant.tenant_id is None or grant.tenant_id in desk.tenant_ids
    ]
    mine = {tenant.name: desk.rights.roles(tenant.id) for tenant in desk.tenants}
    names = {tenant.id: tenant.name for tenant in desk.tenants}
    return Reply(message=drawn.roles(grants, mine, names), private=True), "answered"


async def give_role(intent: GiveRole, desk: Desk) -> Outcome:
    """Gives a role, or takes all of them back."""
    tenant = _meant(intent, desk)
    if isinstance(tenant, Reply):
        return tenant, "not_found"
    authority, scope = desk.services.authority, tenant.id if tenant else None
    trail = [tenant.id] if tenant else list(desk.tenant_ids)
    whom = mentioned(intent.principal)
    where = f"for {tenant.name}" if tenant else "for every client"
    if intent.role is None:
        taken = await authority.take(
            intent.principal, scope, actor=desk.asker.actor, trail=trail, now=desk.now
        )
        done = "has no role of their own any more" if taken else "had no role of their own"
        return Reply(message=drawn.role_given(whom, f"{done} {where}.")), "done"
    grant = RoleGrant(
        principal=intent.principal,
        role=intent.role,
        tenant_id=scope,
        granted_by=desk.asker.actor,
    )
    fresh = await authority.give(grant, trail=trail, now=desk.now)
    done = "is now" if fresh else "was already"
    return Reply(message=drawn.role_given(whom, f"{done} {intent.role.value} {where}.")), "done"


def _meant(intent: GiveRole, desk: Desk) -> Tenant | Reply | None:
    """The client by its name, or by a beginning that only one here has."""
    if intent.client is None:
        return None
    wanted = intent.client.casefold()
    exact = [one for one in desk.tenants if one.name.casefold() == wanted]
    near = exact or [one for one in desk.tenants if one.name.casefold().startswith(wanted)]
    if len(near) == 1:
        return near[0]
    why = f"There is no client {intent.client[:60]} here. Nothing was changed."
    return Reply(message=notices.told(why), private=True)

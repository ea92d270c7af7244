"""Roles that were given, and acts that wait for approval."""

from datetime import timedelta

from policies.roles import Approval, Role, RoleGrant, group, user
from tests.storage.builders import T0
from tests.storage.conftest import World


async def test_a_role_is_given_once_and_taken_back(world: World) -> None:
    """A grant is kept once; for one client or for all; one role or all are taken back."""
    maria, night = user("U1"), group("S1")
    tenant_id = world.tenant.id
    wanted = [
        RoleGrant(principal=maria, role=Role.LEAD, granted_by="slack:U9"),
        RoleGrant(principal=maria, role=Role.BILLING, tenant_id=tenant_id, granted_by="slack:U9"),
        RoleGrant(principal=night, role=Role.OPERATOR, granted_by="slack:U9"),
    ]
    async with world.storage.write() as tx:
        assert [await tx.roles.give(one, T0) for one in (*wanted, wanted[0])] == [
            True,
            True,
            True,
            False,
        ]
        found = await tx.roles.all()
        assert [(g.principal, g.role, g.tenant_id) for g in found] == [
            (g.principal, g.role, g.tenant_id) for g in wanted
        ]
        assert {g.granted_at for g in found} == {T0}
        assert await tx.roles.take(maria, Role.BILLING, None) == 0
        assert await tx.roles.take(maria, Role.BILLING, tenant_id) == 1
        assert await tx.roles.take(maria, None, None) == 1
        assert [g.principal for g in await tx.roles.all()] == [night]


async def test_an_approval_is_decided_once(world: World) -> None:
    """What was asked comes back as it was; the first decision stands."""
    asked = Approval(
        id=0,
        tenant_id=world.tenant.id,
        exception_id=7,
        verb="resolve",
        wish={"note": "picked late", "version": 3},
        asked_by="slack:U1",
        asked_name="Joe",
        channel_id="C1",
        asked_at=T0,
    )
    later = T0 + timedelta(minutes=2)
    async with world.storage.write() as tx:
        number = await tx.approvals.ask(asked)
        kept = await tx.approvals.get(number)
        assert kept is not None
        assert (kept.wish, kept.asked_by, kept.outcome) == (asked.wish, "slack:U1", None)
        assert await tx.approvals.decide(number, "approved", "slack:U2", later)
        assert not await tx.approvals.decide(number, "declined", "slack:U3", later)
        kept = await tx.approvals.get(number)
        assert kept is not None
        assert (kept.outcome, kept.decided_by, kept.decided_at) == ("approved", "slack:U2", later)
        assert await tx.approvals.get(number + 1) is None
        assert not await tx.approvals.decide(number + 1, "approved", "slack:U2", later)

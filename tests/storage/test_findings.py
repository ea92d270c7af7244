"""Findings and checks are kept alike everywhere, each once."""

from dataclasses import replace
from datetime import date, timedelta

from policies.money.findings.clusters import ClusterKey
from policies.money.findings.filed import FiledFinding, FindingState, InvoiceCheck
from policies.money.findings.finding import Cause, Finding
from policies.records import Tenant
from tests.storage.builders import MINUTE, T0
from tests.storage.conftest import World

A_FINDING = Finding(
    order_id="SO-1",
    invoice_id=7,
    invoice="INV-7",
    code="label",
    cause=Cause.OTHER_VERSION,
    expected_cents=15,
    billed_cents=30,
    currency="USD",
    tariff_version="2026-1",
    place=3,
    follow_up_cents=-1,
    service_date=date(2026, 10, 5),
    evidence=("evt-1", "é"),
    expected_quantity=1,
    billed_quantity=1,
    expected_unit_cents=15,
    billed_unit_cents=30,
    billed_version="2025-1",
)


def filed(world: World, **changes: object) -> FiledFinding:
    """A finding of October, with another order, cause and so on where wanted."""
    finding = replace(A_FINDING, **changes)  # type: ignore[arg-type]
    return FiledFinding(tenant_id=world.tenant.id, period="2026-10", finding=finding, found_at=T0)


async def test_a_finding_is_kept_once(world: World) -> None:
    """Whole and with a number; the same key again adds nothing, another client's does."""
    async with world.storage.write() as tx:
        other = await tx.tenants.add(Tenant(id=0, name="other"))
        first = await tx.findings.add([filed(world), filed(world, order_id="SO-2")])
        again = await tx.findings.add([filed(world), filed(world, order_id="SO-3")])
        theirs = await tx.findings.add([replace(filed(world), tenant_id=other.id)])
    assert [one.finding.order_id for one in (*first, *again, *theirs)] == [
        *("SO-1", "SO-2", "SO-3", "SO-1"),
    ]
    async with world.storage.read() as tx:
        assert await tx.findings.get(first[0].id) == first[0]
        assert await tx.findings.get(10**9) is None
        keys = [A_FINDING.key, "none"]
        assert await tx.findings.known(world.tenant.id, keys) == {A_FINDING.key: first[0]}
        assert [
            one.id for one in await tx.findings.of_orders(world.tenant.id, "2026-10", ["SO-2"])
        ] == [first[1].id]
        assert await tx.findings.of_orders(world.tenant.id, "2026-09", ["SO-2"]) == []


async def test_a_decision_is_kept_once(world: World) -> None:
    """Whoever decides second decides nothing; decisions are counted by month and direction."""
    async with world.storage.write() as tx:
        kept = await tx.findings.add([filed(world), filed(world, order_id="SO-2", billed_cents=5)])
        first, second = (
            replace(
                one,
                state=FindingState.ACCEPTED,
                decided_by="slack:U1",
                decided_at=T0 + MINUTE,
                adjustment_id=4,
                words="right",
            )
            for one in kept
        )
        assert await tx.findings.save(first, was=FindingState.OPEN)
        assert not await tx.findings.save(first, was=FindingState.OPEN)
        assert await tx.findings.save(second, was=FindingState.OPEN)
    async with world.storage.read() as tx:
        assert await tx.findings.get(first.id) == first
        assert await tx.findings.find([world.tenant.id]) == []
        decided = await tx.findings.decided([world.tenant.id], T0, T0 + timedelta(days=1))
        assert [(one.over, one.count, one.difference_cents) for one in decided] == [
            (False, 1, 9),
            (True, 1, -16),
        ]
        assert await tx.findings.decided([world.tenant.id], T0, T0 + MINUTE) == []


async def test_findings_are_put_together_by_cause(world: World) -> None:
    """By cause, line, currency and direction, most money first; and found by their cluster."""
    days = [date(2026, 10, day) for day in (9, 2, 5)]
    many = [
        filed(world, order_id=f"SO-{place}", service_date=day) for place, day in enumerate(days)
    ]
    less = [filed(world, order_id=f"SO-{n}", billed_cents=5) for n in range(2)]
    strange = filed(world, order_id="SO-9", cause=Cause.DRIFT, service_date=None, code="pick")
    async with world.storage.write() as tx:
        kept = await tx.findings.add([*many, *less, strange])
    async with world.storage.read() as tx:
        made = await tx.findings.clusters([world.tenant.id])
        assert [(one.cluster.key.over, one.cluster.count) for one in made] == [
            (True, 3),
            (False, 2),
            (True, 1),
        ]
        assert (made[0].cluster.since, made[0].cluster.until) == (days[1], days[0])
        assert made[2].cluster.since is None
        key = ClusterKey(Cause.OTHER_VERSION, "label", "USD", over=False)
        mine = await tx.findings.find([world.tenant.id], cluster=key)
        assert mine == kept[3:5]
        assert await tx.findings.find([world.tenant.id], order_id="SO-9") == kept[5:]
        after = await tx.findings.find([world.tenant.id], after_id=kept[0].id, limit=2)
        assert after == kept[1:3]
        assert await tx.findings.clusters([world.tenant.id], period="2026-09") == []
        assert await tx.findings.clusters([world.tenant.id + 1]) == []


async def test_a_check_of_the_same_inputs_is_noted_once(world: World) -> None:
    """And the latest of each month is known."""
    check = InvoiceCheck(
        tenant_id=world.tenant.id,
        period="2026-10",
        input_hash="a",
        checked_at=T0,
        orders=3,
        invoices=2,
        expected_cents=195,
        billed_cents=200,
        currency="USD",
        findings=1,
    )
    later = replace(check, input_hash="b", checked_at=T0 + MINUTE, findings=2)
    async with world.storage.write() as tx:
        assert await tx.findings.note_check(check)
        assert not await tx.findings.note_check(replace(check, checked_at=T0 + MINUTE))
        assert await tx.findings.note_check(later)
        assert await tx.findings.note_check(replace(check, period="2026-09"))
    async with world.storage.read() as tx:
        latest = await tx.findings.latest_checks([world.tenant.id])
        assert latest == [later, replace(check, period="2026-09")]
        assert await tx.findings.latest_checks([]) == []

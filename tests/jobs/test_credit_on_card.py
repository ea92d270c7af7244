"""The card says what a breach costs, where the contract says it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from jobs.show import show_exception
from policies.money.remedy import Cap, Credit, Remedy
from policies.promises import Promises
from tests.jobs.world import World
from tests.policies.builders import at

FIXED = Remedy(credit=Credit(cents=420))
SHARE = Remedy(credit=Credit(pct=Decimal(10), pct_of="order_value"))


@pytest.mark.parametrize(
    ("remedy", "value", "credit"),
    [
        (None, 5000, None),
        (FIXED, None, 420),
        (SHARE, 5005, 501),
        (SHARE, None, None),
        (replace(SHARE, cap=Cap(per="order", cents=300)), 5000, 300),
        (Remedy(credit=Credit(pct=Decimal(50), pct_of="pick_pack_fee")), 5000, None),
    ],
    ids=["no remedy", "fixed", "share", "share of what is unknown", "capped", "of fees"],
)
async def test_credit(
    world: World, remedy: Remedy | None, value: int | None, credit: int | None
) -> None:
    """Fixed cents and shares of a known order value are shown; what nobody can say is not."""
    record = await world.late_order()
    rule = world.promises.rule("Acme", record.sla_id, record.rule_version)
    assert rule
    promises = Promises(rules=(replace(rule, remedy=remedy),))
    facts = {**record.facts, "order_value_cents": value}
    async with world.storage.write() as tx:
        changed = replace(record, facts=facts, version=record.version + 1)
        assert await tx.exceptions.save(changed, was=record.version)
    view = await show_exception(
        record.id, [1], storage=world.storage, promises=promises, now=at(600)
    )
    assert view
    assert view.credit_cents == credit

"""Invoices of single orders and the statement of a month: they sum, and together are the month."""

import os
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.money.billed_tenant import BilledTenant
from policies.money.books import UnsoundError, entry_of_invoice, refuse_unsound
from policies.money.currency import MixedCurrenciesError
from policies.money.invoice_values import Done, Invoice, InvoiceKind, OrderWork
from policies.money.invoicing import (
    charge_alone,
    charge_month,
    not_billed,
    order_invoice,
    statement,
)
from policies.money.lines import TAX
from policies.money.parcels import Parcel
from policies.money.periods import first_of, next_period, open_period
from policies.money.shares import shared_out
from policies.money.usage import FLAGS, OPERATIONS, Usage, UsageError
from policies.money.versions import Tariffs
from policies.money.work import work_of
from tests.policies.builders import event, timeline
from tests.policies.generated_months import MARCH, Month, months
from tests.policies.tariffs import TABLES, tariffs_of, with_lines
from tests.policies.test_price_generated_months import MONTHS

DURING, AFTER = datetime(2026, 3, 20, 2, tzinfo=UTC), datetime(2026, 4, 2, 2, tzinfo=UTC)
ORDERS = int(os.environ.get("E2A_TEST_ORDERS", "500"))
many = settings(max_examples=MONTHS, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def billed(tariffs: Tariffs) -> BilledTenant:
    """A tenant with these tariffs."""
    return BilledTenant(id=1, name="acme", timezone="UTC", tariffs=tariffs)


def as_work(usage: Usage) -> OrderWork:
    """What was done, with an event that proves each operation."""
    return OrderWork(
        order_id=usage.order,
        day=usage.day or MARCH,
        usage=usage,
        done=tuple(
            Done(operation=name, count=count, event_ids=(f"{usage.order}/{name}",))
            for name, count in usage.operations.items()
            if count
        ),
        accounts=(),
        input_hash=f"of {usage.order}",
        last_at=DURING,
    )


@many
@given(month=months(), early=st.sets(st.integers(0, 4)))
def test_invoices_and_statement_are_the_month(month: Month, early: set[int]) -> None:
    """Whatever was invoiced before the month was over, all together is what the month costs."""
    tenant = billed(month.tariffs)
    works = [as_work(usage) for usage in month.usages]
    bill = charge_month(tenant, "2026-03", works, month.snapshots)
    invoices: dict[str, Invoice] = {}
    for place, work in enumerate(works):
        now = DURING if place in early else AFTER
        charged = charge_alone(tenant, work) if place in early else bill.charges[work.order_id]
        invoices[work.order_id] = order_invoice(tenant, work, charged, period="2026-03", now=now)
    closing = statement(tenant, "2026-03", works, bill, invoices, AFTER)
    net: Counter[str] = Counter()
    for document in (*invoices.values(), closing):
        refuse_unsound(document)
        assert sum(entry_of_invoice(document).postings.values()) == 0
        assert document.total_cents == sum(line.amount_cents for line in document.lines)
        for line in document.lines:
            net[line.order_id] += 0 if line.code.startswith(TAX) else line.amount_cents
    due: Counter[str] = Counter()
    for told in bill.lines:
        due[told.order] += 0 if told.code.startswith(TAX) else told.amount_cents
    assert {name: cents for name, cents in net.items() if cents} == {
        name: cents for name, cents in due.items() if cents
    }


TARIFFS = [
    tariffs_of(
        with_lines(
            "code: freight, freight: ups, markup_pct: 5, class: freight",
            "code: fuel, pct_of: [freight], pct: 19.25, class: freight",
            "code: extra, per: items, first: 120, additional: 33.5",
            beside=TABLES + "tax: {standard: 7.5, freight: 19}\n",
        ).replace("currency: USD", f"currency: {currency}")
    )
    for currency in ("USD", "JPY", "KWD")
]


def test_lines_sum_to_the_total_of_many_orders() -> None:
    """Minimum, multipliers, discounts, freight and tax are lines, and nothing is lost between.

    `E2A_TEST_ORDERS=10000` prices so many.
    """
    rng = Random(20_261_001)  # noqa: S311 - the same orders each time
    for number in range(ORDERS):
        usage = Usage(
            order=f"SO-{number}",
            operations={name: rng.randrange(120) for name in rng.sample(OPERATIONS, 4)},
            counts={"items": rng.randrange(40)},
            flags=frozenset(rng.sample(FLAGS, rng.randrange(3))),
            monthly_orders=rng.choice((0, 99, 100, 777, 5000)),
            parcels=(Parcel(origin="ATL1", zone="2", weight_lb=Decimal(rng.randrange(1, 90))),),
            day=MARCH + timedelta(days=rng.randrange(31)),
        )
        tenant, work = billed(rng.choice(TARIFFS)), as_work(usage)
        invoice = order_invoice(
            tenant, work, charge_alone(tenant, work), period="2026-03", now=DURING
        )
        refuse_unsound(invoice)
        net = sum(line.amount_cents for line in invoice.lines if not line.code.startswith(TAX))
        tax = sum(line.amount_cents for line in invoice.lines if line.code.startswith(TAX))
        assert invoice.total_cents == net + tax
        parts = shared_out(tax, [Decimal(abs(line.amount_cents) or 1) for line in invoice.lines])
        assert sum(parts) == tax


def test_each_event_proves_one_line_or_is_told_why_not() -> None:
    """Three lines that one return pays for name it once; what has no price says so."""
    events = [
        event("return_processed", 10, "r-1"),
        event("pick_completed", 11, "p-1", items=2),
        event("pick_completed", 12, "p-2", items=2),
        event("delivered", 13, "d-1"),
    ]
    work = work_of(timeline(*events), "UTC")
    assert work is not None
    tenant = billed(tariffs_of(with_lines("code: items, per: items, cents: 1")))
    invoice = order_invoice(tenant, work, charge_alone(tenant, work), period="2026-03", now=AFTER)
    proofs = [(line.code, line.event_ids) for line in invoice.lines]
    assert proofs == [
        ("pick", ("p-1",)),
        ("return", ("r-1",)),
        ("restock", ()),
        ("inspection", ()),
        ("items", ()),
    ]
    assert not_billed(work, tenant.tariff(MARCH)) == {
        "p-2": "no price is for this kind of event",
        "d-1": "it tells what the carrier did",
    }


def test_a_tariff_may_charge_what_is_done_again() -> None:
    """A re-pick costs what the tariff has a line for."""
    events = [event("pick_completed", minute, items=3) for minute in (1, 2, 3)]
    work = work_of(timeline(*events), "UTC")
    assert work is not None
    tenant = billed(tariffs_of(with_lines("code: repick, per: repicks, cents: 40")))
    charged = charge_alone(tenant, work)
    assert [(line.code, line.amount_cents) for line in charged] == [("pick", 90), ("repick", 80)]
    assert not_billed(work, tenant.tariff(MARCH)) == {}


def invoice_of(*amounts: tuple[int, int, int, str]) -> Invoice:
    """An invoice with lines of these quantities, prices, amounts and currencies."""
    tenant = billed(TARIFFS[0])
    usage = Usage(order="SO-1", operations={"pick": 9}, day=MARCH)
    drawn = order_invoice(
        tenant, as_work(usage), charge_alone(tenant, as_work(usage)), period="2026-03", now=AFTER
    )
    lines = [
        replace(
            drawn.lines[0],
            number=place,
            quantity=quantity,
            unit_cents=each,
            amount_cents=cents,
            currency=currency,
        )
        for place, (quantity, each, cents, currency) in enumerate(amounts, start=1)
    ]
    return replace(drawn, lines=tuple(lines))


def test_what_does_not_add_up_is_not_issued() -> None:
    """Mixed currencies, a line that is not its product, -0 and lost numbers are refused."""
    refuse_unsound(invoice_of((2, 3, 6, "USD"), (1, -6, -6, "USD")))
    with pytest.raises(MixedCurrenciesError, match="EUR, USD in one sum"):
        refuse_unsound(invoice_of((1, 5, 5, "USD"), (1, 5, 5, "EUR")))
    with pytest.raises(UnsoundError, match=r"line 1 \(pick\): 2 x 3 is not 7"):
        refuse_unsound(invoice_of((2, 3, 7, "USD")))
    sound = invoice_of((2, 3, 6, "USD"))
    minus = replace(sound.lines[0], measured=Decimal("-0"))
    with pytest.raises(UnsoundError, match="there is no -0"):
        refuse_unsound(replace(sound, lines=(minus,)))
    with pytest.raises(UnsoundError, match="it stands in place 1"):
        refuse_unsound(replace(sound, lines=(replace(sound.lines[0], number=2),)))


def test_months_follow_each_other() -> None:
    """What comes after closing counts in the first month that is open."""
    assert [next_period(one) for one in ("2026-01", "2026-12")] == ["2026-02", "2027-01"]
    assert open_period("2026-10", ["2026-10", "2026-11", "2027-01"]) == "2026-12"
    assert first_of("2026-10") == date(2026, 10, 1)
    with pytest.raises(UsageError, match='write one like "2026-03"'):
        first_of("2026-13")


def test_a_statement_is_of_a_kind_of_its_own() -> None:
    """It is named by its month and belongs to no order."""
    tenant = billed(tariffs_of(with_lines("code: desk, per: orders, cents: 1")))
    closing = statement(tenant, "2026-03", [], charge_month(tenant, "2026-03", [], []), {}, AFTER)
    assert (closing.kind, closing.subject, closing.order_id) == (InvoiceKind.MONTH, "2026-03", "")

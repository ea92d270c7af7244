"""Makes a month of billed orders with planted faults, of which it knows the cause of each.

The same seed gives the same month. Faults are made as a billing system makes them: a wrong count
or price is billed through, with minimum, multipliers, discount and tax that go with it.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from bench.planted_faults import FAULTS
from policies.money.billed_tenant import BilledTenant
from policies.money.findings.due import due_of
from policies.money.findings.finding import Cause
from policies.money.findings.named import Billed
from policies.money.findings.orders import Due
from policies.money.invoice_values import EVERYONE, Account, Done, InvoiceLine, OrderWork
from policies.money.order_lines import net_lines
from policies.money.pricing import ChargeLine
from policies.money.tariff import read_tariff
from policies.money.usage import Usage
from policies.money.versions import Tariffs

TARIFF = """
version: "{version}"
currency: USD
effective: {{from: {since}}}
prices:
  - {{code: pick, per: pick, cents: 30}}
  - {{code: pack, per: pack, cents: 20}}
  - {{code: label, per: label, cents: {label}}}
  - {{code: kitting, per: kitting, cents: 50}}
  - {{code: storage, per: storage_days, steps: [[0, 5], [90, 10]]}}
  - {{code: return, per: returns, cents: 250}}
  - {{code: photo, per: photo, cents: 25}}
  - {{code: quality_check, per: quality_check, cents: 50}}
  - {{code: custom_packaging, per: custom_packaging, cents: 200}}
  - {{code: gift_wrap, per: gift_wrap, cents: 100}}
minimum: {{order_cents: 50, month_cents: 10000}}
multipliers:
  - {{flag: rush, times: 2}}
  - {{flag: oversized, times: 1.5}}
  - {{flag: fragile, times: 1.2}}
volume_discount: [[100, 5], [500, 10]]
credits: {{automatic_under_cents: 500, review_over_cents: 2000}}
late_fee: {{after_days: 30, cents: 2500, yearly_pct: 18}}
lines:
  - {{code: peak, per: pick, dated: [[2026-11-15, 8]]}}
  - {{code: fuel, pct_of: ["pick", "pack"], dated: [[2026-01-01, 18.5], [2026-11-09, 22.25]]}}
tax: {{standard: 7.5}}
"""
MONTH = date(2026, 11, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One order: what is due, what was billed, and the fault that was planted, if any."""

    due: Due
    billed: tuple[Billed, ...]
    cause: Cause | None = None

    @property
    def difference_cents(self) -> int:
        """What a correction has to come to."""
        return self.due.amount_cents - sum(one.amount_cents for one in self.billed)


def tariffs() -> Tariffs:
    """The version of the month, and the one before it with a cheaper label."""
    old = read_tariff(TARIFF.format(version="2025-1", since="2025-01-01", label=12))
    new = read_tariff(TARIFF.format(version="2026-1", since="2026-01-01", label=15))
    return Tariffs(versions=(old, new))


def month(orders: int, faults: int, seed: int) -> Iterator[Planted]:
    """That many orders, so many of them with a fault; each kind comes equally often."""
    rng = random.Random(seed)  # noqa: S311 - a reproducible month, no secret
    known = tariffs()
    wrong = set(rng.sample(range(orders), faults))
    made = dict.fromkeys((*FAULTS, *WHOLE), 0)
    for place in range(orders):
        due = _due(_work(rng, place), known)
        if place not in wrong:
            yield Planted(due=due, billed=billed(due, due.lines, place + 1))
            continue
        for kind in sorted(made, key=lambda one: made[one]):
            planted = _planted(kind, due, place + 1, rng)
            if planted is not None:
                made[kind] += 1
                yield planted
                break


def billed(due: Due, lines: Sequence[ChargeLine], invoice: int) -> tuple[Billed, ...]:
    """The lines as they stand on an invoice."""
    return tuple(
        Billed(invoice, f"INV-{invoice:06}", _line(due, line, number))
        for number, line in enumerate(lines, start=1)
    )


def _line(due: Due, line: ChargeLine, number: int) -> InvoiceLine:
    return InvoiceLine(
        number=number,
        order_id=due.order_id,
        code=line.code,
        quantity=line.quantity,
        unit_cents=line.unit_cents,
        amount_cents=line.amount_cents,
        tariff=EVERYONE,
        tariff_version=due.tariff.version,
        currency=due.tariff.currency,
        service_date=due.usage.day,
        event_ids=due.evidence.get(line.code, ()),
        unit=line.unit,
        measured=line.measured,
        tax_class=line.tax_class,
    )


def _due(work: OrderWork, known: Tariffs) -> Due:
    tenant = BilledTenant(id=1, name="acme", timezone="UTC", tariffs=known)
    return due_of(tenant, work, net_lines(work.usage, tenant.tariff(work.day), {}))


def _work(rng: random.Random, place: int) -> OrderWork:
    order, day = f"SO-{place:06}", MONTH + timedelta(days=place % 28)
    counts = {"pick": rng.randint(1, 6), "pack": 1, "label": 1}
    for extra, share in (("kitting", 0.1), ("photo", 0.1), ("gift_wrap", 0.05)):
        if rng.random() < share:
            counts[extra] = rng.randint(1, 2)
    if rng.random() < 0.1:  # noqa: PLR2004 - a tenth of the orders lay in store
        counts["storage_days"] = rng.randint(91, 140)
    flags = frozenset(flag for flag in ("rush", "oversized", "fragile") if rng.random() < 0.15)  # noqa: PLR2004
    done = tuple(
        Done(operation=name, count=many, event_ids=(f"{order}-{name}",))
        for name, many in counts.items()
    )
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return OrderWork(
        order_id=order,
        day=day,
        usage=Usage(operations=counts, flags=flags, monthly_orders=250, order=order, day=day),
        done=done,
        accounts=tuple(
            Account(event_id=one.event_ids[0], source="wms", operation=one.operation)
            for one in done
        ),
        input_hash=order,
        last_at=at,
        ready_at=at,
    )


def _unknown(due: Due, invoice: int) -> tuple[Due, tuple[Billed, ...]]:
    nothing = replace(
        due, lines=(), events=(), evidence={}, usage=replace(due.usage, operations={})
    )
    return nothing, billed(due, due.lines, invoice)


def _never(due: Due, invoice: int) -> tuple[Due, tuple[Billed, ...]]:
    del invoice
    return due, ()


def _twice(due: Due, invoice: int) -> tuple[Due, tuple[Billed, ...]]:
    lines = billed(due, due.lines, invoice)
    return due, (*lines, *billed(due, due.lines, invoice + 1_000_000))


def _foreign(due: Due, invoice: int) -> tuple[Due, tuple[Billed, ...]]:
    lines = billed(due, due.lines, invoice)
    return due, tuple(one._replace(line=replace(one.line, currency="EUR")) for one in lines)


def _misadded(due: Due, invoice: int) -> tuple[Due, tuple[Billed, ...]]:
    first, *rest = billed(due, due.lines, invoice)
    wrong = replace(first.line, amount_cents=first.amount_cents + 100)
    return due, (first._replace(line=wrong), *rest)


WHOLE: dict[str, tuple[Cause, Callable[[Due, int], tuple[Due, tuple[Billed, ...]]]]] = {
    "nobody knows the order": (Cause.UNKNOWN_ORDER, _unknown),
    "never billed": (Cause.ORDER_NOT_BILLED, _never),
    "order twice": (Cause.ORDER_TWICE, _twice),
    "in euros": (Cause.CURRENCY, _foreign),
    "wrongly added": (Cause.ARITHMETIC, _misadded),
}
"""What may be wrong with an order's invoice as a whole, and its cause."""


def _planted(kind: str, due: Due, invoice: int, rng: random.Random) -> Planted | None:
    if kind in WHOLE:
        cause, make = WHOLE[kind]
        due, held = make(due, invoice)
        return Planted(due=due, billed=held, cause=cause)
    cause, fault = FAULTS[kind]
    lines = fault(due, rng)
    if lines is None:
        return None
    planted = Planted(due=due, billed=billed(due, lines, invoice), cause=cause)
    return planted if planted.difference_cents else None

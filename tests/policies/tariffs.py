"""Tariffs for tests: the packaged one with lines added. Must not hold cases."""

from pathlib import Path

from policies.money.month import MonthBill, price_month
from policies.money.month_usage import read_month
from policies.money.order_lines import price_order
from policies.money.pricing import Charges
from policies.money.read_versions import WrittenTariffs, read_tariffs
from policies.money.usage import read_usage
from policies.money.versions import Tariffs

PACKAGED = Path("policies/defaults/tariff.yaml").read_text(encoding="utf-8")
FREE_MONTH = PACKAGED.replace("month_cents: 10000", "month_cents: 0")
"""The packaged tariff without a minimum by the month."""
TABLES = """\
tables:
  freight:
    ups:
      unit: lb
      dim: {divisor: 139, unit: in}
      lanes:
        - {from: ATL1, to: "2", minimum: 700, bands: [[1, 650], [2, 910], [5, 1100]],
           each_further: 45.5}
        - {from: "*", to: "5", bands: [[1, 1020], [10, 1910]]}
    dpd:
      unit: kg
      round_up_to: 0.5
      lanes: [{from: "*", to: "*", bands: [[0.5, 300], [30, 700]]}]
"""


def with_lines(*lines: str, beside: str = "", base: str = FREE_MONTH) -> str:
    """The text of a tariff that has these lines besides."""
    return f"{base}\nlines:\n" + "".join(f"  - {{{line}}}\n" for line in lines) + beside


def tariffs_of(*texts: str, own: str = "") -> Tariffs:
    """Everyone's versions from some texts, and acme's from another."""
    found = [WrittenTariffs(file=f"t{place}.yaml", text=text) for place, text in enumerate(texts)]
    acmes = [WrittenTariffs(scope="acme", file="acme.yaml", text=own)] if own else []
    return read_tariffs(found + acmes)


def order(document: dict[str, object], *lines: str, beside: str = "") -> Charges:
    """What an order costs with these lines."""
    return price_order(read_usage(document), tariffs_of(with_lines(*lines, beside=beside)))


def month(document: dict[str, object], *texts: str, own: str = "") -> MonthBill:
    """What March 2026 costs by some tariffs."""
    told = read_month({"month": "2026-03", **document})
    return price_month(
        told.usages,
        told.snapshots,
        tariffs_of(*texts, own=own),
        month=told.month,
        tenant=told.tenant,
    )

"""A freight file by lanes and weight bands, generated, with the truth of every line."""

import csv
import io
import random
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from policies.money.audit.contract import Contract
from policies.money.audit.read_contract import read_contract
from policies.money.audit.verdict import Cause, Verdict

LANES = [(f"PORT{one:02}", f"PORT{other:02}") for one in range(5) for other in range(5, 9)]
BANDS = [(Decimal(low), Decimal(low) + Decimal("9.99")) for low in range(0, 50, 10)]
Truth = tuple[Verdict, Cause | None, int | None]
_TEXT = """
carrier: v444
currency: USD
unknown_shipments: price
not_ours: {services: [CRF]}
versions:
  - version: "1"
    effective: {from: 2026-01-01}
    services: [{id: dtd, names: [DTD]}, {id: dtp, names: [DTP]}]
    tables: {freight: {unit: kg, rates: rates.csv}}
"""


@dataclass(frozen=True)
class Rate:
    """A rate of the generated table; prices are in cents."""

    service: str
    lane: tuple[str, str]
    band: tuple[Decimal, Decimal]
    per_unit: Decimal
    minimum: int

    def price(self, weight: Decimal) -> int:
        """What a line costs by it."""
        exact = max(self.per_unit * weight, Decimal(self.minimum))
        return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def a_freight_file(seed: int, lines: int) -> tuple[Contract, bytes, list[Truth]]:
    """The contract, the file, and what is true of each of its lines."""
    chance = random.Random(seed)  # noqa: S311 - the same file in every run
    rates = _rates(chance)
    rows, truths = [], []
    for number in range(lines):
        lane = chance.choice(LANES)
        service = chance.choice(("DTD", "DTP", "DTP", "CRF"))
        weight = Decimal(chance.randrange(1, 6500)) / 100
        fits = [
            one
            for one in rates
            if (one.service, one.lane) == (service, lane) and one.band[0] <= weight <= one.band[1]
        ]
        prices = sorted({one.price(weight) for one in fits})
        right = prices[0] if prices else chance.randrange(100, 9000)
        billed = right + chance.choice((0, 0, 0, 1, 250, -90))
        rows.append((number, *lane, service, weight, _written(billed, chance)))
        truths.append(_truth(service, prices, billed))
    table = io.StringIO()
    writer = csv.writer(table, delimiter=";")
    writer.writerow(["Freight of March", "", "", "", "", ""])
    writer.writerow(["Line No", "Origin Port", "Destination Port", "Service", "Weight kg", "Cost"])
    writer.writerows(rows)
    writer.writerow(["Total", "", "", "", "", "0,00"])
    text = _TEXT.replace("{id: dtd,", "{id: dtd, table: freight,")
    text = text.replace("{id: dtp,", "{id: dtp, table: freight,")
    contract = read_contract(text, "v444.yaml", lambda _name: _file(rates))
    return contract, table.getvalue().encode("cp1252"), truths


def _rates(chance: random.Random) -> list[Rate]:
    """Some lanes have a second rate for a band, of another price or of the same; some have none."""
    found = []
    for service in ("DTD", "DTP"):
        for lane in LANES:
            for band in BANDS:
                if chance.random() < 0.2:
                    continue
                rate = Rate(
                    service=service,
                    lane=lane,
                    band=band,
                    per_unit=Decimal(chance.randrange(400, 2000)) / 10,
                    minimum=chance.randrange(200, 900),
                )
                found.append(rate)
                second = chance.random()
                if second < 0.1:
                    found.append(rate)
                elif second < 0.3:
                    more = rate.per_unit + 7
                    found.append(Rate(service, lane, band, more, rate.minimum + 50))
    return found


def _file(rates: list[Rate]) -> str:
    rows = ["service,from,to,from_weight,to_weight,per_unit,minimum"]
    rows += [
        f"{one.service},{one.lane[0]},{one.lane[1]},{one.band[0]},{one.band[1]},{one.per_unit},"
        f"{one.minimum}"
        for one in rates
    ]
    return "\n".join(rows)


def _truth(service: str, prices: list[int], billed: int) -> Truth:
    if service == "CRF":
        return Verdict.NOT_OURS, Cause.CUSTOMER_FREIGHT, 0
    if len(prices) != 1:
        return (Verdict.AMBIGUOUS if prices else Verdict.NO_RATE), None, None
    if billed == prices[0]:
        return Verdict.OK, None, prices[0]
    over = billed > prices[0]
    return (Verdict.OVERCHARGED if over else Verdict.UNDERCHARGED), Cause.RATE, prices[0]


def _written(cents: int, chance: random.Random) -> str:
    """As people with a decimal comma write it, with thousands now and then."""
    whole, part = divmod(abs(cents), 100)
    grouped = f"{whole:,}".replace(",", ".") if chance.random() < 0.5 else str(whole)
    return f"{'-' if cents < 0 else ''}{grouped},{part:02}"

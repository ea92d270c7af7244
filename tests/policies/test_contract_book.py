"""A carrier's contract is read with its lines, and looked over for what is doubtful."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from policies.errors import PolicyError
from policies.lint.lint import lint
from policies.money.audit.contract import Contracts
from policies.money.audit.read_contract import one_each, read_contract
from tests.policies.contracts import CONTRACT, a_contract

NOW = datetime(2026, 2, 2, tzinfo=UTC)
_SHORT = """
carrier: dhl
currency: EUR
versions:
  - version: "1"
    effective: {from: 2026-01-01}
    services: [{id: express, table: all}]
    tables: {all: {unit: kg, rates: dhl.csv}}
"""
HEAD = "service,from,to,from_weight,to_weight,cents,per_unit,minimum\n"


def test_a_contract_is_read() -> None:
    """Names without regard to capitals, versions by their days, lanes with their bands."""
    contract = a_contract()
    assert contract.names == {"ups", "united parcel service"}
    assert [one.name for one in contract.on(date(2025, 12, 31))] == ["2025"]
    assert [one.name for one in contract.on(None)] == ["2025", "2026"]
    (version,) = contract.on(date(2026, 1, 1))
    service = version.service("gnd")
    assert service is not None
    assert (service.id, service.discount_pct) == ("ground", Decimal(10))
    rates = version.tables["ground"].lanes("ATL1", "2")
    fits = [rate.price(Decimal(12)) for rate in rates if rate.holds(Decimal(12))]
    assert fits == [1080 + 2 * 42]
    assert Contracts(known=(contract,)).of("United Parcel Service") is contract


def test_a_file_of_rates_lies_beside_the_contract() -> None:
    """Weights are inside at both ends; what it says is part of the contract's digest."""
    one = read_contract(_SHORT, "dhl.yaml", lambda _name: f"{HEAD},HAM,*,0,5,900,,\n")
    two = read_contract(_SHORT, "dhl.yaml", lambda _name: f"{HEAD},HAM,*,0,5,,180,900\n")
    assert one.digest != two.digest
    (rate,) = two.versions[0].tables["all"].lanes("ham", "anywhere")
    assert [rate.holds(Decimal(weight)) for weight in ("0", "5", "5.01")] == [True, True, False]
    assert [rate.price(Decimal(weight)) for weight in ("2", "6")] == [900, 1080]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("currency: USD", "currency: USX", "no such currency"),
        ("until: 2025-12-31", "until: 2026-01-31", "overlaps this"),
        ("until: 2025-12-31", "until: 2025-11-30", "no version holds from 2025-12-01"),
        ("table: air}", "table: sea}", "there is no table sea"),
        ("[Next Day Air]", "[GND]", "gnd is service ground too"),
        ("bands: [[5, 3000], [20, 4500]]", "bands: [[5, 3000], [5, 4500]]", "these rise"),
        ("pct_of: [freight, residential]", "pct_of: [frieght]", "no charge frieght"),
        ("cents: 605", "pct: 3", "write one price"),
        ("payers: [collect, third party]", "payers: [Prepaid]", "under ours too"),
        ("services: [next_day]\n", "services: [overnight]\n", "no service overnight"),
        ("business_days: 1", "business_days: soon", "valid integer"),
    ],
)
def test_a_fault_names_its_line(old: str, new: str, why: str) -> None:
    """Each with what to do; nothing is read from a contract with a fault."""
    assert old in CONTRACT
    with pytest.raises(PolicyError) as caught:
        a_contract(CONTRACT.replace(old, new, 1))
    mentioned = 'version: "2026"' if "until" in old else old
    line = CONTRACT[: CONTRACT.index(mentioned)].count("\n") + 1
    found = [(fault.line, fault.message) for fault in caught.value.faults]
    assert any(why in message and abs(line - at) <= 1 for at, message in found), found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "put it there"),
        ("from,to\n", "no column to_weight"),
        ("from,to,to_weight,price\n", "unknown column price"),
        (f"{HEAD},HAM,*,0,5,,,\n", "dhl.csv:2: no price"),
        (f"{HEAD},HAM,*,0,5,nine,,\n", "dhl.csv:2: cents"),
        (f"{HEAD},HAM,*,9,5,900,,\n", "below from_weight"),
    ],
)
def test_a_faulty_file_of_rates_names_its_row(text: str | None, why: str) -> None:
    """So that whoever keeps it in a spreadsheet finds the row."""
    with pytest.raises(PolicyError, match=why):
        read_contract(_SHORT, "dhl.yaml", lambda _name: text)


def test_a_carrier_has_one_contract() -> None:
    """Two files about one carrier, or one name for two, are a fault."""
    one = a_contract()
    with pytest.raises(PolicyError, match=r"in a\.yaml too"):
        one_each([("a.yaml", one), ("b.yaml", one)])


def test_lint_tells_what_is_doubtful() -> None:
    """Several prices of one band, old fuel weeks, no last day; a right one has nothing else."""
    told = {(one.rule, one.level.value) for one in lint(CONTRACT, "ups.yaml", NOW)}
    assert told == {("several-prices", "warning")}
    later = datetime(2026, 6, 1, tzinfo=UTC)
    text = CONTRACT.replace("disputes: {days: 180}", "").replace(
        "from: 2026-01-01}", "from: 2026-01-01, until: 2026-05-01}"
    )
    rules = {one.rule for one in lint(text, "ups.yaml", later)}
    assert {"no-version-today", "no-dispute-days"} <= rules
    assert "stale-percentage" in {one.rule for one in lint(CONTRACT, "ups.yaml", later)}
    (fault,) = lint(CONTRACT.replace("USD", "USX", 1), "ups.yaml", NOW)
    assert (fault.rule, fault.line) == ("not-a-contract", 4)
    assert lint(_SHORT, "dhl.yaml", NOW)[0].rule == "no-dispute-days"

"""`e2a invoices audit`: a third party's file, line by line, on the shell."""

import json
from pathlib import Path

import pytest

from tests.bot.workbooks import a_workbook
from tests.cli.conftest import Run
from tests.policies.contracts import CONTRACT

HEAD = ["Tracking Number", "Charge", "Service", "Zone", "Weight lb", "Ship Date", "Net Amount"]
ROWS = [
    ["1Z1", "Freight", "GND", "7", "4", "2026-01-13", "10.80"],
    ["1Z1", "Freight", "GND", "7", "4", "2026-01-13", "10.80"],
    ["1Z2", "=Rocket", "GND", "7", "4", "2026-01-13", "3.00"],
]


@pytest.fixture
def bill(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bill beside a folder of policies with the contract of UPS."""
    carriers = place / "policies" / "carriers"
    carriers.mkdir(parents=True)
    (carriers / "ups.yaml").write_text(CONTRACT, encoding="utf-8")
    monkeypatch.setenv("POLICIES_DIR", str(place / "policies"))
    file = place / "ups.csv"
    file.write_text("\n".join(",".join(row) for row in [HEAD, *ROWS]), encoding="utf-8")
    return file


def test_a_bill_is_audited(e2a: Run, acme: str, bill: Path, place: Path) -> None:
    """Sums by cause as words and as JSON, a verdict a line as CSV; a second time the same."""
    out = place / "verdicts.csv"
    told = e2a("invoices", "audit", str(bill), "--tenant", acme, "--out", str(out))
    assert told.code == 0
    assert "10.80 USD  in dispute" in told.out
    assert "billed twice, 1 line, claim by" in told.out
    rows = out.read_text("utf-8-sig").splitlines()
    assert len(rows) == 4
    assert "'=Rocket" in rows[3]
    again = e2a("invoices", "audit", str(bill), "--tenant", acme, "--json")
    (found,) = again.json
    assert (found["again"], found["disputed"], found["lines"]) == (True, [["USD", 1080]], 3)
    assert [one["verdict"] for one in found["judged_lines"]] == ["ok", "overcharged", "no_rate"]


def test_a_workbook_is_audited_alike(e2a: Run, acme: str, bill: Path, place: Path) -> None:
    """XLSX comes to what CSV comes to."""
    rows = [[float(one) if "." in one else one for one in row] for row in ROWS[:2]]
    book = place / "ups.xlsx"
    book.write_bytes(a_workbook([HEAD, *rows]))
    del bill
    told = e2a("invoices", "audit", str(book), "--tenant", acme, "--json")
    assert json.loads(told.out)["disputed"] == [["USD", 1080]]


def test_what_is_open_or_unusable_is_told_in_one_line(
    e2a: Run, acme: str, bill: Path, place: Path
) -> None:
    """A heading that nobody guesses, a wrong option, a picture, no file, no such client."""
    odd = place / "odd.csv"
    odd.write_text(bill.read_text("utf-8").replace("Net Amount", "Betrag"), encoding="utf-8")
    asked = e2a("invoices", "audit", str(odd), "--tenant", acme)
    assert "which column has the amounts" in asked.complaint
    assert "Betrag" in asked.complaint
    named = e2a("invoices", "audit", str(odd), "--tenant", acme, "--column", "amount=Betrag")
    assert "in dispute" in named.out
    assert e2a("invoices", "audit", str(odd), "--tenant", acme, "--column", "amount").code == 2
    (place / "a.csv").write_bytes(b"\x89PNG\x00")
    assert "no text" in e2a("invoices", "audit", str(place / "a.csv"), "--tenant", acme).complaint
    assert "no file" in e2a("invoices", "audit", "nope.csv", "--tenant", acme).complaint
    assert "no tenant" in e2a("invoices", "audit", str(bill), "--tenant", "nobody").complaint


def test_a_faulty_contract_stops_it_with_every_fault(
    e2a: Run, acme: str, bill: Path, place: Path
) -> None:
    """File, line and remedy; nothing is judged by half a contract."""
    faulty = CONTRACT.replace("currency: USD", "currency: USX").replace("cents: 605", "pct: 3")
    (place / "policies" / "carriers" / "ups.yaml").write_text(faulty, encoding="utf-8")
    told = e2a("invoices", "audit", str(bill), "--tenant", acme)
    assert told.code == 1
    assert "ups.yaml:4" in told.err
    assert "write one price" in told.err


def test_a_clients_own_contract_goes_first(e2a: Run, acme: str, bill: Path, place: Path) -> None:
    """What was agreed for one client holds for it alone."""
    own = place / "policies" / "tenants" / acme / "carriers"
    own.mkdir(parents=True)
    dearer = CONTRACT.replace('to: "7", bands: [[1, 990], [5, 1200]]', 'to: "7", bands: [[5, 900]]')
    (own / "ups.yaml").write_text(dearer, encoding="utf-8")
    told = e2a("invoices", "audit", str(bill), "--tenant", acme, "--json")
    assert json.loads(told.out)["disputed"] == [["USD", 1080 + 270]]

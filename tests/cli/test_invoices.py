"""`e2a invoices`: runs, dry runs, files, and whether the books balance."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def worked(e2a: Run, acme: str, place: Path) -> str:
    """A tenant with orders of last winter."""
    lines = e2a("generate", "--orders", "4", "--problem-rate", "0").out
    (place / "events.jsonl").write_text(lines)
    assert e2a("ingest", "events.jsonl", "--tenant", acme).code == 0
    return acme


def test_a_month_is_billed_once(e2a: Run, worked: str, place: Path) -> None:
    """Dry run, run, and run again; then it can be looked at in every form."""
    asked = ("invoices", "run", "--tenant", worked, "--period", "2026-01")
    [would] = e2a(*asked, "--dry-run", "--json").json
    assert (would["dry_run"], len(would["invoices"]), would["not_billed"]) == (True, 5, [])
    assert e2a("export", "invoices", "--json").json == []
    [did] = e2a(*asked, "--json").json
    assert [one["number"] for one in did["invoices"]] == [f"INV-{n:06}" for n in range(1, 6)]
    assert "0 invoices and 0 notes issued; 4 orders were invoiced before" in e2a(*asked).out
    exported = e2a("export", "invoices", "--tenant", worked, "--json").json
    assert exported == did["invoices"]
    assert e2a("export", "adjustments", "--json").json == []
    [books] = e2a("invoices", "books", "--tenant", worked, "--json").json
    assert books["difference_cents"] == 0
    assert books["balances"]["USD"]["receivable"] == 10_000
    shown = e2a("invoices", "show", "INV-000001", "--tenant", worked).out.splitlines()
    assert shown[0].startswith("INV-000001  SO-")
    files = ("--pdf", "x.pdf", "--csv", "x.csv")
    assert e2a("invoices", "show", "INV-000005", "--tenant", worked, *files).code == 0
    assert (place / "x.pdf").read_bytes().startswith(b"%PDF")
    assert "month_minimum" in (place / "x.csv").read_text()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "say one of --period"),
        (("--period", "2026-01", "--backfill"), "say one of --period"),
        (("--period", "2026-13"), 'write one like "2026-03"'),
        (("--lookback-hours", "9", "--days-back", "3"), "--days-back goes with --backfill"),
    ],
)
def test_wrong_use_is_told(e2a: Run, acme: str, options: tuple[str, ...], said: str) -> None:
    """One stretch of time is to be named, and a month has to be one."""
    ran = e2a("invoices", "run", "--tenant", acme, *options)
    assert ran.code == 2
    assert said in ran.err.replace("\n", " ")


def test_a_stretch_of_time_is_billed(e2a: Run, worked: str) -> None:
    """The hours or days up to now: what was done last winter is not in them."""
    for options in (("--lookback-hours", "168"), ("--backfill", "--days-back", "3")):
        [ran] = e2a("invoices", "run", "--tenant", worked, *options, "--json").json
        assert ran["invoices"] == []


def test_an_invoice_that_is_not_there_is_told(e2a: Run, acme: str) -> None:
    """With where to find those that are."""
    ran = e2a("invoices", "show", "INV-000009", "--tenant", acme)
    assert "acme has no invoice INV-000009; see e2a export invoices" in ran.complaint

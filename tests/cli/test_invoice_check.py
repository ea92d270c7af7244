"""`e2a invoices check`: a month is proved, said in words and JSON, and filed once."""

from pathlib import Path

from tests.cli.conftest import Run


def test_a_month_is_proved_before_and_after_it_is_billed(e2a: Run, acme: str, place: Path) -> None:
    """Orders that nobody billed are findings; once they are billed, everything proves right."""
    lines = e2a("generate", "--orders", "4", "--problem-rate", "0").out
    (place / "events.jsonl").write_text(lines)
    assert e2a("ingest", "events.jsonl", "--tenant", acme).code == 0
    asked = ("invoices", "check", "--tenant", acme, "--period", "2026-01")
    [would] = e2a(*asked, "--dry-run", "--json").json
    [check] = would["checks"]
    assert (check["orders"], check["invoices"], check["filed"]) == (4, 0, 0)
    assert {one["cause"] for one in check["findings"]} == {"order_not_billed"}
    said = e2a(*asked).out
    assert "4 orders done and never billed" in said
    assert "4 findings, 4 filed." in said
    assert "0 filed; the same was proved before." in e2a(*asked).out
    assert e2a("invoices", "run", "--tenant", acme, "--period", "2026-01").code == 0
    [after] = e2a(*asked, "--json").json
    [check] = after["checks"]
    assert (check["findings"], check["expected_cents"]) == ([], check["billed_cents"])


def test_a_month_without_a_tariff_is_told(e2a: Run, acme: str) -> None:
    """One line names the month and what to write; wrong use is told as everywhere."""
    ran = e2a("invoices", "check", "--tenant", acme, "--period", "2024-01")
    assert ran.code == 1
    assert "2024-01 cannot be proved" in ran.err
    assert e2a("invoices", "check", "--tenant", acme).code == 2

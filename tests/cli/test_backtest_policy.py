"""What `e2a sla backtest` takes from the new policy as a whole: zone, rules left out."""

from pathlib import Path

from tests.cli.conftest import Run
from tests.cli.files import event, write
from tests.cli.test_backtest import NEW, OLD, order

MARCH = """
version: "3"
timezone: America/New_York
calendars: {ATL1: {tz: America/New_York, days: mon-sun}}
slas:
  - id: same_day
    start: [order_paid]
    stop: [carrier_scan]
    deadline: {by: {day: 0, by: "24:00"}, calendar: ATL1}
targets:
  - {sla: same_day, window: calendar_month, at_least: 99, remedy: {tiered: [[99, 0], [0, 5]]}}
"""


def test_months_are_those_of_the_policys_zone(e2a: Run, tmp_path: Path) -> None:
    """What was due when March ended in Atlanta is of March, though it was April in Greenwich."""
    lines = [
        event(event_id=f"{n}", order_id=f"SO-{n}", occurred_at=f"2026-0{month}-{day}T16:00:00Z")
        for n, (month, day) in enumerate([(3, 31), (3, 31), (3, 30)])
    ]
    picks = [
        {**line, "event_id": f"p{line['event_id']}", "event_type": "pick_completed"}
        for line in lines
    ]
    words = [
        *("--policy", write(tmp_path / "n.yaml", MARCH)),
        *("--events", write(tmp_path / "e", *lines, *picks)),
        *("--now", "2026-04-20T00:00:00Z"),
    ]
    (found,) = e2a("sla", "backtest", *words, "--json").json
    (month,) = found["targets"][0]["new"]["months"]
    assert (month["month"], month["late"], month["orders"]) == ("2026-03", 3, 3)
    assert (month["credit_pct"], month["base_cents"], month["credit_cents"]) == (5.0, 150, 8)
    said = e2a("sla", "backtest", *words).out.splitlines()
    assert (
        "  2026-03: 0.00 % kept, 3 late, 0.08 USD credit: "
        "5 % of the fulfilment fees of its 3 orders, 1.50 USD"
    ) in said


def test_rules_that_are_left_out_are_gone_and_not_saved(e2a: Run, tmp_path: Path) -> None:
    """A policy replaces all rules: those it leaves out are named, their breaches are dropped."""
    words = [
        *("--policy", write(tmp_path / "n.yaml", MARCH)),
        *("--against", write(tmp_path / "o.yaml", OLD)),
        *("--events", write(tmp_path / "e.jsonl", *order(1, 150))),
    ]
    (found,) = e2a("sla", "backtest", *words, "--json").json
    assert (found["saved"], found["dropped"], found["gone"]) == (0, 1, ["pick"])
    said = e2a("sla", "backtest", *words).out
    assert "1 rule of the old policy is gone: pick.\n" in said
    assert "pick: 1 dropped: breached, and promised by no rule any more\n" in said


def test_a_policy_that_nothing_starts_says_so(e2a: Run, tmp_path: Path) -> None:
    """Beside the table people are told which events the new rules wait for."""
    new = write(tmp_path / "n.yaml", NEW.replace("order_paid", "order_payed"))
    ran = e2a("sla", "backtest", "--policy", new, "--events", write(tmp_path / "e", *order(1, 9)))
    assert ran.err == "No order starts a promise; the rules start with order_payed\n"

"""`e2a reevaluate`: says what judging stored orders again would change, then changes it."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.files import event, write

DAYS = ("--since", "2026-03-02", "--until", "2026-03-03")


def load(e2a: Run, folder: Path, *events: dict[str, object]) -> None:
    """Stores events; nothing judges them but the command."""
    assert e2a("ingest", write(folder / "e.jsonl", *events), "--tenant", "acme").code == 0


def test_a_dry_run_shows_and_changes_nothing(e2a: Run, acme: str, tmp_path: Path) -> None:
    """What would be opened by rule, with the orders; no exception is there afterwards."""
    load(e2a, tmp_path, event())
    ran = e2a("reevaluate", "--tenant", acme, *DAYS, "--dry-run")
    assert "     1  pick                  would be opened\n" in ran.out
    assert "        SO-11  pick  would be opened, " in ran.out
    assert ran.err == "1 orders judged again, 1 of them differ. Nothing was changed.\n"
    assert e2a("export", "exceptions").json == []
    assert e2a("export", "audit").json == []


def test_it_does_what_it_said_and_twice_is_harmless(e2a: Run, acme: str, tmp_path: Path) -> None:
    """The exception is opened by the command itself, on the trail; again nothing changes."""
    load(e2a, tmp_path, event())
    (first,) = e2a("reevaluate", "--tenant", acme, *DAYS, "--json").json
    assert (first["orders"], first["changed"], first["left_for_server"]) == (1, 1, 0)
    assert first["rules"] == [{"sla_id": "pick", "change": "opened", "count": 1}]
    assert [row["sla_id"] for row in e2a("export", "exceptions").json] == ["pick"]
    (again,) = e2a("reevaluate", "--tenant", acme, *DAYS, "--json").json
    assert (again["orders"], again["changed"], again["rules"]) == (1, 0, [])
    assert len(e2a("export", "exceptions").json) == 1
    entries = [row for row in e2a("export", "audit").json if row["action"] == "reevaluate"]
    assert [row["after"]["changed"] for row in entries] == [1, 0]
    assert entries[0]["actor"].startswith("cli")


def test_dates_are_days_where_the_tenant_is(e2a: Run, tmp_path: Path) -> None:
    """A date is that day's beginning in the tenant's zone; an instant is taken as it is."""
    e2a("tenant", "add", "acme", "--timezone", "Asia/Tokyo")
    load(e2a, tmp_path, event(occurred_at="2026-03-01T15:30:00Z"))
    for since, until, orders in (
        ("2026-03-02", "2026-03-03", 1),
        ("2026-03-01", "2026-03-02", 0),
        ("2026-03-01T15:30:00Z", "2026-03-01T15:31:00Z", 1),
    ):
        asked = ("--tenant", "acme", "--since", since, "--until", until, "--dry-run", "--json")
        assert e2a("reevaluate", *asked).json[0]["orders"] == orders, since


def test_another_tenants_orders_are_left_alone(e2a: Run, acme: str, tmp_path: Path) -> None:
    """Only the named tenant's orders are looked at."""
    load(e2a, tmp_path, event())
    e2a("tenant", "add", "globex")
    assert e2a("reevaluate", "--tenant", "globex", *DAYS, "--json").json[0]["orders"] == 0
    assert acme in e2a("reevaluate", "--tenant", "nobody", *DAYS).complaint


@pytest.mark.parametrize(
    "given",
    [
        ["--tenant", "acme", "--since", "2026-03-02"],
        ["--tenant", "acme", "--since", "2026-03-03", "--until", "2026-03-03"],
        ["--tenant", "acme", "--since", "soon", "--until", "2026-03-03"],
        DAYS,
    ],
    ids=" ".join,
)
def test_wrong_use_is_2(e2a: Run, acme: str, given: list[str]) -> None:
    """Without a tenant and a span that ends after it begins nothing is done."""
    assert acme
    assert e2a("reevaluate", *given).code == 2

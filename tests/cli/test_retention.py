"""`e2a retention show`, the daily job by hand, and `e2a erase`, through the real way in."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.cli.conftest import Run

HEAD = 'version: "1"\nkeep:\n'


def filled(e2a: Run, place: Path) -> None:
    """Two events that came in 50 days ago, with a name in one of them."""
    lines = [
        {
            "event_id": f"e-{number}",
            "source": "wms",
            "event_type": kind,
            "order_id": "SO-1",
            "occurred_at": f"2026-03-02T1{number}:00:00Z",
            "payload": {"customer": {"name": "Jane Doe"}, "carrier": "UPS"},
        }
        for number, kind in enumerate(("order_held", "order_released"))
    ]
    (place / "events.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    assert e2a("ingest", "events.jsonl", "--tenant", "acme").code == 0
    with closing(sqlite3.connect(place / "e2a.db")) as connection, connection:
        connection.execute("UPDATE events SET received_at = received_at - 50 * 86400 * 1000000")
        connection.execute("DELETE FROM work_items")


def payloads(place: Path) -> list[str]:
    """What the events state."""
    with closing(sqlite3.connect(place / "e2a.db")) as connection:
        return [row[0] for row in connection.execute("SELECT payload FROM events ORDER BY id")]


def test_what_is_past_is_shown_and_goes(e2a: Run, acme: str, place: Path) -> None:
    """Looking changes nothing; the job empties what is past, says how much, and then rests."""
    filled(e2a, place)
    folder = place / "policies" / "tenants" / acme
    folder.mkdir(parents=True)
    (folder / "retention.yaml").write_text(f"{HEAD}  payloads: 40 days\n")
    with (place / ".env").open("w") as settings:
        settings.write(f"POLICIES_DIR={place / 'policies'}\n")
    rows = {row["shelf"]: row for row in e2a("retention", "show", "--tenant", acme, "--json").json}
    assert (rows["payloads"]["rows"], rows["payloads"]["days"]) == (2, 40)
    assert (rows["events"]["rows"], rows["events"]["days"]) == (0, 800)
    assert "2 rows past" in e2a("retention", "show").out
    assert "Jane Doe" in payloads(place)[0]
    done = e2a("jobs", "run", "apply_retention")
    assert "Went: 2 payloads of acme." in done.err
    assert payloads(place) == ["{}", "{}"]
    assert "Nothing was past its days." in e2a("jobs", "run", "apply_retention").err
    entries = [row for row in e2a("export", "audit").json if row["action"] == "retention_applied"]
    assert [entry["after"]["payloads"]["rows"] for entry in entries] == [2]


def test_faults_of_the_file_are_told(e2a: Run, acme: str, place: Path) -> None:
    """A wrong number of days stops the command with file and line, and nothing goes."""
    assert acme == "acme"
    filled(e2a, place)
    (place / "policies").mkdir()
    (place / "policies" / "retention.yaml").write_text(f"{HEAD}  payloads: 4 days\n")
    (place / ".env").write_text(f"POLICIES_DIR={place / 'policies'}\n")
    assert "retention.yaml:3: keep.payloads" in e2a("jobs", "run", "apply_retention").complaint
    assert "there is no tenant nobody" in e2a("retention", "show", "--tenant", "nobody").complaint
    assert "Jane Doe" in payloads(place)[0]


def test_a_person_is_erased(e2a: Run, acme: str, place: Path) -> None:
    """Counted first, then erased; what is sent again does not bring it back."""
    filled(e2a, place)
    who = ("--tenant", acme, "--name", "jane doe", "--reason", "ticket 7")
    [would] = e2a("erase", *who, "--dry-run", "--json").json
    assert (would["orders"], would["rows"]) == (["SO-1"], {"events": 2})
    assert "Jane Doe" in payloads(place)[0]
    done = e2a("erase", *who)
    assert done.code == 0
    assert "Erased in 1 orders: 2 events." in done.err
    assert "Jane" not in done.out + done.err
    left = ['{"customer":{"name":"[erased]"},"carrier":"UPS"}'] * 2
    assert payloads(place) == left
    assert "duplicate 2" in e2a("ingest", "events.jsonl", "--tenant", acme).err
    assert payloads(place) == left
    assert "Nothing to erase" in e2a("erase", *who).err


def test_who_is_meant_has_to_be_said(e2a: Run, acme: str) -> None:
    """One way to name the person, well formed, and a reason that does not name them."""
    who = ("erase", "--tenant", acme, "--reason", "for jane@example.com")
    assert e2a(*who).code == 2
    assert e2a(*who, "--name", "Jane").code == 2
    assert e2a(*who, "--name", "Jane Doe", "--email", "jane@example.com").code == 2
    assert "the reason names the person" in e2a(*who, "--email", "jane@example.com").complaint

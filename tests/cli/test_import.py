"""`e2a ingest --map`: tables and JSON of other shapes become events, or the line says why not."""

import io
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, Run

WIDE = """version: "1"
source: wms
order_id: Order
events: {pick_completed: Picked, pack_completed: Packed}
timezone: America/New_York
time_format: "%m/%d/%Y %H:%M"
payload:
  carrier: Carrier
  items: {column: Qty, as: number}
  flags: {column: Flags, as: list}
"""
LONG = """version: "1"
source: wms
event_id: Id
order_id: Order
event_type: Status
occurred_at: Time
event_types: {PICKED: pick_completed, PRINTED: ~}
delimiter: ";"
"""
TABLE = """Order,Picked,Packed,Carrier,Qty,Flags
SO-7,03/02/2026 09:00,03/02/2026 10:30,ups,3,"rush, fragile"
SO-8,03/02/2026 09:05,,,,
"""


def load(e2a: Run, place: Path, columns: str, table: str, name: str = "t.csv") -> Ran:
    """Loads a table by a map."""
    (place / "map.yaml").write_text(columns, encoding="utf-8")
    (place / name).write_text(table, encoding="utf-8")
    return e2a("ingest", place / name, "--tenant", "acme", "--map", place / "map.yaml")


def totals(ran: Ran) -> str:
    """What ingest says of it all."""
    return next(line for line in ran.err.splitlines() if line.startswith("accepted "))


def test_a_row_is_as_many_events_as_it_has_times(e2a: Run, acme: str, tmp_path: Path) -> None:
    """Each filled time column is an event, in the table's own zone, once however often loaded."""
    assert acme
    assert (
        totals(load(e2a, tmp_path, WIDE, TABLE))
        == "accepted 3, duplicate 0, conflict 0, rejected 0"
    )
    rows = e2a("export", "events").json
    told = sorted((row["order_id"], row["event_type"], row["occurred_at"]) for row in rows)
    assert told == [
        ("SO-7", "pack_completed", "2026-03-02T15:30:00Z"),
        ("SO-7", "pick_completed", "2026-03-02T14:00:00Z"),
        ("SO-8", "pick_completed", "2026-03-02T14:05:00Z"),
    ]
    (payload,) = {str(row["payload"]) for row in rows if row["order_id"] == "SO-7"}
    assert payload == "{'carrier': 'ups', 'items': 3, 'flags': ['rush', 'fragile']}"
    changed = TABLE.replace(",ups,", ",UPS,")
    assert totals(load(e2a, tmp_path, WIDE, changed)).startswith("accepted 0, duplicate 3")


def test_a_row_may_be_one_event(e2a: Run, acme: str, tmp_path: Path) -> None:
    """A column says the type in its own words; what the map leaves empty is no event."""
    assert acme
    table = "\ufeffId;Order;Status;Time\n1;SO-7;PICKED;2026-03-02T09:00:00Z\n2;SO-7;PRINTED;\n"
    assert totals(load(e2a, tmp_path, LONG, table)).startswith("accepted 1,")
    (row,) = e2a("export", "events").json
    assert (row["event_id"], row["event_type"], row["payload"]) == ("1", "pick_completed", {})
    other = table.replace("SO-7;PICKED", "SO-9;PICKED")
    assert "t.csv:2: event_id: is known with other" in load(e2a, tmp_path, LONG, other).err


def test_json_lines_are_mapped_too(e2a: Run, acme: str, tmp_path: Path) -> None:
    """JSON lines of another shape are read by the same map."""
    assert acme
    lines = '{"Id": 5, "Order": "SO-7", "Status": "PICKED", "Time": "2026-03-02 09:00:00"}\n\n'
    assert totals(load(e2a, tmp_path, LONG, lines, "t.jsonl")).startswith("accepted 1,")
    assert e2a("export", "events").json[0]["occurred_at"] == "2026-03-02T09:00:00Z"


@pytest.mark.parametrize(
    ("columns", "table", "told", "left"),
    [
        (
            WIDE,
            "Order,Picked\nSO-7,x\n",
            "t.csv:1: there is no column Carrier, Flags, Packed, Qty",
            0,
        ),
        (WIDE, TABLE.replace("03/02/2026 09:05", "soon"), "t.csv:3: Picked: must be RFC 3339", 2),
        (WIDE, TABLE.replace(",3,", ",three,"), "t.csv:2: Qty: three is no number", 1),
        (WIDE, TABLE.replace("SO-8", ""), "t.csv:3: Order: String should have at least 1", 2),
        (WIDE, TABLE.replace('fragile"', 'fragile"x'), "t.csv:2: ", 1),
        (LONG, "Id;Order;Status;Time\n1;SO-7;LOST;x\n", "t.csv:2: Status: event_types does not", 0),
        (WIDE.replace("time_format", "tyme_format"), TABLE, "map.yaml:6: tyme_format: ", 0),
        (WIDE.replace("America/New_York", "Mars"), TABLE, "map.yaml:5: timezone: ", 0),
        (LONG.replace("event_type: Status", ""), TABLE, "map.yaml:1: : name the columns", 0),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(
    e2a: Run, acme: str, tmp_path: Path, columns: str, table: str, told: str, left: int
) -> None:
    """A bad map or row is told with its place; nothing of that row is stored."""
    assert acme
    ran = load(e2a, tmp_path, columns, table)
    assert (ran.code, ran.out) == (1, "")
    assert told in ran.err
    assert len(e2a("export", "events").json) == left


def test_rejected_rows_make_a_table_again(e2a: Run, acme: str, tmp_path: Path) -> None:
    """--rejects keeps the heading and the rows as they stand, a cell of two lines among them."""
    table = TABLE.replace("fragile", "fra\ngile").replace(",3,", ",three,")
    (tmp_path / "map.yaml").write_text(WIDE, encoding="utf-8")
    (tmp_path / "t.csv").write_text(table, encoding="utf-8")
    aside, options = tmp_path / "bad.csv", ("--tenant", acme, "--map", tmp_path / "map.yaml")
    ran = e2a("ingest", tmp_path / "t.csv", *options, "--rejects", aside)
    assert totals(ran) == "accepted 1, duplicate 0, conflict 0, rejected 1"
    assert "t.csv:3: Qty: three is no number" in ran.err
    head, *rest = table.splitlines()
    assert aside.read_text(encoding="utf-8").splitlines() == [head, *rest[:2]]
    aside.write_text(aside.read_text(encoding="utf-8").replace("three", "3"), encoding="utf-8")
    assert totals(e2a("ingest", aside, *options)).startswith("accepted 2,")
    again = e2a("ingest", tmp_path / "t.csv", *options, "--from-line", "4")
    assert totals(again).startswith("accepted 0, duplicate 1,")


def test_a_piped_table_is_known_by_its_look(
    e2a: Run, acme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a map, what does not begin like JSON is a table, whatever it is called."""
    (tmp_path / "map.yaml").write_text(WIDE, encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TABLE.encode())))
    ran = e2a("ingest", "-", "--tenant", acme, "--map", tmp_path / "map.yaml")
    assert totals(ran).startswith("accepted 3,")


def test_a_table_needs_a_map(e2a: Run, acme: str, tmp_path: Path) -> None:
    """A CSV without a map is told what it needs; a JSON line that is no object is told too."""
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    assert "--map" in e2a("ingest", tmp_path / "t.csv", "--tenant", acme).complaint
    assert "t.jsonl:1: body: a row is" in load(e2a, tmp_path, LONG, "[1]\n", "t.jsonl").err

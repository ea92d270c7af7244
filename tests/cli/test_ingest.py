"""`e2a ingest`: every good row once however often it is run, every bad one named and kept."""

import gzip
import io
import json
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from bot.cli import loading
from bot.cli.event_lines import LONGEST
from bot.cli.load_progress import lines_now_and_then
from policies.queries import Receipt
from policies.records import ReceivedEvent
from storage.errors import StorageBusyError, StorageError, StorageFullError
from storage.writer import GroupCommitWriter
from tests.cli.conftest import Ran, Run
from tests.cli.files import event, write

BAD = {**event(event_id="evt-bad"), "occurred_at": "soon"}


def many(count: int, first: int = 0) -> list[dict[str, object]]:
    """That many events."""
    return [event(event_id=f"evt-{n}") for n in range(first, first + count)]


def totals(ran: Ran) -> str:
    """What it says of it all."""
    return next(line for line in ran.err.splitlines() if line.startswith("accepted "))


def letters(e2a: Run) -> list[dict[str, object]]:
    """The dead letters."""
    return e2a("export", "dead_letters").json


def test_loading_twice_loads_once(e2a: Run, acme: str, tmp_path: Path) -> None:
    """The second load of a file finds everything known and changes nothing."""
    file = write(tmp_path / "e.jsonl", event(), "", event(event_id="evt-2"))
    first = e2a("ingest", file, "--tenant", acme)
    assert totals(first) == "accepted 2, duplicate 0, conflict 0, rejected 0"
    again = e2a("ingest", file, "--tenant", acme)
    assert (again.code, again.out) == (0, "")
    assert totals(again) == "accepted 0, duplicate 2, conflict 0, rejected 0"
    assert len(e2a("export", "events").json) == 2


def test_a_file_of_thousands_is_loaded_whole(e2a: Run, acme: str, tmp_path: Path) -> None:
    """More lines than fit one batch are all loaded, and the summary can be had as JSON."""
    file = write(tmp_path / "e.jsonl", *many(2_500))
    ran = e2a("ingest", file, "--tenant", acme, "--json")
    assert ran.json == [
        {
            "file": str(file),
            "tenant": acme,
            "accepted": 2500,
            "duplicate": 0,
            "conflict": 0,
            "rejected": 0,
            "rejects": "dead_letters",
        }
    ]
    assert (ran.code, ran.err) == (0, "")


def test_a_bad_line_stops_no_other(e2a: Run, acme: str, tmp_path: Path) -> None:
    """Each bad line is named with its field, kept as one dead letter, and the others are loaded."""
    file = write(tmp_path / "e.jsonl", event(), BAD, "{", event(event_id="evt-2"))
    for accepted in (2, 0):
        ran = e2a("ingest", file, "--tenant", acme)
        named = ran.err.splitlines()
        assert named[0].startswith(f"{file}:2: occurred_at: must be RFC 3339 with an offset")
        assert named[1].startswith(f"{file}:3: body: not JSON")
        assert totals(ran).startswith(f"accepted {accepted}, ")
        assert totals(ran).endswith(", rejected 2")
        assert named[-1].startswith("e2a: 2 were not loaded; wait as dead letters")
        assert ran.code == 1
    kept = {letter["subject"]: letter for letter in letters(e2a)}
    assert kept.keys() == {"evt-bad", "e.jsonl:3"}
    assert len(letters(e2a)) == 2
    assert kept["evt-bad"]["correlation_id"] == "e.jsonl:2"
    assert str(kept["evt-bad"]["reason"]).startswith("occurred_at: ")


def test_a_known_id_with_other_content(e2a: Run, acme: str, tmp_path: Path) -> None:
    """A conflict is named, counted, kept and ends with 1; the first content stays."""
    e2a("ingest", write(tmp_path / "a.jsonl", event()), "--tenant", acme)
    file = write(tmp_path / "b.jsonl", event(order_id="SO-12"))
    ran = e2a("ingest", file, "--tenant", acme)
    assert (ran.code, totals(ran)) == (1, "accepted 0, duplicate 0, conflict 1, rejected 0")
    assert f"{file}:1: event_id: is known with other content" in ran.err
    assert [row["order_id"] for row in e2a("export", "events").json] == ["SO-11"]
    assert [letter["order_id"] for letter in letters(e2a)] == ["SO-12"]


def test_rejected_lines_come_out_as_they_went_in(e2a: Run, acme: str, tmp_path: Path) -> None:
    """With --rejects they are written to a file, which goes in again once it is corrected."""
    aside = tmp_path / "rejects.jsonl"
    file = write(tmp_path / "e.jsonl", event(), '  {"event_id": 7}', BAD)
    ran = e2a("ingest", file, "--tenant", acme, "--rejects", aside)
    assert ran.code == 1
    assert f"correct them in {aside}" in ran.err
    assert aside.read_text(encoding="utf-8") == f'{{"event_id": 7}}\n{json.dumps(BAD)}\n'
    assert letters(e2a) == []
    corrected = write(tmp_path / "c.jsonl", {**BAD, "occurred_at": "2026-03-02T10:00:00Z"})
    ran = e2a("ingest", corrected, "--tenant", acme, "--rejects", aside)
    assert (ran.code, aside.read_bytes()) == (0, b"")


def test_the_file_that_is_read_is_not_overwritten(e2a: Run, acme: str, tmp_path: Path) -> None:
    """--rejects must be another file than the one being loaded."""
    file = write(tmp_path / "e.jsonl", event())
    assert e2a("ingest", file, "--tenant", acme, "--rejects", file).code == 2
    assert file.stat().st_size > 0


def test_strict_stops_at_the_first_bad_line(e2a: Run, acme: str, tmp_path: Path) -> None:
    """What stands before it is loaded, and --from-line goes on after the correction."""
    file = write(tmp_path / "e.jsonl", *many(1500), BAD, *many(10, 2000))
    ran = e2a("ingest", file, "--tenant", acme, "--strict")
    assert (ran.code, ran.out) == (1, "")
    assert f"e2a: {file}:1501: occurred_at: " in ran.err
    assert "stopped after line 1500: accepted 1500, " in ran.err
    assert len(e2a("export", "events").json) == 1500
    ran = e2a("ingest", file, "--tenant", acme, "--from-line", "1502")
    assert (ran.code, totals(ran)[:12]) == (0, "accepted 10,")


def test_a_load_that_broke_off_is_run_again(
    e2a: Run, acme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk ends it with the last line that is safe; the same command then loads the rest."""
    file, record = write(tmp_path / "e.jsonl", *many(2_500)), GroupCommitWriter.record
    calls = iter([None, StorageFullError()])

    async def failing(self: GroupCommitWriter, events: Sequence[ReceivedEvent]) -> list[Receipt]:
        if (error := next(calls)) is not None:
            raise error
        return await record(self, events)

    monkeypatch.setattr(GroupCommitWriter, "record", failing)
    ran = e2a("ingest", file, "--tenant", acme)
    assert ran.code == 1
    assert "stopped after line 1000: accepted 1000, " in ran.err
    assert "--from-line 1001 " in ran.err
    monkeypatch.setattr(GroupCommitWriter, "record", record)
    ran = e2a("ingest", file, "--tenant", acme)
    assert totals(ran) == "accepted 1500, duplicate 1000, conflict 0, rejected 0"


def test_a_busy_database_is_waited_for(
    e2a: Run, acme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else's lock makes the load wait and say so; a lasting one ends it with 1."""
    errors: list[StorageError] = [StorageBusyError()]
    record = GroupCommitWriter.record

    async def busy(self: GroupCommitWriter, events: Sequence[ReceivedEvent]) -> list[Receipt]:
        if errors:
            raise errors.pop()
        return await record(self, events)

    monkeypatch.setattr(GroupCommitWriter, "record", busy)
    monkeypatch.setattr(loading, "_WAITS", (0.0, 0.0))
    file = write(tmp_path / "e.jsonl", event())
    ran = e2a("ingest", file, "--tenant", acme)
    assert (ran.code, totals(ran)[:11]) == (0, "accepted 1,")
    assert "busy with somebody else's writing" in ran.err
    errors += [StorageBusyError() for _ in range(3)]
    assert e2a("ingest", file, "--tenant", acme).code == 1


@pytest.mark.parametrize("name", ["e.jsonl.gz", "e.jsonl", "e"])
def test_compressed_files_are_read(e2a: Run, acme: str, tmp_path: Path, name: str) -> None:
    """Gzip is known by its first bytes, whatever the file is called."""
    plain = write(tmp_path / "plain", *many(3)).read_bytes()
    (tmp_path / name).write_bytes(gzip.compress(plain))
    ran = e2a("ingest", tmp_path / name, "--tenant", acme)
    assert (ran.code, totals(ran)[:11]) == (0, "accepted 3,")


def test_a_cut_off_archive_gives_what_it_holds(e2a: Run, acme: str, tmp_path: Path) -> None:
    """Lines before the damage are loaded, and the damage is told."""
    packed = gzip.compress(write(tmp_path / "plain", *many(3000)).read_bytes())
    (tmp_path / "e.gz").write_bytes(packed[: len(packed) // 2])
    ran = e2a("ingest", tmp_path / "e.gz", "--tenant", acme)
    loaded = len(e2a("export", "events").json)
    assert ran.code == 1
    assert f"the compressed file is damaged after line {loaded}" in ran.err
    assert 0 < loaded < 3000


@pytest.mark.parametrize("packed", [False, True])
def test_stdin_is_a_file_too(
    e2a: Run, acme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, packed: bool
) -> None:
    """`-` reads what is piped in, compressed or not."""
    lines = write(tmp_path / "plain", event(), BAD).read_bytes()
    piped = io.BytesIO(gzip.compress(lines) if packed else lines)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(piped))
    ran = e2a("ingest", "-", "--tenant", acme)
    assert totals(ran) == "accepted 1, duplicate 0, conflict 0, rejected 1"
    assert ran.err.startswith("stdin:2: occurred_at: ")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"a": NaN}', "a: NaN is not a JSON number"),
        (json.dumps(event()).encode()[:-1] + b', "source": "wms"}', "source: the key appears"),
        (json.dumps(event(payload={"a": "\x00"})).encode(), "payload.a: the text holds a NUL"),
        (b'{"a": "\xff"}', "body: the body is not UTF-8"),
        (b"[" * 100_000, "body: "),
        (b'{"a": "' + b"x" * (3 * LONGEST), f"body: longer than {LONGEST // 1024} KiB"),
        (b"[1]", "body: an event is a JSON object"),
    ],
    ids=["nan", "twice", "nul", "utf8", "deep", "long", "list"],
)
def test_what_http_refuses_is_refused(
    e2a: Run, acme: str, tmp_path: Path, line: bytes, why: str
) -> None:
    """A line is read as strictly as a request, and the next line is read after it."""
    (tmp_path / "e.jsonl").write_bytes(line + b"\n" + json.dumps(event()).encode())
    ran = e2a("ingest", tmp_path / "e.jsonl", "--tenant", acme)
    assert ran.err.startswith(f"{tmp_path}/e.jsonl:1: {why}")
    assert totals(ran) == "accepted 1, duplicate 0, conflict 0, rejected 1"


def test_the_wrong_file_is_told_at_once(e2a: Run, acme: str, tmp_path: Path) -> None:
    """Where none of the first thousand rows is an event, nothing is loaded or kept."""
    file = write(tmp_path / "e.jsonl", *["{}"] * 1500, event())
    ran = e2a("ingest", file, "--tenant", acme)
    assert "Is it the right file, or does it need --map?" in ran.complaint
    assert (letters(e2a), e2a("export", "events").json) == ([], [])


def test_many_bad_lines_flood_nothing(e2a: Run, acme: str, tmp_path: Path) -> None:
    """Twenty are named and a thousand kept; all of them are counted."""
    bad = [{**BAD, "event_id": f"bad-{n}"} for n in range(1_200)]
    ran = e2a("ingest", write(tmp_path / "e.jsonl", event(), *bad), "--tenant", acme)
    assert totals(ran).endswith("rejected 1200")
    assert ran.err.count(": occurred_at: ") == 20
    assert "the first 1,000 of them wait as dead letters" in ran.err
    assert len(letters(e2a)) == 1000


def _told(steps: Iterable[tuple[float, int, int]], capsys: pytest.CaptureFixture[str]) -> list[str]:
    now = 0.0
    step = lines_now_and_then("e.jsonl", 10_000, lambda: now, every=5)
    for at, lines, read in steps:
        now = at
        step(lines, read)
    return capsys.readouterr().err.splitlines()


def test_progress_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """A log gets a line every few seconds and not one a step."""
    steps = [(1, 1000, 500), (4, 4000, 2000), (6, 6000, 3000), (7, 7000, 3500), (11, 9900, 9900)]
    assert _told(steps, capsys) == [
        "e.jsonl: 6,000 lines, 30%, 1,000 lines/s",
        "e.jsonl: 9,900 lines, 99%, 900 lines/s",
    ]


def test_the_database_stays_whole(e2a: Run, acme: str, place: Path, tmp_path: Path) -> None:
    """What was loaded asks for each order's evaluation once."""
    e2a("ingest", write(tmp_path / "e.jsonl", *many(30)), "--tenant", acme)
    with sqlite3.connect(place / "e2a.db") as connection:
        asked = connection.execute("SELECT kind, subject, state FROM work_items").fetchall()
    connection.close()
    assert asked == [("evaluate", "SO-11", "waiting")]

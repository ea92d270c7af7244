"""`e2a jobs`, `stats` and `ask`: looking, and running one job now."""

import os
from contextlib import closing
from pathlib import Path

import pytest

import bot.cli.jobs
from jobs.schedule import SCHEDULE
from rag.edge_folder import EdgeFolder
from tests.cli.conftest import Run
from tests.cli.files import event, write


def test_jobs_are_listed_with_their_last_run(e2a: Run) -> None:
    """Every scheduled job is there with how often it runs; none has run yet."""
    rows = e2a("jobs", "list", "--json").json
    assert [row["name"] for row in rows] == [job.name for job in SCHEDULE]
    assert {(row["last_at"], row["last_outcome"]) for row in rows} == {(None, None)}
    assert e2a("jobs", "list").out.count("never ran") == len(SCHEDULE)


@pytest.mark.parametrize("job", [job.name for job in SCHEDULE])
def test_a_job_runs_now_and_its_run_is_listed(e2a: Run, job: str) -> None:
    """Running a job by hand ends well and shows in the list."""
    ran = e2a("jobs", "run", job)
    assert (ran.code, ran.out) == (0, "")
    (row,) = [row for row in e2a("jobs", "list", "--json").json if row["name"] == job]
    assert row["last_outcome"] == "ok"
    assert row["last_at"].endswith("Z")


def test_a_job_that_fails_is_told_and_listed_as_failed(
    e2a: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failing job ends the command with 1 and stands in the list as failed."""

    async def fail() -> None:
        message = "the disk is gone"
        raise OSError(5, message)

    monkeypatch.setattr(bot.cli.jobs, "scheduled", lambda *_: {"close_resolved": fail})
    assert "the disk is gone" in e2a("jobs", "run", "close_resolved").complaint
    rows = {row["name"]: row["last_outcome"] for row in e2a("jobs", "list", "--json").json}
    assert rows["close_resolved"] == "failed"


def test_a_job_of_all_tenants_cannot_run_for_one(e2a: Run, acme: str) -> None:
    """--tenant is refused, not ignored, where a job knows no tenants."""
    told = e2a("jobs", "run", "close_resolved", "--tenant", acme).complaint
    assert "leave --tenant out" in told


@pytest.mark.parametrize("name", ["run_invoices", "check_invoices"])
def test_a_nights_work_is_done_at_once_by_hand(e2a: Run, acme: str, name: str) -> None:
    """Whatever the hour, for all clients or for the one that is named; a stranger is told."""
    e2a("tenant", "add", "globex")
    both, one = e2a("jobs", "run", name).err, e2a("jobs", "run", name, "--tenant", acme).err
    assert (both[0], one[0]) in {("2", "1"), ("4", "2")}  # months, where a night proves two
    assert e2a("jobs", "run", name, "--tenant", "nobody").code == 1


def test_stats_count_by_tenant(e2a: Run, acme: str, tmp_path: Path) -> None:
    """Events and orders are counted, as JSON and as words."""
    e2a("tenant", "add", "globex")
    file = write(tmp_path / "e.jsonl", event(), event(event_id="evt-2"))
    e2a("ingest", file, "--tenant", acme)
    rows = e2a("stats", "--json").json
    assert [(row["tenant"], row["events"], row["orders"]) for row in rows] == [
        ("acme", 2, 1),
        ("globex", 0, 0),
    ]
    assert "acme: 2 events, 1 orders, 0 exceptions open of 0\n" in e2a("stats").out


def test_a_question_is_answered_with_citations(e2a: Run, acme: str, tmp_path: Path) -> None:
    """A named order is told from its events, and --json gives the answer's four keys."""
    e2a("ingest", write(tmp_path / "e.jsonl", event()), "--tenant", acme)
    (answer,) = e2a("ask", "where is SO-11?", "--tenant", acme, "--json").json
    assert list(answer) == ["answer", "citations", "route", "refused"]
    assert (answer["route"], answer["refused"]) == ("order", False)
    assert answer["citations"] == [{"number": 1, "label": "evt-1", "ref": "event:evt-1"}]
    told = e2a("ask", "where is SO-11?", "--tenant", acme).out
    assert told == f"{answer['answer']}\n[1] evt-1\n"


def test_a_text_is_asked_for_without_an_index_and_beside_a_server(
    e2a: Run, acme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index is made and that is said; while another process has it, words alone answer."""
    monkeypatch.setenv("EMBEDDING_MODEL", "none")
    asked = ("ask", "what does a label cost?", "--tenant", acme)
    ran = e2a(*asked)
    assert "0.15 USD for each label" in ran.out
    assert "building it anew" in ran.err
    assert "building it anew" not in e2a(*asked).err
    with closing(EdgeFolder(Path("data/index"), os.getpid())):
        beside = e2a(*asked)
    assert "0.15 USD for each label" in beside.out
    assert "Found by words alone: a server has the index" in beside.err
    assert e2a("ask", "  ", "--tenant", acme).code == 2


def test_another_tenants_order_is_unknown(e2a: Run, acme: str, tmp_path: Path) -> None:
    """A question is answered from the asking tenant's records only."""
    e2a("tenant", "add", "globex")
    e2a("ingest", write(tmp_path / "e.jsonl", event()), "--tenant", acme)
    (answer,) = e2a("ask", "where is SO-11?", "--tenant", "globex", "--json").json
    assert (answer["refused"], answer["citations"]) == (True, [])


def test_an_alert_that_is_not_there_is_told(e2a: Run, acme: str) -> None:
    """Asking for the blocks of an order without alert fails in one line."""
    assert acme
    assert "no alert about SO-11" in e2a("alert", "SO-11").complaint


def test_an_orders_clocks_are_printed_as_bars(e2a: Run, acme: str, tmp_path: Path) -> None:
    """Each clock has its words, a bar, its sums and its ledger; --json has the same as values."""
    picked = event(
        event_id="evt-2", event_type="pick_completed", occurred_at="2026-03-02T11:00:00Z"
    )
    e2a("ingest", write(tmp_path / "e.jsonl", event(), picked), "--tenant", acme)
    told = e2a("order", "so-11", "--tenant", acme).out
    assert "SO-11 of acme, as of " in told
    assert "In-house · picked within 2 h of payment\n  in time, 1 h to spare\n" in told
    assert f"  {'█' * 23}{'─' * 24}┃\n" in told
    assert "  counted 1 h of 2 h (warehouse)\n" in told
    assert (
        "  2026-03-02 10:00 UTC started [order_paid] · 11:00 UTC met [pick_completed] · rule"
        in told
    )
    assert "over, MEDIUM" in told
    (row,) = e2a("order", "SO-11", "--json").json
    kept = next(clock for clock in row["clocks"] if clock["sla_id"] == "pick")
    assert (row["order_id"], row["tenant"]) == ("SO-11", "acme")
    assert (kept["state"], len(kept["bar"])) == ("met", 48)
    assert [entry["kind"] for entry in kept["ledger"]] == ["started", "met"]
    assert list(row["clocks"][0])[:4] == ["order_id", "sla_id", "stage", "started_at"]


def test_an_order_that_is_not_there_is_told(e2a: Run, acme: str) -> None:
    """Asking for the clocks of an unknown order fails in one line."""
    assert acme
    assert "there is no order SO-404" in e2a("order", "SO-404").complaint

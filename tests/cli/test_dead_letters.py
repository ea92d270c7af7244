"""`e2a replay-dlq` and `e2a discard-dlq`: tried again or laid aside, once, on the trail."""

import asyncio
import getpass
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from policies.records import DeadLetter
from storage.engine import open_engines
from storage.transaction import SqlStorage, SqlTransaction
from tests.cli.conftest import Run
from tests.cli.files import event

CAME = datetime(2026, 3, 2, 10, tzinfo=UTC)
EVALUATE = DeadLetter(
    tenant_id=1,
    kind="evaluate",
    subject="SO-1",
    order_id="SO-1",
    reason="Evaluation failed 3 times; log line 0a1b2c3d",
    payload={},
    created_at=CAME,
)
SLACK = replace(
    EVALUATE,
    kind="slack",
    subject="alert:1:card",
    order_id="SO-2",
    reason="Slack refused: is_archived",
    payload={"lane": "#acme-ops", "message": {"alert_id": 1, "part": "card"}},
    state="retrying",
    next_retry_at=datetime(2100, 1, 1, tzinfo=UTC),
    created_at=CAME + timedelta(days=1),
)
LOST = replace(EVALUATE, kind="event", subject="evt-9", order_id=None, reason="order_id: missing")

Keep = Callable[..., None]


@pytest.fixture
def keep(place: Path, acme: str) -> Keep:
    """Keeps letters of the first tenant."""
    assert acme

    def put(*letters: DeadLetter) -> None:
        async def add(tx: SqlTransaction) -> None:
            await tx.dead_letters.add(letters, CAME)

        _write(place, add)

    return put


def _write(place: Path, work: Callable[[SqlTransaction], Awaitable[None]]) -> None:
    async def whole() -> None:
        storage = SqlStorage(open_engines(f"sqlite+aiosqlite:///{place}/e2a.db"))
        async with storage.write() as tx:
            await work(tx)
        await storage.close()

    asyncio.run(whole())


def states(e2a: Run) -> dict[int, str]:
    """The letters' states by number."""
    return {row["id"]: row["state"] for row in e2a("export", "dead_letters").json}


def trail(e2a: Run) -> list[dict[str, Any]]:
    """The audit trail without the commands that set the scene."""
    rows = e2a("export", "audit").json
    return [row for row in rows if row["subject"].startswith("dead_letter:")]


def test_all_that_wait_go_back_to_work_once(e2a: Run, keep: Keep) -> None:
    """The first run puts all back, each with an entry that names who did; a second finds none."""
    keep(EVALUATE, SLACK, LOST, replace(EVALUATE, subject="SO-3", state="discarded"))
    ran = e2a("replay-dlq")
    assert ran.code == 0
    assert "     1  evaluate  went back to work: Evaluation failed 3 times\n" in ran.out
    assert "still rejected: the body was not kept whole; its sender must send it again" in ran.out
    assert ran.err == "3 letters: 2 went back to work, 1 still rejected.\n"
    assert states(e2a) == {1: "replayed", 2: "replayed", 3: "waiting", 4: "discarded"}
    assert [(row["actor"], row["action"], row["subject"]) for row in trail(e2a)] == [
        (f"cli:{getpass.getuser()}", "replay", "dead_letter:1"),
        (f"cli:{getpass.getuser()}", "replay", "dead_letter:2"),
    ]
    (message,) = e2a("export", "outbox").json
    assert (message["lane"], message["state"]) == ("#acme-ops", "waiting")
    again = e2a("replay-dlq", "--kind", "slack")
    assert (again.code, again.out, again.err) == (0, "", "No dead letter waits that fits.\n")


def test_a_dry_run_says_what_would_be(e2a: Run, keep: Keep) -> None:
    """Counts by kind and reason and a few letters; nothing is changed."""
    keep(EVALUATE, replace(EVALUATE, subject="SO-3", reason=EVALUATE.reason[:-1] + "e"), SLACK)
    before = e2a("export", "dead_letters").out
    ran = e2a("replay-dlq", "--dry-run")
    assert "     2  evaluate  would go back to work: Evaluation failed 3 times\n" in ran.out
    assert "        3  SO-2  retrying\n" in ran.out
    assert ran.err == "3 letters: 3 would go back to work. Nothing was changed.\n"
    assert e2a("export", "dead_letters").out == before
    assert trail(e2a) == []


def test_json_is_one_object(e2a: Run, keep: Keep) -> None:
    """Counts, groups and the first letters, and nothing else on stdout or stderr."""
    keep(EVALUATE, LOST)
    ran = e2a("replay-dlq", "--dry-run", "--json")
    (row,) = ran.json
    assert (ran.err, row["dry_run"]) == ("", True)
    assert (row["replayed"], row["rejected"], row["not_found"]) == (1, 1, 0)
    assert row["groups"][0] == {
        "kind": "evaluate",
        "reason": "Evaluation failed 3 times",
        "result": "replayed",
        "count": 1,
    }
    assert [letter["id"] for letter in row["letters"]] == [1, 2]


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        (["--kind", "slack"], [2]),
        (["--reason", "ARCHIVED"], [2]),
        (["--order", "SO-1"], [1]),
        (["--since", "2026-03-03"], [2]),
        (["--until", "2026-03-02T10:00:00.5Z"], [1]),
        (["--tenant", "acme"], [1, 2]),
        (["--tenant", "globex"], []),
        (["--batch-size", "1", "--max-batches", "1"], [1]),
        (["--batch-size", "1", "--rate", "0"], [1, 2]),
    ],
    ids=str,
)
def test_filters_choose(e2a: Run, keep: Keep, given: list[str], taken: list[int]) -> None:
    """Only what fits is tried again."""
    e2a("tenant", "add", "globex")
    keep(EVALUATE, SLACK)
    assert e2a("replay-dlq", *given).code == 0
    assert [number for number, state in states(e2a).items() if state == "replayed"] == taken


def test_a_rejected_delivery_is_taken_in_once_it_can_be(e2a: Run, keep: Keep) -> None:
    """What was too early when it came is an event now, and its order is to be judged."""
    body = json.dumps(event(order_id="SO-9"))
    payload = {"source": "events", "body": body, "truncated": False, "whole": True}
    keep(replace(LOST, reason="occurred_at: is more than 24 hours ahead", payload=payload))
    assert "1 went back to work" in e2a("replay-dlq").err
    assert [row["order_id"] for row in e2a("export", "events").json] == ["SO-9"]
    assert states(e2a) == {1: "replayed"}


@pytest.mark.parametrize(
    "given",
    [
        ["--batch-size", "0"],
        ["--kind", "email"],
        ["--since", "soon"],
        ["--rate", "-1"],
        ["--max-batches", "0"],
    ],
    ids=" ".join,
)
def test_wrong_use_is_2(e2a: Run, given: list[str]) -> None:
    """A value that makes no sense changes nothing and ends with 2."""
    assert e2a("replay-dlq", *given).code == 2


def test_an_unknown_tenant_is_told(e2a: Run, acme: str) -> None:
    """A tenant that there is not ends the command, and the known ones are named."""
    assert acme in e2a("replay-dlq", "--tenant", "acmee").complaint


def test_letters_are_discarded_with_a_reason(e2a: Run, keep: Keep) -> None:
    """Laid aside and on the trail with the reason; the second time is harmless."""
    keep(EVALUATE, SLACK)
    ran = e2a("discard-dlq", "1", "2", "--reason", "a test order")
    assert (ran.code, ran.out) == (0, "discarded 1, 2\n")
    assert states(e2a) == {1: "discarded", 2: "discarded"}
    assert {(row["action"], row["note"]) for row in trail(e2a)} == {("discard", "a test order")}
    again = e2a("discard-dlq", "1", "--reason", "again", "--json")
    assert again.json == [{"discarded": [], "earlier": [{"id": 1, "state": "discarded"}]}]
    assert "1 was discarded before" in e2a("discard-dlq", "1", "--reason", "again").out
    assert len(trail(e2a)) == 2


def test_unknown_numbers_are_named_and_nothing_is_discarded(e2a: Run, keep: Keep) -> None:
    """One line names those that there are not; the one that there is stays."""
    keep(EVALUATE)
    told = e2a("discard-dlq", "1", "8", "9", "--reason", "x").complaint
    assert told == "e2a: there is no dead letter 8, 9; nothing was discarded"
    assert states(e2a) == {1: "waiting"}
    e2a("tenant", "add", "globex")
    foreign = e2a("discard-dlq", "1", "--reason", "x", "--tenant", "globex")
    assert "no dead letter 1" in foreign.complaint


@pytest.mark.parametrize(
    "given",
    [
        ["1"],
        ["1", "--reason", ""],
        ["1", "--reason", "  "],
        ["--reason", "x"],
        ["0", "--reason", "x"],
        ["9" * 30, "--reason", "x"],
    ],
    ids=" ".join,
)
def test_a_discard_needs_a_number_and_a_reason(e2a: Run, keep: Keep, given: list[str]) -> None:
    """Without either nothing is done and the exit is 2."""
    keep(EVALUATE)
    assert e2a("discard-dlq", *given).code == 2
    assert states(e2a) == {1: "waiting"}

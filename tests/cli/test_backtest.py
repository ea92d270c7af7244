"""`e2a sla backtest`: what a change would have done, over a file or a tenant's stored orders."""

import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.files import event, write
from tests.test_docs import DOCS, blocks

PAGE = DOCS / "backtest.md"
NEW = """
version: "2"
slas:
  - id: pick
    promise: picked within an hour
    start: [order_paid]
    stop: [pick_completed]
    deadline: {within: 60m}
    on_breach: {exception: PICK_DELAY}
    remedy: {credit: {cents: 500}}
"""
OLD = NEW.replace("an hour", "2 h").replace("60m", "120m").replace('"2"', '"1"')


def order(number: int, after: int, **payload: object) -> list[dict[str, Any]]:
    """An order paid at ten and picked so many minutes later."""
    order_id = f"SO-{number}"
    paid = datetime(2026, 3, 2, 10, tzinfo=UTC)
    return [
        event(event_id=f"paid-{number}", order_id=order_id, payload=payload),
        event(
            event_id=f"picked-{number}",
            order_id=order_id,
            event_type="pick_completed",
            occurred_at=(paid + timedelta(minutes=after)).isoformat(),
        ),
    ]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Options that name three orders, picked after 30, 90 and 150 minutes, and both policies."""
    lines = [*order(1, 30), *order(2, 90), *order(3, 150)]
    return [
        "--policy",
        str(write(tmp_path / "new.yaml", NEW)),
        "--against",
        str(write(tmp_path / "old.yaml", OLD)),
        "--events",
        str(write(tmp_path / "e.jsonl", *reversed(lines), *lines)),
    ]


def test_one_json_object_tells_the_difference(e2a: Run, files: list[str]) -> None:
    """Stdout is one object: counts by both rules, what changes, examples, money; nothing else."""
    ran = e2a("sla", "backtest", *files, "--json")
    assert (ran.code, ran.err) == (0, "")
    (found,) = ran.json
    assert list(found) == [
        "now",
        "since",
        "until",
        "orders",
        "complete",
        "newly_breached",
        "saved",
        "dropped",
        "gone",
        "rules",
        "targets",
        "money",
    ]
    (rule,) = found["rules"]
    assert (found["orders"], found["newly_breached"], found["saved"]) == (3, 1, 0)
    assert (rule["new"]["met"], rule["new"]["breached"]) == (1, 2)
    assert (rule["old"]["met"], rule["old"]["breached"]) == (2, 1)
    assert rule["examples"]["newly_breached"] == [
        {
            "order_id": "SO-2",
            "subject": "",
            "new": {
                "sla_id": "pick",
                "state": "breached",
                "started_at": "2026-03-02T10:00:00Z",
                "deadline": "2026-03-02T11:00:00Z",
                "stopped_at": "2026-03-02T11:30:00Z",
                "delay_minutes": 30.0,
            },
            "old": {
                "sla_id": "pick",
                "state": "met",
                "started_at": "2026-03-02T10:00:00Z",
                "deadline": "2026-03-02T12:00:00Z",
                "stopped_at": "2026-03-02T11:30:00Z",
                "delay_minutes": 0.0,
            },
        }
    ]
    assert found["money"]["new"]["due_cents"] == 1000
    assert found["money"]["old"]["due_cents"] == 500


def test_people_are_told_in_a_table_and_sentences(e2a: Run, files: list[str]) -> None:
    """Without --json there is a table of rules, then examples in sentences, then the money."""
    ran = e2a("sla", "backtest", *files)
    assert (ran.code, ran.err) == (0, "")
    title, _, head, new, old, *rest = ran.out.splitlines()
    assert title == "3 orders judged as of 2026-03-02 12:30 UTC"
    assert head.split("  ")[0] == "rule"
    assert " ".join(new.split()) == "pick new 3 1 2 0 0 30 min, 1 h 30 min 1 0"
    assert " ".join(old.split()) == "old 3 2 1 0 0 30 min, 30 min"
    assert len({len(line) for line in (head, new)}) == 1
    assert rest == [
        "",
        "Newly breached, the latest first:",
        "  SO-2 pick: 30 min late, due 2026-03-02 11:00 UTC; was met, due 2026-03-02 12:00 UTC",
        "",
        "Credits: would be 10.00 USD, were 5.00 USD",
    ]


@pytest.mark.parametrize(
    ("now", "newly"),
    [(None, 0), ("2026-03-02T11:00:00Z", 0), ("2026-03-02T11:00:01Z", 1)],
)
def test_what_has_not_ended_is_late_only_after_its_deadline(
    e2a: Run, tmp_path: Path, now: str | None, newly: int
) -> None:
    """As of the last event unless --now says otherwise, an order still within its time is open."""
    words = [
        "--policy",
        write(tmp_path / "n.yaml", NEW),
        "--events",
        write(tmp_path / "e.jsonl", event()),
        *(["--now", now] if now else []),
    ]
    (found,) = e2a("sla", "backtest", *words, "--json").json
    assert found["now"] == (now or "2026-03-02T10:00:00Z")
    assert found["newly_breached"] == newly


def test_the_end_of_the_data_is_when_it_was_last_heard_of(e2a: Run, tmp_path: Path) -> None:
    """An event that was told of later than any happened is when the data ends."""
    line = event(received_at="2026-03-02T15:00:00Z")
    words = ["--policy", write(tmp_path / "n.yaml", NEW), "--events", write(tmp_path / "e", line)]
    assert e2a("sla", "backtest", *words, "--json").json[0]["now"] == "2026-03-02T15:00:00Z"


def test_without_against_the_policy_in_force_is_compared(
    e2a: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The packaged policy stands against the new one, or that of POLICIES_DIR."""
    new, file = write(tmp_path / "n.yaml", NEW), write(tmp_path / "e.jsonl", *order(1, 90))
    words = ["sla", "backtest", "--policy", new, "--events", file, "--json"]
    (packaged,) = e2a(*words).json
    assert len(packaged["rules"]) == 5
    folder = tmp_path / "policies"
    folder.mkdir()
    write(folder / "sla.yaml", OLD)
    monkeypatch.setenv("POLICIES_DIR", str(folder))
    (own,) = e2a(*words).json
    assert [rule["sla_id"] for rule in own["rules"]] == ["pick"]
    assert own["newly_breached"] == 1


def test_a_tenants_own_policy_is_the_one_in_force(
    e2a: Run, acme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tenant with a policy of its own is compared with that one."""
    own = tmp_path / "policies" / "tenants" / acme
    own.mkdir(parents=True)
    write(own / "sla.yaml", OLD)
    monkeypatch.setenv("POLICIES_DIR", str(tmp_path / "policies"))
    words = ["--policy", write(tmp_path / "n.yaml", NEW), "--tenant", acme]
    (found,) = e2a("sla", "backtest", *words, "--since", "2026-03-02", "--json").json
    assert [(rule["sla_id"], rule["was"]) for rule in found["rules"]] == [("pick", "pick")]


@pytest.mark.parametrize(
    ("span", "orders"),
    [
        ([], 2),
        (["--since", "2026-03-02"], 2),
        (["--since", "2026-03-03"], 1),
        (["--until", "2026-03-03"], 1),
        (["--since", "2026-03-03T00:00:00Z", "--until", "2026-03-04"], 1),
    ],
)
def test_a_span_takes_what_began_in_it(
    e2a: Run, tmp_path: Path, span: list[str], orders: int
) -> None:
    """--since and --until take dates, which begin at midnight, or instants."""
    next_day = event(event_id="e2", order_id="SO-12", occurred_at="2026-03-03T10:00:00Z")
    file = write(tmp_path / "e.jsonl", event(), next_day)
    words = ["--policy", write(tmp_path / "n.yaml", NEW), "--events", file, *span, "--json"]
    (found,) = e2a("sla", "backtest", *words).json
    assert found["rules"][0]["new"]["orders"] == orders


def test_stored_orders_are_judged_as_well(e2a: Run, acme: str, tmp_path: Path) -> None:
    """A tenant's stored orders give what their export gives, and nothing is changed."""
    now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - ingestion has the real clock
    lines = [
        event(
            event_id=f"e{n}",
            event_type=kind,
            occurred_at=(now - timedelta(minutes=ago)).isoformat(),
        )
        for n, (kind, ago) in enumerate((("order_paid", 300), ("pick_completed", 210)))
    ]
    file = write(tmp_path / "e.jsonl", *lines)
    assert e2a("ingest", file, "--tenant", acme).code == 0
    new, old = write(tmp_path / "n.yaml", NEW), write(tmp_path / "o.yaml", OLD)
    both = ["sla", "backtest", "--policy", new, "--against", old]
    since = (now - timedelta(days=2)).date().isoformat()
    (stored,) = e2a(*both, "--tenant", acme, "--since", since, "--json").json
    exported = tmp_path / "exported.jsonl"
    exported.write_text(e2a("export", "events", "--tenant", acme).out, encoding="utf-8")
    (told,) = e2a(*both, "--events", exported, "--json").json
    assert stored["rules"] == told["rules"]
    assert (stored["newly_breached"], stored["orders"], stored["complete"]) == (1, 1, True)
    assert e2a("export", "clocks").out == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param([], "either --events or --tenant", id="neither"),
        pytest.param(["--tenant", "acme"], "--since", id="no start"),
        pytest.param(["--tenant", "acme", "--since", "soon"], "--since soon", id="no date"),
        pytest.param(["--events", "e.jsonl", "--now", "2026-03-02"], "offset", id="no offset"),
        pytest.param(
            ["--events", "e.jsonl", "--since", "2026-03-02", "--until", "2026-03-02"],
            "not after",
            id="empty span",
        ),
    ],
)
def test_wrong_use_is_told(
    e2a: Run, acme: str, tmp_path: Path, words: list[str], said: str
) -> None:
    """What makes no sense ends with exit 2 and says why."""
    assert acme
    write(tmp_path / "e.jsonl", event())
    ran = e2a("sla", "backtest", "--policy", write(tmp_path / "n.yaml", NEW), *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_an_unknown_tenant_and_a_faulty_policy_are_one_line(e2a: Run, tmp_path: Path) -> None:
    """What cannot be done ends with exit 1 and one clear line."""
    new, bad = write(tmp_path / "n.yaml", NEW), write(tmp_path / "bad.yaml", "version: 1\n")
    stored = ["--tenant", "nobody", "--since", "2026-03-02"]
    assert "no tenant nobody" in e2a("sla", "backtest", "--policy", new, *stored).complaint
    assert f"{bad}:" in e2a("sla", "backtest", "--policy", bad, *stored).complaint


def test_the_page_shows_what_comes_out(
    e2a: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command of docs/backtest.md prints the block behind it."""
    monkeypatch.chdir(tmp_path)
    new, old, cut_off = blocks(PAGE, "yaml")
    for name, text in (("new", new), ("old", old), ("cut-off", cut_off)):
        write(tmp_path / f"{name}.yaml", text)
    write(tmp_path / "events.jsonl", *blocks(PAGE, "json"))
    runs, outputs = blocks(PAGE, "sh"), blocks(PAGE, "text")
    assert len(runs) == len(outputs) == 2
    for run, output in zip(runs, outputs, strict=True):
        assert e2a(*shlex.split(run)[1:]).out == output

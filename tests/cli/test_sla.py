"""`e2a sla evaluate`: promises over a file, offline, one JSON object a clock."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.files import event, write

NOW = "2026-03-02T12:30:00Z"
KEYS = [
    "order_id",
    "sla_id",
    "stage",
    "started_at",
    "deadline",
    "stopped_at",
    "state",
    "breached_at",
    "target_minutes",
    "elapsed_minutes",
    "delay_minutes",
    "reason_code",
    "severity",
    "at_risk_at",
    "verdict",
    "first_verdict",
    "instance",
]
PICKED = event(event_id="evt-2", event_type="pick_completed", occurred_at="2026-03-02T11:00:00Z")
ONE_RULE = """
version: "9"
slas:
  - id: quick
    stage: PICK
    promise: picked at once
    start: [order_paid]
    stop: [pick_completed]
    deadline: {within: 10m}
    on_breach: {exception: OTHER, severity: LOW}
"""


def test_a_line_has_the_contracts_keys_in_order(e2a: Run, tmp_path: Path) -> None:
    """A clock's line is exactly the contract's: keys, order, instants with Z, plain numbers."""
    ran = e2a(
        "sla", "evaluate", "--events", write(tmp_path / "e.jsonl", event()), "--now", NOW, "--json"
    )
    assert (ran.code, ran.err) == (0, "")
    (line,) = ran.json
    assert list(line) == KEYS
    assert line == {
        "order_id": "SO-11",
        "sla_id": "pick",
        "stage": "PICK",
        "started_at": "2026-03-02T10:00:00Z",
        "deadline": "2026-03-02T12:00:00Z",
        "stopped_at": None,
        "state": "breached",
        "breached_at": "2026-03-02T12:00:00Z",
        "target_minutes": 120,
        "elapsed_minutes": 150.0,
        "delay_minutes": 30.0,
        "reason_code": "PICK_DELAY",
        "severity": "MEDIUM",
        "at_risk_at": "2026-03-02T11:30:00Z",
        "verdict": None,
        "first_verdict": None,
        "instance": 1,
    }


def test_lines_are_ordered_by_order_and_rule(e2a: Run, tmp_path: Path) -> None:
    """However the input is ordered and repeated, lines come by order_id, then sla_id."""
    other = [{**line, "order_id": "SO-10"} for line in (PICKED, event())]
    file = write(tmp_path / "e.jsonl", PICKED, *other, event(), PICKED, "")
    lines = e2a("sla", "evaluate", "--events", file, "--now", NOW, "--json").json
    assert [(line["order_id"], line["sla_id"]) for line in lines] == [
        (order, rule) for order in ("SO-10", "SO-11") for rule in ("missing_scan", "pack", "pick")
    ]


def test_events_after_now_are_ignored(e2a: Run, tmp_path: Path) -> None:
    """What happens after --now has not happened, however far ahead it is."""
    far = event(event_id="evt-9", event_type="pick_completed", occurred_at="9999-12-30T00:00:00Z")
    file = write(tmp_path / "e.jsonl", event(), far)
    for now, state in (("2026-03-02T10:30:00Z", "running"), (NOW, "breached")):
        (line,) = e2a("sla", "evaluate", "--events", file, "--now", now, "--json").json
        assert line["state"] == state


def test_now_may_have_any_offset(e2a: Run, tmp_path: Path) -> None:
    """An instant is an instant in whatever zone it is written."""
    file = write(tmp_path / "e.jsonl", event())
    same = [
        e2a("sla", "evaluate", "--events", file, "--now", now, "--json").out
        for now in (NOW, "2026-03-02T07:30:00-05:00")
    ]
    assert same[0] == same[1]


def test_an_empty_file_gives_no_lines(e2a: Run, tmp_path: Path) -> None:
    """Nothing heard is nothing to say, and no failure."""
    ran = e2a("sla", "evaluate", "--events", write(tmp_path / "e.jsonl"), "--now", NOW, "--json")
    assert (ran.code, ran.out) == (0, "")


def test_without_json_it_is_told_in_words(e2a: Run, tmp_path: Path) -> None:
    """For people a clock is a sentence with its delay and due time."""
    ran = e2a("sla", "evaluate", "--events", write(tmp_path / "e.jsonl", event()), "--now", NOW)
    assert ran.out == "SO-11  pick           breached, 30 min late, due 2026-03-02 12:00 UTC\n"


def test_another_policy_takes_the_packaged_ones_place(e2a: Run, tmp_path: Path) -> None:
    """--policy judges by that file alone."""
    policy = write(tmp_path / "p.yaml", ONE_RULE)
    file = write(tmp_path / "e.jsonl", event())
    lines = e2a(
        "sla", "evaluate", "--events", file, "--policy", policy, "--now", NOW, "--json"
    ).json
    assert [(line["sla_id"], line["target_minutes"]) for line in lines] == [("quick", 10)]


def test_evidence_that_was_told_late_settles_as_such(e2a: Run, tmp_path: Path) -> None:
    """An exported event says when it was heard of: after the deadline it is late evidence."""
    heard = {**PICKED, "received_at": "2026-03-02T12:10:00+00:00"}
    file = write(tmp_path / "e.jsonl", event(received_at=None), heard)
    lines = e2a("sla", "evaluate", "--events", file, "--now", NOW, "--json").json
    (pick,) = (line for line in lines if line["sla_id"] == "pick")
    assert (pick["state"], pick["verdict"]) == ("met", "late_evidence")
    assert pick["first_verdict"] == "breached"


@pytest.mark.parametrize("turn", [1, -1])
def test_an_event_counts_as_heard_the_first_time(e2a: Run, tmp_path: Path, turn: int) -> None:
    """Of repetitions the earliest received_at counts, in whatever order they stand."""
    times = ("2026-03-02T11:01:00Z", "2026-03-02T12:10:00Z")[::turn]
    told = [{**PICKED, "received_at": heard} for heard in times]
    file = write(tmp_path / "e.jsonl", *told, event())
    lines = e2a("sla", "evaluate", "--events", file, "--now", NOW, "--json").json
    assert {line["sla_id"]: line["verdict"] for line in lines}["pick"] is None


def test_volume_is_that_of_the_file(e2a: Run, tmp_path: Path) -> None:
    """With the volume preset the first hundred orders of an hour have two hours, the next more."""
    policy = write(tmp_path / "p.yaml", ONE_RULE.replace("slas:", "presets: [volume]\nslas:"))
    orders = [
        event(event_id=f"e{n}", order_id=f"SO-{n:03}", occurred_at=_at(n)) for n in range(102)
    ]
    file = write(tmp_path / "e.jsonl", *reversed(orders))
    words = ["--events", file, "--policy", policy, "--now", NOW, "--json"]
    minutes = [line["target_minutes"] for line in e2a("sla", "evaluate", *words).json]
    assert minutes == [10] * 100 + [13, 13]


def _at(second: int) -> str:
    return f"2026-03-02T10:{second // 60:02}:{second % 60:02}Z"


def test_repeating_clocks_come_by_instance(e2a: Run, tmp_path: Path) -> None:
    """Lines of one order and rule come by instance."""
    policy = write(tmp_path / "p.yaml", ONE_RULE.replace("start:", "repeat: each\n    start:"))
    orders = [event(event_id=f"e{n}", occurred_at=_at(n)) for n in range(12)]
    words = ["--events", write(tmp_path / "e.jsonl", *orders), "--policy", policy, "--now", NOW]
    lines = e2a("sla", "evaluate", *words, "--json").json
    assert [line["instance"] for line in lines] == list(range(1, 13))


@pytest.mark.parametrize(
    ("line", "where"),
    [
        pytest.param({**event(), "order_id": ""}, "order_id: ", id="empty id"),
        pytest.param({"event_id": "evt-1"}, "occurred_at: ", id="fields missing"),
        pytest.param(event(occurred_at="2026-03-02T10:00:00"), "occurred_at: ", id="no offset"),
        pytest.param(event(occurred_at=5), "occurred_at: ", id="a number for a time"),
        pytest.param(event(received_at="soon"), "received_at: ", id="heard at no time"),
        pytest.param(
            event(received_at="2026-03-02T10:00:00"), "received_at: ", id="heard anywhere"
        ),
        pytest.param(event(payload={"note": "\x00"}), "payload.note: ", id="NUL"),
        pytest.param(event(payload={"note": "\ud800"}), "payload.note: ", id="surrogate"),
        pytest.param(event(payload=[]), "payload: ", id="payload no object"),
        pytest.param(event(event_type="Paid!"), "event_type: ", id="malformed type"),
        pytest.param("[]", "body: ", id="no object"),
        pytest.param("{", "", id="no JSON"),
        pytest.param("[" * 100_000, "", id="far too deep"),
    ],
)
def test_a_bad_line_is_named_with_file_line_and_field(
    e2a: Run, tmp_path: Path, line: dict[str, object] | str, where: str
) -> None:
    """The first line that is no event stops the command and is named precisely."""
    file = write(tmp_path / "e.jsonl", event(), line, "also bad")
    told = e2a("sla", "evaluate", "--events", file, "--now", NOW, "--json").complaint
    assert told.startswith(f"e2a: {file}:2: ")
    assert where in told


def test_what_nothing_starts_is_said(e2a: Run, tmp_path: Path) -> None:
    """Where no order has a clock people are told what the rules wait for; stdout stays empty."""
    policy = write(tmp_path / "p.yaml", ONE_RULE.replace("order_paid", "order_payed"))
    words = ["--events", write(tmp_path / "e.jsonl", event()), "--policy", policy, "--now", NOW]
    ran = e2a("sla", "evaluate", *words)
    said = "No order starts a promise; the rules start with order_payed\n"
    assert (ran.code, ran.out, ran.err) == (0, "", said)
    assert e2a("sla", "evaluate", *words, "--json").err == ""


def test_a_faulty_policy_is_named_with_file_and_line(e2a: Run, tmp_path: Path) -> None:
    """Every fault of a policy is in the one line, each with its place."""
    bad = ONE_RULE.replace("stage: PICK", "stage: NAP").replace("severity: LOW", "severity: SO-SO")
    policy = write(tmp_path / "p.yaml", bad)
    file = write(tmp_path / "e.jsonl", event())
    told = e2a("sla", "evaluate", "--events", file, "--policy", policy, "--now", NOW).complaint
    assert f"{policy}:5: slas.0.stage: " in told
    assert f"{policy}:10: slas.0.on_breach.severity: " in told


@pytest.mark.parametrize("kind", ["absent", "folder", "binary"])
@pytest.mark.parametrize("option", ["--events", "--policy"])
def test_a_file_that_cannot_be_read_is_one_line(
    e2a: Run, tmp_path: Path, option: str, kind: str
) -> None:
    """A missing file, a folder or something that is no text is told in one line."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00\x81")
    files = {"--events": write(tmp_path / "e.jsonl", event()), "--policy": write(tmp_path / "p.y")}
    files[option] = tmp_path / kind
    words = [word for pair in files.items() for word in pair]
    assert e2a("sla", "evaluate", *words, "--now", NOW).complaint


def test_no_database_is_opened(e2a: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command is offline and pure: it needs no settings and leaves no file."""
    monkeypatch.setenv("DATABASE_URL", "nonsense")
    file = write(tmp_path / "e.jsonl", event())
    before = sorted(tmp_path.iterdir())
    assert e2a("sla", "evaluate", "--events", file, "--now", NOW, "--json").code == 0
    assert sorted(tmp_path.iterdir()) == before

"""`e2a policy lint` and `e2a policy show`: a policy looked over and read aloud, offline."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.files import event, write
from tests.policies.lint_policy import CLEAN, spoilt

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/policy-lint.md").read_text(encoding="utf-8")
WORKED = (ROOT / "tests/policies/samples/worked_example.yaml").read_text(encoding="utf-8")
KEYS = ["level", "rule", "file", "line", "path", "sla_id", "message", "remedy"]
FEES = "the fulfilment fees of that month's orders"
HOLIDAYS = "closed on the holidays US"
STOP = "stop: [pick_completed]"
TWO = spoilt((STOP, f"{STOP}\n  pause: [{{event: order_edited}}]"), ('"14:00"', '"19:00"'))


def test_a_good_policy_has_no_findings(e2a: Run, tmp_path: Path) -> None:
    """Nothing to say is said, and is success."""
    file = write(tmp_path / "p.yaml", CLEAN)
    ran = e2a("policy", "lint", file)
    assert (ran.code, ran.out, ran.err) == (0, f"{file}: no findings, 2 examples hold\n", "")
    assert e2a("policy", "lint", file, "--json").json == [
        {"findings": [], "errors": 0, "warnings": 0, "examples": 2}
    ]


def test_the_page_shows_what_is_printed(e2a: Run, place: Path) -> None:
    """What docs/policy-lint.md shows is what lint says of such a policy; an error is exit 1."""
    write(place / "acme.yaml", TWO)
    ran = e2a("policy", "lint", "acme.yaml")
    (shown,) = re.findall(r"^```text\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert (ran.code, ran.out, ran.err) == (1, shown, "")


def test_warnings_are_no_failure(e2a: Run, tmp_path: Path) -> None:
    """What is only doubtful leaves the exit code 0."""
    file = write(tmp_path / "p.yaml", WORKED)
    ran = e2a("policy", "lint", file)
    assert ran.code == 0
    assert ran.out.splitlines()[-1].startswith(f"{file}: 3 warnings, ")


def test_json_is_one_object(e2a: Run, tmp_path: Path) -> None:
    """For machines all findings are on one line, with their counts."""
    file = write(tmp_path / "p.yaml", TWO)
    ran = e2a("policy", "lint", file, "--json")
    (told,) = ran.json
    assert (ran.code, told["errors"], told["warnings"]) == (1, 1, 1)
    assert [list(finding) for finding in told["findings"]] == [KEYS, KEYS]
    assert told["findings"][0]["rule"] == "pause-without-end"
    assert told["findings"][0]["file"] == str(file)


def test_what_cannot_be_read_are_findings(e2a: Run, tmp_path: Path) -> None:
    """A faulty policy is no failure of the command: each fault is a finding with its line."""
    file = write(
        tmp_path / "p.yaml", spoilt(("within: 2h", "within: soon"), ("kind: ola", "kind: x"))
    )
    ran = e2a("policy", "lint", file)
    assert (ran.code, ran.err) == (1, "")
    first, second, last = ran.out.splitlines()
    assert first.startswith(f"{file}:9: error unknown-value: ")
    assert second.startswith(f"{file}:13: error wrong-value: soon is no duration. Write 120m")
    assert last == f"{file}: 2 errors"


def test_a_sample_is_tried(e2a: Run, tmp_path: Path) -> None:
    """Orders of a file are tried on the policy, as the client's where they name none."""
    file = write(tmp_path / "p.yaml", CLEAN)
    packed = event(event_id="evt-2", event_type="pack_completed", order_id="SO-12")
    sample = write(tmp_path / "e.jsonl", event(), packed)
    ran = e2a("policy", "lint", file, "--sample", sample)
    assert "warning uncovered-orders: 1 of 2 orders have no promise: SO-11." in ran.out
    assert "warning never-started: pick never started on these 2 orders." in ran.out
    ran = e2a("policy", "lint", file, "--sample", sample, "--client", "acme")
    assert ran.out == f"{file}: no findings, 2 examples hold\n"


def test_a_bad_sample_is_named(e2a: Run, tmp_path: Path) -> None:
    """A line of the sample that is no event is a failure with file, line and field."""
    sample = write(tmp_path / "e.jsonl", event(), "[]")
    file = write(tmp_path / "p.yaml", CLEAN)
    complaint = e2a("policy", "lint", file, "--sample", sample).complaint
    assert complaint.startswith(f"e2a: {sample}:2: ")


@pytest.mark.parametrize("kind", ["absent", "folder", "binary"])
def test_a_file_that_cannot_be_read_is_one_line(e2a: Run, tmp_path: Path, kind: str) -> None:
    """A missing file, a folder or something that is no text is told in one line."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00\x81")
    assert e2a("policy", "lint", tmp_path / kind).complaint


@pytest.mark.parametrize(
    "words",
    ["policy", "policy lint", "policy lint a b", "policy lint --x", "policy show a --tenant b"],
)
def test_wrong_use_is_2(e2a: Run, words: str) -> None:
    """Without a file, or with words that mean nothing, it is wrong use."""
    ran = e2a(*words.split())
    assert ran.code == 2


def test_promises_are_read_aloud(e2a: Run) -> None:
    """Everyone's promises are a block each, in plain words."""
    ran = e2a("policy", "show")
    assert (ran.code, ran.err) == (0, "")
    blocks = ran.out.split("\n\n")
    assert blocks[0] == "everyone's policy, version 1 (sla.yaml (packaged))"
    assert len(blocks) == 6
    assert "  Due: within 2 h\n" in blocks[1]


def test_a_file_is_read_aloud_with_targets_and_calendars(e2a: Run, tmp_path: Path) -> None:
    """Before it is in place a policy can be heard: promises, targets, days that are closed."""
    tiers = "at_least: 99, remedy: {tiered: [[99, 0], [95, 2], [0, 5]]}"
    file = write(tmp_path / "p.yaml", spoilt(("at_least: 99", tiers)))
    ran = e2a("policy", "show", file)
    title, *_, targets, calendars = ran.out.split("\n\n")
    assert (ran.code, title) == (0, f"policy, version 1 ({file})")
    assert targets.splitlines() == [
        "Targets",
        f"  pick: 99 % a month; else from 95 % 2 %, below that 5 % of {FEES}",
    ]
    assert calendars.splitlines() == [
        "Calendars",
        f"  ATL1 (America/New_York): Mon to Fri 08:00-18:00; closed Sat, Sun; {HOLIDAYS}",
    ]


def test_a_clients_own_policy_goes_before_everyones(
    e2a: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client with a policy of its own is shown that; another one is told that it has none."""
    own = tmp_path / "policies" / "tenants" / "acme"
    own.mkdir(parents=True)
    write(own / "sla.yaml", WORKED)
    monkeypatch.setenv("POLICIES_DIR", str(tmp_path / "policies"))
    shown = e2a("policy", "show", "--tenant", "acme").out
    assert shown.startswith(f"acme's policy, version 3 ({own / 'sla.yaml'})\n")
    assert "for orders before 14:00" in shown
    shown = e2a("policy", "show", "--tenant", "globex").out
    assert shown.startswith("globex has none of its own; everyone's policy, version 1 (sla.yaml")


def test_lint_needs_no_settings(e2a: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lint is offline: it needs no settings and leaves no file."""
    monkeypatch.setenv("DATABASE_URL", "nonsense")
    file = write(tmp_path / "p.yaml", CLEAN)
    before = sorted(tmp_path.iterdir())
    assert e2a("policy", "lint", file, "--json").code == 0
    assert sorted(tmp_path.iterdir()) == before
    assert json.loads(e2a("policy", "lint", file, "--json").out)["errors"] == 0

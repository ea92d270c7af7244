"""Which policies are in force: the packaged ones, with the operator's folder laid over them."""

from pathlib import Path

import pytest

from bot.policy_files import (
    MANIFEST,
    load_alerting,
    load_sla_book,
    policy_texts,
    read_policy_file,
)
from policies.errors import PolicyError
from tests.policies.builders import PACKAGED

OWN = """
version: "42"
slas:
  - id: quick
    stage: PICK
    promise: picked at once
    start: [order_paid]
    stop: [pick_completed]
    deadline: {within: 10m}
    on_breach: {exception: OTHER, severity: LOW}
"""


def test_without_a_folder_the_packaged_promises_hold() -> None:
    """The contract's five promises are in force out of the box."""
    book = load_sla_book(None)
    assert [rule.sla_id for rule in book.rules] == [
        "pick",
        "pack",
        "ship",
        "missing_scan",
        "delivery",
    ]
    assert book.rules == read_policy_file(PACKAGED).rules


def test_a_folder_with_a_policy_is_laid_over(tmp_path: Path) -> None:
    """The operator's sla.yaml takes the packaged one's place."""
    (tmp_path / "sla.yaml").write_text(OWN, encoding="utf-8")
    book = load_sla_book(tmp_path)
    assert (book.version, [rule.sla_id for rule in book.rules]) == ("42", ["quick"])


def test_a_client_may_have_a_folder_of_its_own(tmp_path: Path) -> None:
    """Everyone's policy comes first, then each client's by the name of its folder."""
    (tmp_path / "tenants" / "Acme Outdoors").mkdir(parents=True)
    (tmp_path / "tenants" / "Acme Outdoors" / "sla.yaml").write_text(OWN, encoding="utf-8")
    texts = policy_texts(tmp_path)
    assert [text.scope for text in texts] == ["", "Acme Outdoors"]
    assert texts[1].text == OWN


def test_a_folder_without_a_policy_changes_nothing(tmp_path: Path) -> None:
    """What the folder does not hold stays packaged."""
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    assert load_sla_book(tmp_path) == load_sla_book(None)


def test_a_faulty_policy_is_refused_with_its_places(tmp_path: Path) -> None:
    """A broken file never falls back silently: every fault is named with file and line."""
    (tmp_path / "sla.yaml").write_text(OWN.replace("10m", "soon"), encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        load_sla_book(tmp_path)
    (fault,) = caught.value.faults
    assert (fault.file, fault.line) == (str(tmp_path / "sla.yaml"), 9)
    assert "120m, 2h or 5d" in fault.message


def test_the_manifest_is_where_it_is_looked_for() -> None:
    """The manifest lies where the doctor and the demo look for it."""
    assert MANIFEST.is_file()


def test_alerting_lies_over_the_packaged_one(tmp_path: Path) -> None:
    """Without a file of their own operators have the packaged grouping; theirs takes its place."""
    packaged = load_alerting(None)
    assert load_alerting(tmp_path) == packaged
    assert [level.above for level in packaged.grouping.levels] == [3, 6, 3, 12, 20]
    own = tmp_path / "alerting.yaml"
    own.write_text('version: "1"\ngrouping: {window: 1h, causes: []}\n', encoding="utf-8")
    assert load_alerting(tmp_path).grouping.levels == ()
    own.write_text('version: "1"\n', encoding="utf-8")
    assert load_alerting(tmp_path) == packaged
    own.write_text('version: "1"\ngrouping: {window: 1h}\n', encoding="utf-8")
    with pytest.raises(
        PolicyError, match=r"alerting\.yaml:2: grouping\.causes: `causes` is missing"
    ):
        load_alerting(tmp_path)

"""Policies as text: what is right is read, what is wrong is told with its line and remedy."""

import pytest

from policies.book.read import read_sla_book
from policies.errors import PolicyError
from policies.promise import Within
from policies.reasons import ReasonCode
from tests.policies.builders import PACKAGED, book

TEXT = PACKAGED.read_text(encoding="utf-8")

FAULTS = [
    ("stage: PICK", "stage: PIK", "slas.0.stage", "PICK"),
    ("within: 120m", "within: 2 hours", "slas.0.deadline.within", "120m, 2h or 5d"),
    ("id: pack", "id: pick", "slas.1.id", "used twice"),
    ("stop: ship_evidence", "stop: ship_proof", "slas.2.stop", "no fact named ship_proof"),
    ("stop: [pick_completed]", "stop: [order_paid]", "slas.0.stop", "never runs"),
    ("fault: 3pl", "blame: 3pl", "slas.0.blame", "does not belong in a rule"),
    ("share: 0.75", "share: 1.5", "slas.0.warn.0.share", "75%"),
]


def test_packaged_promises() -> None:
    """The packaged policy holds the five rules of the contract with their limits in minutes."""
    limits = {rule.sla_id: (rule.deadline, rule.reason_code) for rule in book().rules}
    assert limits == {
        "pick": (Within(minutes=120), ReasonCode.PICK_DELAY),
        "pack": (Within(minutes=180), ReasonCode.PACK_DELAY),
        "ship": (Within(minutes=1440), ReasonCode.CARRIER_ISSUE),
        "missing_scan": (Within(minutes=270), ReasonCode.MISSING_SCAN),
        "delivery": (Within(minutes=7200), ReasonCode.DELIVERY_DELAY),
    }


@pytest.mark.parametrize(("right", "wrong", "path", "words"), FAULTS)
def test_fault_names_its_place(right: str, wrong: str, path: str, words: str) -> None:
    """A fault is told with file, line, path and what to write instead."""
    with pytest.raises(PolicyError) as caught:
        read_sla_book(TEXT.replace(right, wrong, 1), "mine.yaml")
    line = TEXT[: TEXT.index(right)].count("\n") + 1
    told = [str(fault) for fault in caught.value.faults]
    assert any(one.startswith(f"mine.yaml:{line}: {path}: ") and words in one for one in told), told


def test_all_faults_at_once() -> None:
    """Every fault of a text is told, not only the first."""
    text = TEXT.replace("stage: PICK", "stage: PIK").replace("within: 180m", "within: soon")
    with pytest.raises(PolicyError) as caught:
        read_sla_book(text)
    assert len(caught.value.faults) == 2


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "version: [", "\tversion: 1", "a: &x [*x"])
def test_no_policy_at_all(text: str) -> None:
    """What is no policy is told in words, never as a failure of ours."""
    with pytest.raises(PolicyError):
        read_sla_book(text)

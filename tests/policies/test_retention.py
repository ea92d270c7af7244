"""How long what is kept: the packaged days, files laid over them, and what is wrong where."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.policy_files import load_retention
from policies.errors import PolicyError
from policies.retention import ALWAYS, FOR_EVER, KINDS, Keeping, read_retention

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HEAD = 'version: "1"\nkeep:\n'


def test_the_packaged_file_names_every_kind() -> None:
    """No kind is kept for ever by accident, and the trail is kept for ever on purpose."""
    keeping = load_retention(None)
    assert keeping.everyone.keys() == KINDS.keys()
    assert all(days is not None for days in keeping.everyone.values())
    assert not KINDS.keys() & set(ALWAYS)


def test_files_are_laid_over_each_other_kind_by_kind(tmp_path: Path) -> None:
    """The operator's counts over the packaged one, a client's over both, for what they name."""
    (tmp_path / "tenants" / "acme").mkdir(parents=True)
    (tmp_path / "retention.yaml").write_text(f"{HEAD}  events: 500 days\n  outbox: 10 days\n")
    own = tmp_path / "tenants" / "acme" / "retention.yaml"
    own.write_text(f"{HEAD}  events: never\n  payloads: 60 days\n")
    keeping = load_retention(tmp_path)
    kinds = ("payloads", "events", "outbox", "clocks")
    assert [keeping.days(kind) for kind in kinds] == [400, 500, 10, 800]
    assert [keeping.days(kind, "acme") for kind in kinds] == [60, None, 10, 800]
    assert keeping.horizon("acme") == timedelta(days=60)


@pytest.mark.parametrize(
    ("text", "scope", "told"),
    [
        ("keep: {}\n", "", r":1: version: write version"),
        ('version: "1"\n', "", r":1: keep: write kinds and days"),
        (f"{HEAD}  audit: 90 days\n", "", r":3: keep.audit: .* never shortened; write never"),
        (f"{HEAD}  events: 90\n", "", r":3: keep.events: 90 is no number of days; write it as"),
        (f"{HEAD}  events: 29 days\n", "", r":3: keep.events: keep it for 30 days or more"),
        (f"{HEAD}  events: 0 days\n", "", r"30 days or more"),
        (f"{HEAD}  outbox: -3 days\n", "", r"is no number of days"),
        (f"{HEAD}  fires: 2 days\n", "", r"8 days or more, because E2A looks back"),
        (f"{HEAD}  seen: 3 days\n", "acme", r":3: keep.seen: this belongs to no client"),
        (f"{HEAD}  evnts: never\n", "", r":3: keep.evnts: there is no such kind; known are pay"),
        (f"{HEAD}  events: never\nhold: 3\n", "", r":4: hold: there is no such field"),
    ],
)
def test_faults_have_file_line_and_remedy(text: str, scope: str, told: str) -> None:
    """What is wrong is told with its line and what to write instead."""
    with pytest.raises(PolicyError) as refused:
        read_retention(text, "retention.yaml", scope)
    assert re.search(told, str(refused.value))


def test_what_is_due_is_older_than_its_days() -> None:
    """Each kind by its own clock; what is kept for ever is never due."""
    wall = NOW + timedelta(days=1)
    keeping = Keeping(everyone={"events": 30, "outbox": 7, "seen": 1, "clocks": None})
    mine = {due.shelf: due.before for due in keeping.due(1, "acme", NOW, wall)}
    assert mine == {
        "events": NOW - timedelta(days=30),
        "order_names": NOW - timedelta(days=30),
        "outbox": wall - timedelta(days=7),
    }
    assert [due.shelf for due in keeping.due(None, "", NOW, wall)] == ["seen"]
    assert FOR_EVER.due(1, "acme", NOW, wall) == []


def test_news_is_what_broke_within_the_horizon() -> None:
    """What broke before the orders were forgotten is not told; without days everything is news."""
    keeping = Keeping(everyone={"payloads": 100, "events": 300})
    assert keeping.is_news(NOW - timedelta(days=100), "acme", NOW)
    assert not keeping.is_news(NOW - timedelta(days=101), "acme", NOW)
    assert FOR_EVER.is_news(NOW - timedelta(days=9000), "acme", NOW)

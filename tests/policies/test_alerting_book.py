"""The file that says how exceptions are told: what it means, and how its faults are told."""

from datetime import timedelta

import pytest

from policies.book.alerting import Alerting, read_alerting
from policies.errors import PolicyError
from policies.grouping import Grouping, Level
from policies.reasons import ReasonCode

SHORT = """\
version: "1"
grouping:
  window: 2h
  causes:
    - {reasons: [carrier_issue], by: [carrier], above: 3}
    - {by: [], above: 8}
"""


def test_it_says_what_is_grouped() -> None:
    """Window, reasons, facts and numbers are as written."""
    grouping = read_alerting(SHORT, "alerting.yaml").grouping
    reasons = frozenset({ReasonCode.CARRIER_ISSUE})
    levels = (Level(by=("carrier",), above=3, reasons=reasons), Level(by=(), above=8))
    assert grouping == Grouping(window=timedelta(hours=2), levels=levels)


def test_a_missing_section_is_the_packaged_one() -> None:
    """A file that is laid over another one changes what it has and no more."""
    under = read_alerting(SHORT, "alerting.yaml")
    assert read_alerting('version: "1"', "own.yaml", over=under) == under
    own = 'version: "1"\ngrouping: {window: 1h, causes: []}'
    assert read_alerting(own, "own.yaml", over=under).grouping.levels == ()
    assert read_alerting('version: "1"', "own.yaml") == Alerting()


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("window: 2h", "window: soon", "alerting.yaml:3: grouping.window: soon is no duration"),
        ("window: 2h", "window: 2d", "alerting.yaml:3: grouping.window: a storm is a matter"),
        ("window: 2h", "windw: 2h", "alerting.yaml:3: grouping.windw: there is no such field; did"),
        (
            "[carrier]",
            "[carier]",
            "alerting.yaml:5: grouping.causes.0.by: no fact is called carier",
        ),
        (
            "carrier_issue",
            "late",
            "alerting.yaml:5: grouping.causes.0.reasons.0: no reason is call",
        ),
        ("above: 8", "above: 0", "alerting.yaml:6: grouping.causes.1.above: "),
        (", above: 8", "", "alerting.yaml:6: grouping.causes.1.above: `above` is missing; write"),
        ("grouping:", "groups:", "alerting.yaml:2: groups: there is no such field; did you mean"),
        ('version: "1"', "version: 2", "alerting.yaml:1: version: "),
        (
            "{by: [], above: 8}",
            "{reasons: [CARRIER_ISSUE], by: [carrier], above: 9}",
            "alerting.yaml:6: grouping.causes.1: the same reasons and facts stand further up",
        ),
    ],
)
def test_faults_name_line_and_remedy(was: str, now: str, told: str) -> None:
    """Every fault says where it is and what to write instead."""
    with pytest.raises(PolicyError) as refused:
        read_alerting(SHORT.replace(was, now), "alerting.yaml")
    assert any(str(fault).startswith(told) for fault in refused.value.faults), refused.value

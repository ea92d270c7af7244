"""What a channel hears besides its cards: as the file says, and since when a breach is so bad."""

from dataclasses import replace

import pytest

from policies.book.alerting import read_alerting
from policies.cards import SILENT, Broadcast, Cards, risen_at, worse, worst
from policies.errors import PolicyError
from policies.reasons import Severity
from tests.policies.builders import PACKAGED, at, book

WRITTEN = """\
version: "1"
cards:
  broadcast: {severity_rises: true, reopens: true}
  channels:
    "#acme-ops": {reopens: false}
    C0QUIET: {severity_rises: false, reopens: false}
"""
RULE = replace(book().rules[0], growth=((60, Severity.HIGH), (120, Severity.CRITICAL)))


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (("#other",), (True, True)),
        (("#acme-ops",), (True, False)),
        (("C0ACME", None, "#acme-ops"), (True, False)),
        (("C0QUIET",), (False, False)),
        ((None,), (True, True)),
    ],
)
def test_a_channel_may_differ(names: tuple[str | None, ...], wanted: tuple[bool, bool]) -> None:
    """What a channel's line leaves out is as everywhere; any name of the channel finds it."""
    said = read_alerting(WRITTEN, "alerting.yaml").cards.of(*names)
    assert (said.severity_rises, said.reopens) == wanted


def test_what_is_packaged() -> None:
    """Channels hear of both, unless somebody writes otherwise; without a file of nothing."""
    text = (PACKAGED.parent / "alerting.yaml").read_text(encoding="utf-8")
    packaged = read_alerting(text, "alerting.yaml").cards
    assert packaged == Cards(broadcast=Broadcast(severity_rises=True, reopens=True))
    assert read_alerting('version: "1"', "own.yaml").cards == SILENT


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ('"#acme-ops"', '"acme ops"', "alerting.yaml:5: cards.channels.acme ops: no channel is"),
        ("{reopens: false}", "{reopen: false}", "alerting.yaml:5: cards.channels.#acme-ops.reopen"),
        ("true, reopens: true", "often", "alerting.yaml:3: cards.broadcast.severity_rises: "),
        ("  broadcast:", "  brodcast:", "alerting.yaml:3: cards.brodcast: there is no such field"),
    ],
)
def test_faults_name_line_and_remedy(was: str, now: str, told: str) -> None:
    """Every fault says where it is."""
    with pytest.raises(PolicyError) as refused:
        read_alerting(WRITTEN.replace(was, now), "alerting.yaml")
    assert any(str(fault).startswith(told) for fault in refused.value.faults), refused.value


@pytest.mark.parametrize(
    ("severity", "minute", "since"),
    [
        (Severity.HIGH, 200, 180),
        (Severity.CRITICAL, 300, 240),
        (Severity.HIGH, 170, 170),
        (Severity.LOW, 200, 200),
    ],
)
def test_since_when_it_is_so_bad(severity: Severity, minute: float, since: float) -> None:
    """The policy says when a breach grows; what it does not say is so since now."""
    assert risen_at(RULE, at(120), severity, at(minute)) == at(since)
    assert risen_at(None, at(120), severity, at(minute)) == at(minute)


def test_graver_and_gravest() -> None:
    """Severities have one order."""
    assert worse(Severity.CRITICAL, Severity.HIGH)
    assert not worse(Severity.HIGH, Severity.HIGH)
    assert worst((Severity.LOW, Severity.HIGH, Severity.MEDIUM)) is Severity.HIGH

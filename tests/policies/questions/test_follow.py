"""What a question means that follows another one."""

from __future__ import annotations

from datetime import UTC, datetime

from policies.questions.follow import read_following
from policies.questions.plain import Known
from policies.questions.shape import Figures, Measure
from policies.questions.told import at_clock, zone_words

KNOWN = Known(clients=("Acme Outdoors",), sites=("ATL1",), carriers=("UPS", "FedEx"))
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def followed(question: str, earlier: str) -> Figures:
    """The question as read after another one."""
    read = read_following(question, [earlier], KNOWN, NOW, "UTC")
    assert isinstance(read, Figures)
    return read


def test_two_weeks_after_a_trend_are_compared() -> None:
    """Two windows said after a trend are a comparison of the same matter, no second trend."""
    read = followed("this week vs last week", "trend of exceptions per day for Acme this week")
    assert (read.measure, read.split) == (Measure.COUNT, None)
    assert read.against is not None
    assert read.only.clients == ("Acme Outdoors",)


def test_a_whole_question_takes_over_nothing() -> None:
    """Which carrier has the most exceptions says all that it means."""
    read = followed("which carrier has the most exceptions?", "list critical ones at ATL1")
    assert (read.only.severities, read.only.sites) == ((), ())


def test_a_fragment_still_keeps_its_matter() -> None:
    """Which carrier alone is still about what was asked before."""
    assert followed("which carrier?", "list critical ones at ATL1").only.sites == ("ATL1",)


def test_times_are_said_by_the_readers_clock() -> None:
    """A zone is named by its place, in words."""
    assert at_clock(NOW, "America/New_York", "%a %H:%M") == "Sun 07:00 New York time"
    assert (zone_words("UTC"), at_clock(NOW, "UTC", "%H:%M")) == ("UTC", "12:00 UTC")

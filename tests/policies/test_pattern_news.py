"""A finding is told once, again when clearly worse or after a week; what is over is said once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from policies.pattern_finding import Finding, Kind
from policies.pattern_news import MOST, News, Told, news_of, noted
from policies.sightings import Dimension
from tests.policies.sightings import UNTIL, spans

UPS = Finding(
    kind=Kind.MORE,
    values=((Dimension.CARRIER, "UPS"),),
    count=14,
    of=20,
    usual=3.0,
    over=8,
    span=spans().now,
    level=10,
    examples=(3, 2, 1),
    along=(((Dimension.SITE, "ATL1"),),),
)
ATL1 = replace(UPS, values=((Dimension.SITE, "ATL1"),), along=())


def told(news: News, at: datetime = UNTIL) -> dict[str, Told]:
    """What a channel knows once it was told that."""
    return {one.key: one for one in noted(news, 1, "C1", at)}


@pytest.mark.parametrize(
    ("level", "days", "fresh"),
    [
        pytest.param(10, 1, False, id="the same"),
        pytest.param(14, 1, False, id="a little worse"),
        pytest.param(15, 1, True, id="half as many again"),
        pytest.param(10, 6.9, False, id="nearly a week later"),
        pytest.param(10, 7, True, id="a week later"),
    ],
)
def test_when_it_is_told_again(level: int, days: float, *, fresh: bool) -> None:
    """Only for a reason."""
    known = told(news_of([UPS], {}, UNTIL))
    later = UNTIL + timedelta(days=days)
    news = news_of([replace(UPS, level=level)], known, later)
    assert bool(news.fresh) is fresh
    assert bool(news.still) is not fresh


def test_what_was_folded_in_is_no_news_alone() -> None:
    """The same exceptions under the other name were told."""
    assert news_of([ATL1], told(news_of([UPS], {}, UNTIL)), UNTIL).fresh == ()


def test_what_is_over_is_said_once() -> None:
    """With the next news, by its own name alone; and what comes back soon is not told again."""
    known = told(news_of([UPS], {}, UNTIL))
    other = replace(UPS, values=((Dimension.CARRIER, "DHL"),), along=())
    news = news_of([other], known, UNTIL)
    assert [one.key for one in news.over] == [UPS.key]
    known |= told(news)
    assert news_of([other], known, UNTIL).over == ()
    assert news_of([other, UPS], known, UNTIL).fresh == ()


def test_nobody_waits_for_the_end_of_good_news() -> None:
    """A fall or a delay that is over is not said to be."""
    fall = replace(UPS, kind=Kind.FALL, along=())
    assert news_of([], told(news_of([fall], {}, UNTIL)), UNTIL).over == ()


def test_what_does_not_fit_stays_news() -> None:
    """Five lines at a time; the others come next."""
    many = [replace(UPS, values=((Dimension.WAVE, f"W{n}"),), along=()) for n in range(8)]
    first = news_of(many, {}, UNTIL)
    assert len(first.fresh) == MOST
    assert len(news_of(many, told(first), UNTIL).fresh) == 3

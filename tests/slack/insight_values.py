"""Insights as they look on an ordinary day, for drawing."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from handlers.blocks.insight import insight, patterns
from jobs.ports.slack import Message
from jobs.views.patterns import InsightView, PatternsView
from policies.pattern_finding import Finding, Kind
from policies.pattern_news import News
from policies.patterns import Patterns
from policies.sightings import Dimension, spans_of
from tests.slack.values import ACME, GLOBEX, NOW

LONG_AGO = NOW - timedelta(weeks=20)
SPANS = spans_of(NOW, "America/New_York", LONG_AGO)
MORE = Finding(
    kind=Kind.MORE,
    values=((Dimension.CARRIER, "UPS <Ground>"), (Dimension.REASON, "CARRIER_ISSUE")),
    count=14,
    of=19,
    usual=2.5,
    over=8,
    span=SPANS.now,
    level=11,
    examples=(1043, 1042, 1039),
    along=(((Dimension.SITE, "ATL1"),), ((Dimension.CARRIER, "UPS <Ground>"),)),
)
RISE = Finding(
    kind=Kind.RISE,
    values=((Dimension.TIER, "gold"),),
    count=61,
    of=140,
    usual=30.0,
    over=7,
    span=SPANS.week,
    level=31,
    examples=(1043, 1042, 1039),
)
FALL = Finding(
    kind=Kind.FALL,
    values=((Dimension.SITE, "DAL2"),),
    count=0,
    of=140,
    usual=33.0,
    over=7,
    span=SPANS.week,
    level=33,
)
REPEAT = Finding(
    kind=Kind.REPEAT,
    values=((Dimension.REASON, "PICK_DELAY"), (Dimension.COMPLEXITY, "complex")),
    count=70,
    of=140,
    usual=16.0,
    over=6,
    span=SPANS.week,
    level=70,
    examples=(1040, 1038, 1031),
)
GATHERED = Finding(
    kind=Kind.HOUR,
    values=(),
    count=45,
    of=140,
    usual=14.0,
    over=5,
    span=SPANS.week,
    level=45,
    hour=23,
    examples=(1041, 1037, 1030),
)
LATE = Finding(
    kind=Kind.DELAY,
    values=((Dimension.REASON, "PICK_DELAY"),),
    count=1860,
    of=40,
    usual=118.0,
    over=7,
    span=SPANS.week,
    level=1,
    order_id="SO-1042",
    examples=(7,),
)
FOUND = (MORE, RISE, FALL, REPEAT, GATHERED, LATE)
OVER = (
    {"values": [["site", "RNO3"], ["reason", "PACK_DELAY"]], "hour": None},
    {"values": [], "hour": 9},
)


def seen(*findings: Finding) -> Patterns:
    """What was found of an ordinary client."""
    return Patterns(spans=SPANS, findings=findings, now=19, usual=6.5, week=140, before=151)


def asked(*findings: Finding, news: News | None = None) -> PatternsView:
    """Somebody asks for Acme's."""
    return PatternsView(
        tenant=ACME, patterns=seen(*findings), now=NOW, news=news, known_since=LONG_AGO
    )


def young(days: int) -> PatternsView:
    """Somebody asks for Globex's, which is known for a short while."""
    since = NOW - timedelta(days=days)
    spans = spans_of(NOW, "UTC", since)
    before = 3 if days >= 14 else None
    few = Patterns(spans=spans, findings=(), now=1, usual=None, week=4, before=before)
    return PatternsView(tenant=GLOBEX, patterns=few, now=NOW, known_since=since)


MESSAGES: Mapping[str, Callable[[], Message]] = {
    "insight": lambda: insight([InsightView(tenant=ACME, fresh=FOUND[:4], over=OVER)]),
    "insight_of_two": lambda: insight(
        [InsightView(tenant=ACME, fresh=(GATHERED,)), InsightView(tenant=GLOBEX, fresh=(LATE,))]
    ),
    "insight_asked": lambda: patterns([asked(*FOUND), young(3)]),
    "insight_nothing_new": lambda: patterns(
        [asked(MORE, GATHERED, news=News(still=(MORE, GATHERED)))]
    ),
    "insight_some_new": lambda: patterns(
        [asked(MORE, RISE, news=News(fresh=(RISE,), still=(MORE,)))]
    ),
    "insight_nothing": lambda: patterns([asked(), young(20)]),
}

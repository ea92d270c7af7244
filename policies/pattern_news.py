"""Says which findings are news where they are told: told once, and again only for a reason.

Must not find or tell. A finding is news where it was never told, is clearly worse than when it was
told, or was told a week ago. What is over is said once, with the next news.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.pattern_finding import Finding, Kind, values_json
from policies.records import JsonObject

AGAIN, FORGOTTEN = timedelta(days=7), timedelta(days=28)
"""After that a finding is told again; after that one that is over is not known any more."""
WORSE_BY, WORSE_AT_LEAST = 1.5, 5
"""Clearly worse: so many times the level, and so much over it."""
MOST = 5
"""Lines of a client; that something is over takes one of them."""
_NEVER_OVER = (Kind.DELAY, Kind.FALL)
"""Nobody waits to hear that these are over: the one is settled, the other was good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A finding as a channel was told of it; `what` names it, and is empty where it was folded.

    `ended_at` is when it was said to be over.
    """

    tenant_id: int
    channel_id: str
    key: str
    told_at: datetime
    level: int
    what: JsonObject
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is new, what was told before and is still so, and what is over since it was told."""

    fresh: tuple[Finding, ...] = ()
    still: tuple[Finding, ...] = ()
    over: tuple[Told, ...] = ()


def news_of(found: Sequence[Finding], told: Mapping[str, Told], now: datetime) -> News:
    """What to tell of these.

    Args:
        found: what is so now.
        told: what the channel was told, by key.
        now: business time.
    """
    fresh = tuple(one for one in found if _is_news(one, told.get(one.key), now))
    there = {key for one in found for key in one.keys}
    over = [
        one for key, one in told.items() if key not in there and one.what and one.ended_at is None
    ]
    return News(
        fresh=fresh[: MOST - 1] if over else fresh[:MOST],
        still=tuple(one for one in found if one not in fresh),
        over=tuple(sorted(over, key=lambda one: (one.told_at, one.key))),
    )


def noted(news: News, tenant_id: int, channel_id: str, now: datetime) -> list[Told]:
    """What to remember once the news were told: these rows replace those of the same keys."""
    rows = {
        key: Told(
            tenant_id=tenant_id,
            channel_id=channel_id,
            key=key,
            told_at=now,
            level=one.level,
            what=named(one) if key == one.key and one.kind not in _NEVER_OVER else {},
        )
        for one in reversed(news.fresh)
        for key in reversed(one.keys)
    }
    ended = [
        Told(
            tenant_id=one.tenant_id,
            channel_id=one.channel_id,
            key=one.key,
            told_at=one.told_at,
            level=one.level,
            what=one.what,
            ended_at=now,
        )
        for one in news.over
        if one.key not in rows
    ]
    return [*rows.values(), *ended]


def named(finding: Finding) -> JsonObject:
    """What a finding is about, without its numbers."""
    return {"values": values_json(finding.values), "hour": finding.hour}


def _is_news(finding: Finding, told: Told | None, now: datetime) -> bool:
    if told is None or now - told.told_at >= AGAIN:
        return True
    return finding.level >= max(WORSE_BY * told.level, told.level + WORSE_AT_LEAST)

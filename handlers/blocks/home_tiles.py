"""Draws the figures of Home: tiles, promises of today, health of every source, subscriptions.

Must not judge: figures come counted, and silence comes found. What is not known reads as unknown.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal

from handlers.blocks.elements import Block, context, header, marked, section
from handlers.blocks.silence import silences
from handlers.blocks.subscriptions import channel_name, wanted
from handlers.blocks.targets import late_left
from handlers.blocks.text import clock_time, data, joined, moment
from jobs.views.home import FeedView, HomeView, PromiseToday, SubscribedView, Tile
from policies.durations import duration

_NEW = "While a rhythm is not known yet (it takes a day), that source's silence is not noticed."
_FIELDS = 10
"""Of a section; Slack's limit."""
_PROMISES, _FEEDS, _SUBSCRIPTIONS = 12, 20, 10
_FIELD = 2000
_HUNDRED, _TENTH = Decimal(100), Decimal("0.1")


def tiles(found: Sequence[Tile]) -> list[Block]:
    """Figures side by side."""
    return _fields(
        [f"*{data(one.figure, 40)}* {data(one.name, 40)}\n{_note(one)}" for one in found]
    )


def _note(tile: Tile) -> str:
    return data(tile.note, 120) if tile.note else " "


def silent_first(view: HomeView) -> list[Block]:
    """What nobody may take for calm, before everything else."""
    block = silences(view.silent, view.now)
    return [block] if block else []


def promises(found: Sequence[PromiseToday], *, several: bool) -> list[Block]:
    """A tile for each client's promise: kept today against the target, late ones left."""
    if not found:
        return []
    shown = found[:_PROMISES]
    more = len(found) - len(shown)
    rest = [context(f"and {more} more: `/e2a status`")] if more else []
    told = [_promise(one, several=several) for one in shown]
    return [header("Promises due today"), *_fields(told), *rest]


def _promise(one: PromiseToday, *, several: bool) -> str:
    name = joined(
        data(one.sla_id.replace("_", " "), 64), data(one.tenant.name, 40) if several else None
    )
    tally = one.tally
    counts = joined(
        f"{tally.met:,} kept" if tally.met else None,
        f"{tally.late:,} late" if tally.late else None,
        f"{tally.running:,} to come" if tally.running else None,
        f"{tally.no_data:,} unknown" if tally.no_data else None,
    )
    return f"*{name}*\n{_share(one)}\n{counts or 'nothing due today'}{_budget(one)}"


def _share(one: PromiseToday) -> str:
    decided = one.tally.met + one.tally.late
    goal = f"target {_plain(one.target.target.at_least)} %" if one.target else None
    if not decided:
        return joined("nothing decided yet", goal)
    share = (_HUNDRED * one.tally.met / decided).quantize(_TENTH, ROUND_FLOOR)
    return joined(f"*{_plain(share)} %* today", goal)


def _budget(one: PromiseToday) -> str:
    return f"\n{late_left(one.target)}" if one.target else ""


def feeds(view: HomeView, *, several: bool) -> list[Block]:
    """Every source: last heard, usual rhythm, silent since."""
    title = header("Sources")
    if not view.feeds:
        return [title, section("Not known yet: sources are looked at every minute.")]
    lines = [_feed(one, view.now, several=several) for one in view.feeds[:_FEEDS]]
    more = len(view.feeds) - len(lines)
    shown = [title, section(*lines, f"and {more} more" if more > 0 else None)]
    return shown if all(one.learnt for one in view.feeds) else [*shown, context(_NEW)]


def _feed(feed: FeedView, now: datetime, *, several: bool) -> str:
    name = joined(f"*{data(feed.source, 40)}*", data(feed.tenant.name, 40) if several else None)
    return joined(name, _heard(feed, now), _rhythm(feed))


def _heard(feed: FeedView, now: datetime) -> str:
    if feed.silence:
        return f"*silent since {moment(feed.silence.since)}*"
    minutes = (now - feed.last_at).total_seconds() / 60
    ago = "just now" if minutes < 1 else f"{duration(minutes)} ago"
    return f"heard {ago} ({clock_time(feed.last_at)})"


def _rhythm(feed: FeedView) -> str:
    if not feed.learnt:
        return "rhythm not known yet"
    if feed.usual_minutes is None:
        return "usually says nothing at this hour"
    return f"usually every {duration(max(1.0, round(feed.usual_minutes)))}"


def subscriptions(found: Sequence[SubscribedView]) -> list[Block]:
    """What comes to your channels."""
    if not found:
        return []
    lines = [
        f"{channel_name(one.channel_id)}: {wanted(one.kind, one.clients, one.filters)}"
        for one in found[:_SUBSCRIPTIONS]
    ]
    more = len(found) - len(lines)
    rest = f"and {more} more" if more > 0 else None
    change = context("To change that, say `@e2a subscriptions` in the channel.")
    return [header("Your channels"), section(*lines, rest), change]


def _fields(told: Sequence[str]) -> list[Block]:
    starts = range(0, len(told), _FIELDS)
    return [
        {"type": "section", "fields": [marked(one, _FIELD) for one in told[at : at + _FIELDS]]}
        for at in starts
    ]


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"

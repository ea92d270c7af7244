"""Draws what repeats and what changed: each finding in a line with its numbers and how to list it.

Must not look anything up or judge.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, timedelta

from handlers.blocks.elements import Block, context, header, message, section
from handlers.blocks.ids import COMMAND
from handlers.blocks.text import clock_time, counted, data
from jobs.ports.slack import Message
from jobs.views.patterns import InsightView, PatternsView
from policies.durations import duration
from policies.pattern_counts import Values
from policies.pattern_finding import Finding, Kind, values_of
from policies.pattern_news import MOST
from policies.patterns import Patterns
from policies.records import JsonObject
from policies.sightings import LEAST_WEEKS, WEEK, Dimension

_NAME, _CLIENTS, _BESIDES = 60, 10, 3
_FILTERS = {
    Dimension.SITE: "site",
    Dimension.CARRIER: "carrier",
    Dimension.SERVICE: "service",
    Dimension.WAVE: "wave",
    Dimension.TIER: "tier",
}
"""By which word `exceptions` is narrowed to it; a reason stands for itself."""
_LISTED = frozenset({*_FILTERS, Dimension.REASON})


def insight(views: Sequence[InsightView]) -> Message:
    """What is new of the clients of a channel, at most five lines of each."""
    blocks: list[Block] = [header("What stands out")]
    for view in views[:_CLIENTS]:
        lines = [_line(one, view.tenant.name) for one in view.fresh[:MOST]]
        blocks.append(section(_client(view.tenant.name), *lines, _over(view.over)))
    blocks.append(context(f"`{COMMAND} insight` shows what is so now."))
    first = views[0].fresh[0] if views and views[0].fresh else None
    text = f"What stands out: {_told(first)}" if first else "What stands out"
    return message(text, blocks)


def patterns(views: Sequence[PatternsView]) -> Message:
    """What there is to tell now, to somebody who asks."""
    shown = [
        section(_client(view.tenant.name), *_present(view), _counts(view))
        for view in views[:_CLIENTS]
    ]
    found = sum(len(view.patterns.findings) for view in views)
    text = f"{counted(found, 'thing')} stand out" if found else "Nothing stands out"
    text = "1 thing stands out" if found == 1 else text
    known = [view.news for view in views if view.patterns.findings]
    if known and all(news is not None and not news.fresh for news in known):
        text = "Nothing new stands out"
    return message(text, [header("What stands out"), *shown])


def lines_of(view: PatternsView) -> list[str]:
    """The same for a terminal, marked up."""
    return [*_present(view), _counts(view)]


def _present(view: PatternsView) -> list[str]:
    """New ones first where the channel is known; what was told before is said to be so."""
    found = view.patterns.findings
    if not found:
        return ["Nothing stands out."]
    if view.news is None:
        lines = [_line(one, view.tenant.name) for one in found[:MOST]]
    else:
        fresh = [one for one in found if one not in view.news.still]
        lines = [_line(one, view.tenant.name) for one in fresh[:MOST]]
        still = [one for one in found if one in view.news.still][: MOST - len(lines)]
        heading = "Told before and still so:" if fresh else "Nothing new. Told before and still so:"
        lines += [heading] if still else []
        lines += [_line(one, view.tenant.name) for one in still]
    more = len(found) - MOST
    return [*lines, f"{more} more of less weight."] if more > 0 else lines


def _counts(view: PatternsView) -> str:
    """The counts that it was found among, and what is not known yet."""
    seen = view.patterns
    now = f"{counted(seen.now, 'exception')} in the last 4 hours"
    usual = f", usually {_number(seen.usual)}" if seen.usual is not None else ""
    before = f", {seen.before:,} in the 7 days before" if seen.before is not None else ""
    return f"{now}{usual}; {seen.week:,} in 7 days{before}.{_unknown(view, seen)}"


def _unknown(view: PatternsView, seen: Patterns) -> str:
    if view.known_since is None:
        return " No exception is known yet."
    days = (view.now - view.known_since) // timedelta(days=1)
    if seen.before is None:
        least = 2 * WEEK // timedelta(days=1)
        return f" Known for {counted(days, 'day')}: weeks are compared from {least} days on."
    if not seen.spans.weeks:
        return f" What is usual in these hours is known after {LEAST_WEEKS} weeks."
    return ""


def _client(name: str) -> str:
    return f"*{data(name, _NAME)}*"


def _line(finding: Finding, tenant: str) -> str:
    """What was found, what else the same exceptions have in common, and how to see them."""
    besides = dict.fromkeys(one for values in finding.along for one in values)
    more = [_named(*one) for one in besides if one not in finding.values][:_BESIDES]
    also = f"The same ones: {', '.join(more)}." if more else None
    large = [f"{count:,} {_label(values)}" for values, count in finding.parts]
    mostly = f"Of them {'; '.join(large)}." if large else None
    said = [_told(finding), also, mostly, _seen(finding, tenant)]
    return f"• {' '.join(part for part in said if part)}"


def _told(finding: Finding) -> str:
    return _TOLD[finding.kind](finding)


def _more(finding: Finding) -> str:
    since, until = finding.span
    when = f"{clock_time(since)} to {clock_time(until)}"
    usual = f"usually {_number(finding.usual)} in these hours"
    weeks = f"{finding.over} weeks"
    return f"*{_label(finding.values)}*: {finding.count:,} from {when}, {usual} ({weeks})."


def _rise(finding: Finding) -> str:
    before = f"{_number(finding.usual)} in the 7 days before"
    return f"*{_label(finding.values)}*: up to {finding.count:,} in 7 days, from {before}."


def _fall(finding: Finding) -> str:
    before = f"{_number(finding.usual)} in the 7 days before"
    return f"*{_label(finding.values)}*: down to {_number(finding.count)} in 7 days, from {before}."


def _repeat(finding: Finding) -> str:
    share = f"{finding.count:,} of {finding.of:,} in 7 days, on {finding.over} days"
    return f"*{_label(finding.values)}* repeats: {share}."


def _hour(finding: Finding) -> str:
    share = f"{finding.count:,} of {finding.of:,} in 7 days, on {finding.over} days"
    return f"*{_hours(finding.hour or 0)}*, local time: {share}."


def _delay(finding: Finding) -> str:
    kind = _label(finding.values)
    order = f"*{data(finding.order_id, _NAME)}*, #{finding.examples[0]}"
    middle = f"half of {finding.of:,} with {kind} are over by at most {duration(finding.usual)}"
    return f"{order}: {duration(finding.count)} over; {middle}."


_TOLD: Mapping[Kind, Callable[[Finding], str]] = {
    Kind.MORE: _more,
    Kind.RISE: _rise,
    Kind.FALL: _fall,
    Kind.REPEAT: _repeat,
    Kind.HOUR: _hour,
    Kind.DELAY: _delay,
}


def _over(gone: Iterable[JsonObject]) -> str | None:
    """What was told and is no longer so."""
    names = [
        _hours(one["hour"]) if one.get("hour") is not None else _label(values_of(one["values"]))
        for one in gone
    ]
    names = list(dict.fromkeys(names))
    rest = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return f"• Back to usual: {'; '.join(names[:MOST])}{rest}." if names else None


def _seen(finding: Finding, tenant: str) -> str | None:
    """The words that list them; their numbers where no words do."""
    if finding.kind in (Kind.DELAY, Kind.FALL):
        return None
    if finding.hour is None and all(name in _LISTED for name, _ in finding.values):
        stated = [_filter(name, value) for name, value in finding.values]
        since = finding.span[0].astimezone(UTC)
        words = ["exceptions all", *stated, f"client {data(tenant, _NAME)}"]
        return f"`{COMMAND} {' '.join(words)} since {since:%Y-%m-%dT%H:%MZ}`"
    return f"For example {', '.join(f'#{number}' for number in finding.examples)}."


def _filter(name: Dimension, value: str) -> str:
    return data(value.lower()) if name is Dimension.REASON else f"{_FILTERS[name]} {data(value)}"


def _label(values: Values) -> str:
    return ", ".join(_named(name, value) for name, value in values) or "all exceptions"


def _named(name: Dimension, value: str) -> str:
    if name is Dimension.REASON:
        return data(value.lower().replace("_", " "), _NAME)
    if name is Dimension.COMPLEXITY:
        return f"{data(value, _NAME)} orders"
    said = "customer tier" if name is Dimension.TIER else name.value
    return f"{said} {data(value, _NAME)}"


def _hours(hour: int) -> str:
    return f"{hour:02}:00 to {(hour + 1) % 24:02}:00"


def _number(value: float) -> str:
    return f"{value:,.1f}".rstrip("0").rstrip(".") if value else "none"

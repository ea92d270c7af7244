"""Draws the morning brief: what breaks today with its chart, what is open, the night, yesterday.

Must not look anything up. Nobody is called by it.
"""

from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal
from zoneinfo import ZoneInfo

from handlers.blocks.chart import MOST_BARS, bars
from handlers.blocks.elements import Block, context, header, marked, message, section
from handlers.blocks.lists import line
from handlers.blocks.silence import silences
from handlers.blocks.text import clock_time, counted, data, joined
from jobs.ports.slack import Chart, Message
from jobs.views.briefs import BriefView, DueHour, Figure, Kept
from policies.briefs import ChartAs
from policies.money.cents import money

_MOST_CLIENTS, _MOST_PROMISES, _HOURS_IN_WORDS = 6, 8, 6
_LEAST_BARS = 2


def brief(view: BriefView) -> Message:
    """The morning of one time zone, the most pressing first."""
    clients = ", ".join(data(tenant.name, 40) for tenant in view.tenants[:_MOST_CLIENTS])
    sites = ", ".join(data(site, 40) for site in view.sites)
    chart = _chart(view)
    told = [
        section(*_today(view)),
        _bars(chart, view),
        section(*_open(view)),
        _oldest(view),
        silences(view.silent, view.now),
        _yesterday(view),
        _promises(view),
    ]
    blocks: list[Block] = [
        header(f"Morning brief, {_day(view)}"),
        context(joined(sites, clients, data(view.zone.replace("_", " "), 60))),
        *(block for block in told if block),
        context(_small_print(view)),
    ]
    drawn = message(f"Good morning. {_headline(view)}", blocks)
    return drawn if view.chart is ChartAs.WORDS else replace(drawn, chart=chart)


def _bars(chart: Chart | None, view: BriefView) -> Block | None:
    """As Slack draws it; in words where it goes into the thread as a picture, or nowhere."""
    if chart is None:
        return None
    return bars(chart) if view.chart is ChartAs.NATIVE else section(chart.words)


def _day(view: BriefView) -> str:
    """The day after yesterday, as a calendar says it."""
    today = view.yesterday.toordinal() + 1
    return f"{type(view.yesterday).fromordinal(today):%A %-d %B}"


def _headline(view: BriefView) -> str:
    opened = sum(count for _, count in view.open)
    return f"{_due(view)}, {opened:,} open."


def _due(view: BriefView) -> str:
    if not view.coming.total:
        return "Nothing is due today"
    if view.coming.more:
        return f"{view.coming.total:,} or more promises are due today"
    return f"{counted(view.coming.total, 'promise is', 'promises are')} due today"


def _today(view: BriefView) -> list[str]:
    """How many are due, when the first, and when most of them."""
    if not view.coming.total:
        return ["*Nothing more is due today*"]
    first = view.coming.soonest[0]
    at = first.deadline_at.astimezone(ZoneInfo(view.zone))
    most = max(view.due, key=lambda hour: hour.count)
    return [
        f"*{_due(view)} and not kept yet*",
        joined(
            f"first at {at:%H:%M} ({data(first.order_id, 60)})",
            f"most from {most.label} ({most.count:,})" if len(view.due) > 1 else None,
        ),
    ]


def _hours(due: tuple[DueHour, ...]) -> str:
    """The chart in words: the hours with most, in order of time."""
    most = sorted(due, key=lambda hour: -hour.count)[:_HOURS_IN_WORDS]
    told = [f"{hour.label} {hour.count:,}" for hour in sorted(most, key=lambda one: one.at)]
    rest = sum(hour.count for hour in due) - sum(hour.count for hour in most)
    return "By hour: " + ", ".join([*told, *([f"other hours {rest:,}"] if rest else [])])


def _chart(view: BriefView) -> Chart | None:
    """Bars by hour; one bar alone says no more than the words do."""
    if len(view.due) < _LEAST_BARS:
        return None
    shown = view.due[:MOST_BARS]
    return Chart(
        title="Due today by hour, not kept yet",
        words=_hours(view.due),
        labels=tuple(hour.label for hour in shown),
        values=tuple(hour.count for hour in shown),
        x_label=f"Hour, {view.zone.replace('_', ' ')}",
        y_label="Promises due",
    )


def _open(view: BriefView) -> list[str]:
    """What waits, what it costs, what the night brought."""
    night = joined(
        f"{view.night_opened:,} opened, {view.night_settled:,} settled",
        f"{view.held:,} held in quiet hours" if view.held else None,
    )
    since = f"Since midnight: {night}"
    if not view.open:
        return ["*Nothing is open*", since]
    counts = ", ".join(f"{count:,} {severity}" for severity, count in view.open)
    total = sum(count for _, count in view.open)
    at_risk = joined(
        f"{money(view.credit_cents)} credit at risk" if view.credit_cents else None,
        f"orders worth {money(view.value_cents)}" if view.value_cents else None,
    )
    unowned = f"{view.unowned:,} without an owner" if view.unowned else None
    return [
        f"*Open {total:,}* {joined(counts, unowned)}",
        *([at_risk] if at_risk else []),
        since,
    ]


def _oldest(view: BriefView) -> Block | None:
    lines = [line(record, view.now, names={}, whose=False) for record in view.oldest]
    return section("*Longest over*", *lines) if lines else None


def _yesterday(view: BriefView) -> Block:
    """The day in numbers, each against what is usual."""
    figures = [
        _figure(view.orders, "orders began") if view.orders else None,
        _figure(view.opened, "opened"),
        _figure(view.settled, "settled"),
        _all_kept(view),
    ]
    if not (view.kept or view.opened.value or view.settled.value or _known(view.orders)):
        return section(f"Nothing is known of {view.yesterday:%A}.")
    told = [marked(figure) for figure in figures if figure]
    return {**section(f"*{view.yesterday:%A} in numbers*"), "fields": told}


def _all_kept(view: BriefView) -> str | None:
    met, late = sum(one.met for one in view.kept), sum(one.late for one in view.kept)
    return f"*{_share(met, late)} %* of promises kept\n{late:,} late" if met + late else None


def _known(figure: Figure | None) -> bool:
    return figure is not None and bool(figure.value or figure.days)


def _promises(view: BriefView) -> Block | None:
    """How promises were kept, those with most late first."""
    kept = [_kept(one, view) for one in view.kept[:_MOST_PROMISES]]
    rest = len(view.kept) - len(kept)
    if not kept:
        return None
    more = f"and {rest} more" if rest else None
    return section(f"*Promises kept on {view.yesterday:%A}*", *kept, more)


def _figure(figure: Figure, what: str) -> str:
    """`31 opened`, and below it `usually 24`."""
    usual = "" if figure.usual is None else f"\nusually {figure.usual:,.0f}"
    return f"*{figure.value:,}* {what}{usual}"


def _share(met: int, late: int) -> str:
    """In percent, rounded down, so that what was missed never reads as kept."""
    share = Decimal(100 * met) / Decimal(met + late)
    return f"{share.quantize(Decimal('0.1'), ROUND_FLOOR).normalize():f}"


def _kept(one: Kept, view: BriefView) -> str:
    name = f"{data(one.tenant.name, 40)} " if len(view.tenants) > 1 else ""
    late = f"{one.late:,} late of {one.met + one.late:,}" if one.late else f"all {one.met:,}"
    return f"{name}{data(one.sla_id.replace('_', ' '), 64)} {_share(one.met, one.late)} % · {late}"


def _small_print(view: BriefView) -> str:
    """What the usual was computed from, and of when it all is."""
    days = view.opened.days
    weekday = f"{view.yesterday:%A}"
    usual = (
        f"Usually: the mean of {'the last' if days == 1 else f'{days} earlier'} {weekday}"
        f"{'' if days == 1 else 's'}"
        if days
        else f"No earlier {weekday} to compare with yet"
    )
    places = "promises kept are of all sites" if view.orders is None else None
    return joined(usual, places, f"as of {clock_time(view.now)}")

"""How each kind of question about figures is answered: one function each, from counts to sentences.

Must not read words: answer_figures.py does. The tenants of a case are those that may be seen.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from jobs.figure_billing import findings, notes
from jobs.figure_cases import Case, Told, named, now_and_before, up_to
from jobs.figure_gauges import ANSWERING, COMPLIANCE, DELAY, MONEY, SETTLING, gauged
from jobs.tell_silence import silence_views
from policies.durations import duration
from policies.queries import OPEN_LETTERS, ClockRow
from policies.questions import told
from policies.questions.shape import BY_TIME, Figures, Measure, Split
from policies.records import ExceptionRecord

_SHOWN, _MOST_LISTED, _MOST_READ = 5, 20, 1000


async def _count(case: Case) -> Told:
    asked, figures = case.asked, case.tx.figures
    if asked.split is not None:
        return await _top(case)
    count = await figures.count(case.ids, asked)
    if asked.against is not None:
        now, before, words = now_and_before(case)
        here = await figures.count(case.ids, now.asked)
        there = await figures.count(case.ids, before.asked)
        return Told(lines=(f"{told.against(here, there, words)}{up_to(case)}.",))
    found = await figures.find(case.ids, asked, _SHOWN)
    shown = _cited(found)
    some = f" The latest: {_numbers(found)}." if count > len(found) and found else ""
    some = some or (f" {_numbers(found)}." if found else "")
    return Told(lines=(f"{told.counted(count)}.{some}",), sources=shown)


async def _list(case: Case) -> Told:
    limit = min(case.asked.limit or _SHOWN, _MOST_LISTED)
    count = await case.tx.figures.count(case.ids, case.asked)
    found = await case.tx.figures.find(case.ids, case.asked, limit)
    lines = [f"{_line(record, case)} [{n}]" for n, record in enumerate(found, start=1)]
    more = [f"and {count - len(found)} more"] if count > len(found) else []
    head = f"{told.counted(count)}:" if found else "None."
    return Told(lines=(head, *lines, *more), sources=_cited(found))


async def _top(case: Case) -> Told:
    asked, split = case.asked, case.asked.split or Split.CLIENT
    if split in BY_TIME:
        return await _trend(case)
    shares = named(await case.tx.figures.shares(case.ids, asked, split), split, case)
    if not shares:
        return Told(lines=("None.",))
    total = sum(share.count for share in shares)
    told_so = told.ranked(shares, split, least=asked.least, limit=asked.limit)
    return Told(lines=(f"By {split.value}: {told_so} ({total} in all).",))


async def _trend(case: Case) -> Told:
    split = case.asked.split or Split.DAY
    quarters = await case.tx.figures.quarters(case.ids, case.asked)
    series = told.buckets(quarters, split, case.asking.zone, _span(case.asked))
    if not series:
        return Told(lines=("None.",))
    most = (min if case.asked.least else max)(series, key=lambda pair: pair[1])
    total, way = sum(count for _, count in series), "fewest" if case.asked.least else "most"
    shown = " · ".join(f"{name} {count}" for name, count in series[-31:])
    mean = total / len(series)
    head = f"{told.counted(total)}, {mean:.1f} per {split.value}; {way} {most[0]} ({most[1]})."
    return Told(lines=(head, f"{shown}"))


def _span(asked: Figures) -> tuple[datetime, datetime] | None:
    """The window as far as it has passed; days on which nothing happened are days of it, too."""
    window, now = asked.window, asked.now
    if window is None:
        return None
    return window.since, min(window.until, now) if now else window.until


async def _oldest(case: Case) -> Told:
    found = await case.tx.figures.find(case.ids, case.asked, case.asked.limit or 1)
    lines = [f"{_line(record, case)} [{n}]" for n, record in enumerate(found, start=1)]
    return Told(lines=tuple(lines or ["None."]), sources=_cited(found))


async def _repeated(case: Case) -> Told:
    most = min(case.asked.limit or 10, _MOST_LISTED)
    found = await case.tx.figures.repeated(case.ids, case.asked, _MOST_READ)
    if not found:
        return Told(lines=("No order has more than one.",))
    shares = found[:most]
    listed = " · ".join(f"{share.name} {share.count} [{n}]" for n, share in enumerate(shares, 1))
    sources = tuple((f"order {share.name}", f"order:{share.name}") for share in shares)
    head = f"{told.counted(len(found), 'order')} with more than one: {listed}"
    more = f" · and {len(found) - most} more" if len(found) > most else ""
    return Told(lines=(f"{head}{more}.",), sources=sources)


async def _at_risk(case: Case) -> Told:
    found = await case.tx.clocks.at_risk(case.ids, _MOST_READ)
    rows = [row for row in found if _meant(row, case.asked)][: case.asked.limit or 10]
    if not rows:
        return Told(lines=("Nothing is past its warning just now.",))
    left = [(row.deadline_at - case.asking.now).total_seconds() / 60 for row in rows]
    lines = [
        f"{row.order_id} {row.sla_id.replace('_', ' ')}: {duration(max(0.0, minutes))} left [{n}]"
        for n, (row, minutes) in enumerate(zip(rows, left, strict=True), start=1)
    ]
    sources = tuple((f"order {row.order_id}", f"order:{row.order_id}") for row in rows)
    return Told(lines=("About to break, soonest first:", *lines), sources=sources)


def _meant(row: ClockRow, asked: Figures) -> bool:
    """Whether a running promise is one of those asked for, by what its row says."""
    only, window = asked.only, asked.window
    listed: tuple[tuple[Sequence[str], str], ...] = (
        (only.reasons, row.reason_code),
        (only.severities, row.severity),
        (only.stages, row.stage),
    )
    due = window is None or row.deadline_at < window.until
    return due and all(value in values for values, value in listed if values)


async def _silent(case: Case) -> Told:
    views = await silence_views(case.tx, case.tenants, case.asking.promises, case.asking.now)
    silent = [view for view in views if view.ended_at is None]
    if not silent:
        return Told(lines=("No source is silent.",))
    lines = [
        f"{view.source} of {view.tenant.name}: silent for "
        f"{duration((case.asking.now - view.since).total_seconds() / 60)}, usually every "
        f"{duration(view.usual_minutes)}; {view.waiting} orders wait for it"
        for view in silent
    ]
    return Told(lines=tuple(lines))


async def _failed(case: Case) -> Told:
    count = await case.tx.dead_letters.count(case.ids, OPEN_LETTERS)
    tail = " `dlq` shows them." if count else ""
    return Told(lines=(f"{told.counted(count, 'dead letter')} waiting.{tail}",))


def _line(record: ExceptionRecord, case: Case) -> str:
    late = duration(record.delay_at(case.asking.now))
    what = record.reason_code.value.replace("_", " ").lower()
    begin = record.severity.value if record.active else record.status.value.lower()
    several = len(case.asking.tenant_ids) > 1
    tenant = next((t.name for t in case.tenants if t.id == record.tenant_id), "")
    whose = f", {tenant}" if several and tenant else ""
    return f"#{record.id} {begin} · {record.order_id}{whose} · {what}, {late} over"


def _cited(found: Sequence[ExceptionRecord]) -> tuple[tuple[str, str], ...]:
    return tuple((f"exception #{record.id}", f"exception:{record.id}") for record in found)


def _numbers(found: Sequence[ExceptionRecord]) -> str:
    return ", ".join(f"#{record.id} [{n}]" for n, record in enumerate(found, start=1))


ANSWERS: Mapping[Measure, Callable[[Case], Awaitable[Told]]] = {
    Measure.COUNT: _count,
    Measure.LIST: _list,
    Measure.TOP: _top,
    Measure.OLDEST: _oldest,
    Measure.WORST: _oldest,
    Measure.DELAY: partial(gauged, gauge=DELAY),
    Measure.SETTLING: partial(gauged, gauge=SETTLING),
    Measure.ANSWERING: partial(gauged, gauge=ANSWERING),
    Measure.TREND: _trend,
    Measure.COMPLIANCE: partial(gauged, gauge=COMPLIANCE),
    Measure.MONEY: partial(gauged, gauge=MONEY),
    Measure.AT_RISK: _at_risk,
    Measure.REPEATED: _repeated,
    Measure.SILENT: _silent,
    Measure.FAILED: _failed,
    Measure.FINDINGS: findings,
    Measure.NOTES: notes,
}
EXCEPTIONS = frozenset(Measure) - {
    Measure.AT_RISK,
    Measure.SILENT,
    Measure.FAILED,
    Measure.FINDINGS,
    Measure.NOTES,
}
"""Measures that count exceptions; of these it is said what was counted even when that is all."""

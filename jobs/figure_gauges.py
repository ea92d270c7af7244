"""Figures that are read off and not counted: how late, how long, how much, what share was kept.

Must not read words: answer_figures.py does. Each is told as a whole, by kind, or beside another
window, in one way.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from jobs.figure_cases import Case, Told, now_and_before, parts, up_to
from policies.durations import duration
from policies.money.at_risk import credit_at_risk
from policies.money.cents import money
from policies.promise import SlaRule
from policies.questions import told
from policies.questions.results import Spread
from policies.questions.shape import Split, Window
from policies.records import ExceptionRecord, Tenant

_MOST_PRICED = 5000
_USUAL_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A figure and of how many it was taken; of none, nothing is known."""

    value: float
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """How a figure is read, said, told in full, and how much more or less of it is said."""

    read: Callable[[Case], Awaitable[Reading]]
    say: Callable[[float], str]
    differ: Callable[[float], str]
    whole: Callable[[Case], Awaitable[Told]]


async def gauged(case: Case, gauge: Gauge) -> Told:
    """As a whole, by kind, or now and before."""
    if case.asked.split is not None:
        return await _by(case, gauge, case.asked.split)
    if case.asked.against is not None:
        return await _against(case, gauge)
    return await gauge.whole(case)


async def _by(case: Case, gauge: Gauge, by: Split) -> Told:
    kinds = await _promises_apart(case) if by is Split.PROMISE else await parts(case, by)
    read = [(name, await gauge.read(part)) for name, part in kinds]
    known = [(name, reading) for name, reading in read if reading.of]
    if not known:
        return Told(lines=("Nothing to tell: none fits.",))
    way = 1 if case.asked.least else -1
    known.sort(key=lambda pair: (way * pair[1].value, pair[0]))
    most = told.most_listed(case.asked.limit)
    listed = [
        f"{told.kind_words(name, by)} {gauge.say(reading.value)} ({reading.of})"
        for name, reading in known[:most]
    ]
    more = [f"and {len(known) - most} more"] if len(known) > most else []
    return Told(lines=(f"By {by.value}: {' · '.join([*listed, *more])}.",))


async def _promises_apart(case: Case) -> list[tuple[str, Case]]:
    """One part for each promise; `stages` cannot tell two promises of one stage apart."""
    return [
        (sla_id, replace(case, asked=replace(case.asked, promise=sla_id)))
        for sla_id in dict.fromkeys(
            rule.sla_id for tenant in case.tenants for rule in _rules(case, tenant)
        )
    ]


async def _against(case: Case, gauge: Gauge) -> Told:
    now, before, words = now_and_before(case)
    here, there = await gauge.read(now), await gauge.read(before)
    if not (here.of and there.of):
        known = await gauge.whole(now if here.of else before)
        which = told.in_words(words) if here.of else "in the first of the two"
        return Told(lines=(*known.lines, f"Nothing is known {which}."))
    difference = here.value - there.value
    change = f": {gauge.differ(difference)}" if difference else ""
    line = (
        f"{gauge.say(here.value)} ({here.of}), against {gauge.say(there.value)} ({there.of}) "
        f"{told.in_words(words)}{change}{up_to(case)}."
    )
    return Told(lines=(line,))


def _spread(take: Callable[[Case], Awaitable[Spread]], what: str, tail: str) -> Gauge:
    async def read(case: Case) -> Reading:
        spread = await take(case)
        return Reading(value=spread.mean, of=spread.count)

    async def whole(case: Case) -> Told:
        return Told(lines=(f"{told.lasted(await take(case), what)}{tail}.",))

    def differ(minutes: float) -> str:
        return f"{duration(abs(minutes))} {'longer' if minutes > 0 else 'shorter'}"

    return Gauge(read=read, say=duration, differ=differ, whole=whole)


DELAY = _spread(
    lambda case: case.tx.figures.delays(case.ids, case.asked, case.asking.now), "the delay", ""
)
SETTLING = _spread(
    lambda case: case.tx.figures.settling(case.ids, case.asked),
    "the end",
    ", from opening to resolution",
)
ANSWERING = _spread(
    lambda case: case.tx.figures.answering(case.ids, case.asked),
    "the first answer",
    ", until somebody acted",
)


async def _worth(case: Case) -> Reading:
    cents, stated = await case.tx.figures.values(case.ids, case.asked)
    return Reading(value=cents, of=stated)


async def _money(case: Case) -> Told:
    cents, stated = await case.tx.figures.values(case.ids, case.asked)
    found = await case.tx.figures.find(case.ids, case.asked, _MOST_PRICED)
    due = sum(_credit(record, case) or 0 for record in found)
    worth = f"Orders worth {money(cents)} ({told.counted(stated, 'order')} state their value)"
    owed = f"credits of {money(due)} by contract" if due else "no credit is due"
    count = await case.tx.figures.count(case.ids, case.asked)
    priced = f"the latest {len(found)} of " if count > len(found) else ""
    return Told(lines=(f"{worth}; {owed} for {priced}{told.counted(count).lower()}.",))


def _credit(record: ExceptionRecord, case: Case) -> int | None:
    tenant = next((t for t in case.tenants if t.id == record.tenant_id), None)
    if tenant is None:
        return None
    rule = case.asking.promises.rule(tenant.name, record.sla_id, record.rule_version)
    return credit_at_risk(rule, record)


MONEY = Gauge(
    read=_worth,
    say=lambda cents: money(int(cents)),
    differ=lambda cents: f"{money(abs(int(cents)))} {'more' if cents > 0 else 'less'}",
    whole=_money,
)


def _rules(case: Case, tenant: Tenant) -> list[SlaRule]:
    """The promises that the question is about."""
    stages, promise = case.asked.only.stages, case.asked.promise
    return [
        rule
        for rule in case.asking.promises.of(tenant.name)
        if (not stages or rule.stage in stages) and promise in (None, rule.sla_id)
    ]


async def _tallied(case: Case) -> list[tuple[str, int, int]]:
    """Each client's promises of which the deadline lies in the window: name, kept, late."""
    window = _window(case)
    found: list[tuple[str, int, int]] = []
    for tenant in case.tenants:
        for sla_id in dict.fromkeys(rule.sla_id for rule in _rules(case, tenant)):
            tally = await case.tx.clocks.tally(tenant.id, sla_id, window.since, window.until)
            found.append((sla_id, tally.met, tally.late))
    return found


def _window(case: Case) -> Window:
    now = case.asking.now
    since = now - timedelta(days=_USUAL_DAYS)
    return case.asked.window or Window(since=since, until=now, words=f"the last {_USUAL_DAYS} days")


async def _kept(case: Case) -> Reading:
    tallied = await _tallied(case)
    met, decided = (sum(one[1] for one in tallied), sum(one[1] + one[2] for one in tallied))
    return Reading(value=met / decided if decided else 0.0, of=decided)


async def _compliance(case: Case) -> Told:
    """The share of promises that were kept, of those whose deadline lies in the window."""
    tallied, words = await _tallied(case), told.in_words(_window(case).words)
    met, late = sum(one[1] for one in tallied), sum(one[2] for one in tallied)
    if not met + late:
        return Told(lines=(f"No promise was due {words} and decided.",))
    head = f"{met / (met + late):.1%} kept: {met} of {met + late} promises due {words}"
    each = [
        f"{sla_id} {kept / (kept + missed):.1%} ({missed} of {kept + missed} late)"
        for sla_id, kept, missed in tallied
        if kept + missed and len(case.tenants) == 1
    ]
    return Told(lines=(f"{head}, {late} late.", *([" · ".join(each)] if each else [])))


COMPLIANCE = Gauge(
    read=_kept,
    say=lambda share: f"{share:.1%}",
    differ=lambda share: f"{abs(share):.1%} points {'better' if share > 0 else 'worse'}".replace(
        "% points", " points"
    ),
    whole=_compliance,
)

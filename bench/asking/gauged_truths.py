"""What is true of the workspace and is no count of exceptions: how late, how much, what was kept.

Must not import anything of the product.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean, median

from bench.asking import billing_truths
from bench.asking.asked_for import Asked, Truth, counted, money, said
from bench.asking.slots import LAST_30_DAYS
from bench.asking.truths import COUNTED, groups_of, over_by, rows_of
from bench.asking.workspace import CLIENTS, SEEN, Promise, Row, Workspace

_CREDIT_CENTS = 250


Measured = Callable[[Sequence[Row]], list[float]]


def _delays(rows: Sequence[Row]) -> list[float]:
    return [over_by(row) for row in rows]


def _settlings(rows: Sequence[Row]) -> list[float]:
    return [(row.resolved - row.opened).total_seconds() / 60 for row in rows if row.resolved]


def _answerings(rows: Sequence[Row]) -> list[float]:
    return [(row.answered - row.opened).total_seconds() / 60 for row in rows if row.answered]


def _spread(minutes: Sequence[float]) -> Truth:
    if not minutes:
        return Truth(begins="nothing to tell")
    begins = f"{said(fmean(minutes))} on average, the middle one {said(median(minutes))}"
    return Truth(begins=begins, has=(f"({counted(len(minutes))})",))


def delay(work: Workspace, asked: Asked) -> Truth:
    """How late."""
    return _spread(_delays(rows_of(work, asked, now=False)))


def settling(work: Workspace, asked: Asked) -> Truth:
    """How long until the end."""
    return _spread(_settlings(rows_of(work, asked, ended=True, now=False)))


def answering(work: Workspace, asked: Asked) -> Truth:
    """How long until somebody acted."""
    return _spread(_answerings(rows_of(work, asked, now=False)))


def _spread_by(rows: Sequence[Row], asked: Asked, measured: Measured) -> Truth:
    groups = {name: measured(group) for name, group in groups_of(rows, asked.by).items()}
    means = {name: fmean(found) for name, found in groups.items() if found}
    means.pop("not stated", None)
    if not means:
        return Truth(begins="nothing to tell")
    best = (min if asked.least else max)(means.values())
    leads = tuple(f"{name} {said(mean)}" for name, mean in means.items() if mean == best)
    has = tuple(f"{name} {said(mean)}" for name, mean in means.items())
    return Truth(leads=leads, has=has)


def delay_by(work: Workspace, asked: Asked) -> Truth:
    """How late, of each kind."""
    return _spread_by(rows_of(work, asked, now=False), asked, _delays)


def settling_by(work: Workspace, asked: Asked) -> Truth:
    """How long until the end, of each kind."""
    return _spread_by(rows_of(work, asked, ended=True, now=False), asked, _settlings)


def _due(work: Workspace, asked: Asked) -> list[Promise]:
    span, filters = asked.span or LAST_30_DAYS, asked.filters
    return [
        one
        for one in work.promises
        if one.tenant in SEEN
        and one.state != "running"
        and span.since <= one.deadline < span.until
        and filters.get("client", one.tenant) == one.tenant
        and filters.get("promise", one.stage) == one.stage
    ]


def _kept(due: Sequence[Promise]) -> str:
    return f"{sum(one.state == 'met' for one in due) / len(due):.1%}"


def compliance(work: Workspace, asked: Asked) -> Truth:
    """The share of promises that were kept."""
    due = _due(work, asked)
    if not due:
        return Truth(begins="no promise")
    met = sum(one.state == "met" for one in due)
    return Truth(begins=f"{_kept(due)} kept: {met} of {len(due)} promises")


def compliance_by(work: Workspace, asked: Asked) -> Truth:
    """The same by client or promise."""
    groups: dict[str, list[Promise]] = {}
    for one in _due(work, asked):
        name = CLIENTS[one.tenant] if asked.by == "client" else one.sla
        groups.setdefault(name, []).append(one)
    return Truth(has=tuple(f"{name} {_kept(due)}" for name, due in groups.items()))


def _worth(rows: Sequence[Row]) -> int:
    return sum({(row.tenant, row.order): row.worth for row in rows if row.worth}.values())


def money_at_risk(work: Workspace, asked: Asked) -> Truth:
    """What the orders are worth, and what has to be given back."""
    rows = rows_of(work, asked)
    credit = _CREDIT_CENTS * sum(row.sla == "ship" for row in rows)
    owed = f"credits of {money(credit)}" if credit else "no credit is due"
    return Truth(has=(money(_worth(rows)), owed))


def money_by(work: Workspace, asked: Asked) -> Truth:
    """What the orders of each kind are worth."""
    groups = groups_of(rows_of(work, asked), asked.by)
    groups.pop("not stated", None)
    return Truth(has=tuple(f"{name} {money(_worth(rows))}" for name, rows in groups.items()))


def at_risk(work: Workspace, asked: Asked) -> Truth:
    """Promises that run and are past their warning, the next deadline first."""
    only = asked.filters
    running = [
        one
        for one in work.promises
        if one.state == "running"
        and one.tenant in SEEN
        and only.get("client", one.tenant) == one.tenant
        and (not isinstance(only.get("stage"), tuple) or one.stage in only["stage"])  # type: ignore[operator]
    ]
    due = sorted(running, key=lambda one: (one.deadline, one.tenant, one.order))
    return Truth(refs=tuple(f"order:{one.order}" for one in due[:10]))


def repeated(work: Workspace, asked: Asked) -> Truth:
    """Orders with more than one."""
    counts = Counter(row.order for row in rows_of(work, asked, now=False))
    several = {order: number for order, number in counts.items() if number > 1}
    order = sorted(several, key=lambda name: (-several[name], name))[:10]
    has = tuple(f"{name} {several[name]}" for name in order)
    return Truth(has=has, refs=tuple(f"order:{name}" for name in order))


def silent(_work: Workspace, _asked: Asked) -> Truth:
    """The one feed of a visible client that says nothing."""
    return Truth(begins="wms of Globex: silent for 5 h")


def failed(_work: Workspace, _asked: Asked) -> Truth:
    """Two letters of Acme and one of Northwind."""
    return Truth(begins="3 dead letters")


TRUTHS: Mapping[str, Callable[[Workspace, Asked], Truth]] = {
    one.__name__: one
    for one in (
        *COUNTED,
        *(delay, settling, answering, delay_by, settling_by, compliance, compliance_by),
        *(money_at_risk, money_by, at_risk, repeated, silent, failed),
        *billing_truths.TRUTHS,
    )
}

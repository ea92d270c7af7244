"""What is true of the generated workspace, counted by plain loops over its rows.

Must not import anything of the product: what is counted twice in one way proves nothing.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bench.asking.asked_for import Asked, Truth, counted
from bench.asking.slots import SO_FAR, TODAY_SO_FAR, Span
from bench.asking.workspace import (
    CLIENTS,
    NOW,
    OPEN,
    PEOPLE,
    SETTLED,
    ZONE,
    Row,
    Workspace,
)

_SHOWN = 12


def rows_of(work: Workspace, asked: Asked, *, ended: bool = False, now: bool = True) -> list[Row]:
    """Those that fit; by when they ended where `ended`; the open ones where no time is said."""
    filters = dict(asked.filters)
    if asked.span is None and "status" not in filters and now:
        filters["status"] = OPEN
    ended = ended or (filters.get("status") == SETTLED and asked.span is not None)
    found = [row for row in work.seen() if all(_fits(row, *one) for one in filters.items())]
    return [row for row in found if _within(row.resolved if ended else row.opened, asked.span)]


def _within(moment: datetime | None, span: Span | None) -> bool:
    return span is None or (moment is not None and span.since <= moment < span.until)


def _fits(row: Row, name: str, value: object) -> bool:
    if name.startswith("not_"):
        return not _fits(row, name.removeprefix("not_"), value)
    if name in ("window", "promise"):
        return True
    if name in ("reason", "severity", "status", "stage"):
        return getattr(row, name) in value  # type: ignore[operator] # a tuple of names
    if name == "over":
        return over_by(row) > float(str(value))
    if name in ("client", "carrier", "site"):
        stated = row.tenant if name == "client" else getattr(row, name)
        return str(stated).casefold() in str(value).casefold().split("|")
    return bool(getattr(row, name) == value)


def over_by(row: Row) -> float:
    """Minutes over the deadline."""
    return max(0.0, ((row.stopped or row.resolved or NOW) - row.deadline).total_seconds() / 60)


def _refs(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(f"exception:{row.number}" for row in rows)


def count(work: Workspace, asked: Asked) -> Truth:
    """How many."""
    return Truth(begins=counted(len(rows_of(work, asked))))


def listed(work: Workspace, asked: Asked) -> Truth:
    """Which, the newest first."""
    rows = sorted(rows_of(work, asked), key=lambda row: -row.number)
    begins = counted(len(rows)) if rows else "None"
    return Truth(begins=begins, refs=_refs(rows[: asked.limit]))


def _kinds(row: Row, by: str) -> str:
    if by == "client":
        return CLIENTS[row.tenant]
    if by == "owner":
        return PEOPLE.get(row.owner or "", "nobody")
    if by == "promise":
        return row.sla
    stated = getattr(row, by)
    worded = by in ("reason", "severity", "status", "stage")
    return "not stated" if stated is None else str(stated).replace("_", " ") if worded else stated


def groups_of(rows: Sequence[Row], by: str) -> dict[str, list[Row]]:
    """The rows of each kind, by its name in small letters."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(_kinds(row, by).casefold(), []).append(row)
    return found


def ranked(work: Workspace, asked: Asked) -> Truth:
    """How many of each kind."""
    rows = rows_of(work, asked)
    counts = {name: len(group) for name, group in groups_of(rows, asked.by).items()}
    if not counts:
        return Truth(begins="None")
    best = (min if asked.least else max)(counts.values())
    leads = tuple(f"{name} {number}" for name, number in counts.items() if number == best)
    order = sorted(counts.items(), key=lambda pair: pair[1] if asked.least else -pair[1])
    most = _SHOWN if asked.limit == 5 else asked.limit  # noqa: PLR2004 - nothing was said
    edge = order[min(most, len(order)) - 1][1]
    sure = [one for one in order if (one[1] < edge if asked.least else one[1] > edge)]
    shown = order if len(order) <= most else sure
    return Truth(
        begins=f"by {asked.by}",
        leads=leads,
        has=(*(f"{name} {number}" for name, number in shown), f"({len(rows)} in all)"),
    )


def apart(work: Workspace, asked: Asked) -> Truth:
    """Two names beside each other."""
    return ranked(work, asked)


def compared(work: Workspace, asked: Asked) -> Truth:
    """This week up to now beside as much of the week before."""
    rest = {name: value for name, value in asked.filters.items() if name != "pair"}
    spans = SO_FAR if asked.filters["pair"] == "weeks" else TODAY_SO_FAR
    now, before = (len(rows_of(work, Asked(filters={**rest, "window": span}))) for span in spans)
    return Truth(begins=f"{now}, as many as" if now == before else f"{now}, against {before} ")


def series(work: Workspace, asked: Asked) -> Truth:
    """How many in which hour, on which day or weekday, in which week."""
    rows = rows_of(work, asked, now=False)
    local = [row.opened.astimezone(ZoneInfo(ZONE)) for row in rows]
    if asked.by in ("hour", "weekday"):
        form = "%H:00" if asked.by == "hour" else "%a"
        counts = Counter(moment.strftime(form) for moment in local)
        places = 24 if asked.by == "hour" else 7
    else:
        counts, places = _by_days(local, asked)
    best = max(counts.values(), default=0)
    leads = tuple(f"most {name} ({best})" for name in counts if counts[name] == best)
    if not rows:
        return Truth(begins="None")
    mean = f"{len(rows) / places:.1f} per {asked.by}"
    return Truth(begins=counted(len(rows)), has=(mean,), leads=leads)


def _by_days(local: Sequence[datetime], asked: Asked) -> tuple[Counter[str], int]:
    length = 7 if asked.by == "week" else 1

    def first_of(moment: datetime) -> datetime:
        day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        return day - timedelta(days=day.weekday()) if asked.by == "week" else day

    firsts = [first_of(moment) for moment in local]
    counts = Counter(f"{day.day} {day:%b}" for day in firsts)
    ends = (
        [asked.span.since, min(asked.span.until, NOW) - timedelta(minutes=1)] if asked.span else []
    )
    edges = [first_of(moment.astimezone(ZoneInfo(ZONE))).date() for moment in ends]
    edges = edges or [min(firsts).date(), max(firsts).date()]
    return counts, (edges[1] - edges[0]).days // length + 1


def oldest(work: Workspace, asked: Asked) -> Truth:
    """Those that opened first."""
    rows = sorted(rows_of(work, asked), key=lambda row: row.opened)
    return Truth(refs=_refs(rows[: asked.limit]))


def worst(work: Workspace, asked: Asked) -> Truth:
    """Those that are longest over."""
    rows = sorted(rows_of(work, asked), key=lambda row: -over_by(row))
    return Truth(refs=_refs(rows[: asked.limit]))


COUNTED = (count, listed, ranked, apart, compared, series, oldest, worst)

"""Words a row of Home in two lines that fit a phone: what, how late, what hangs on it.

Must not lay out rows: home.py does.
"""

from datetime import datetime

from handlers.blocks.risk import outlook_words
from handlers.blocks.text import clock_time, data, joined, moment
from handlers.blocks.waiting import snoozed
from handlers.blocks.wording import happened, lateness
from jobs.views.home import OpenWork, RunningWork, Worth
from policies.durations import duration
from policies.money.cents import money
from policies.records import ExceptionRecord
from policies.urgency import TIERS


def open_work(work: OpenWork, now: datetime, *, several: bool) -> tuple[str, str]:
    """An exception: order, how late, what is wrong; money, severity, client, number."""
    record = work.record
    late = lateness(record, now)
    first = joined(f"*{data(record.order_id, 60)}*", f"*{late}*", happened(record))
    second = joined(
        worth(work.worth),
        record.severity.value,
        data(work.tenant.name, 40) if several else None,
        f"`#{record.id}`",
    )
    return first, second


def running_work(work: RunningWork, now: datetime, *, several: bool) -> tuple[str, str]:
    """A promise that is not broken yet: order, time left, promise; money, what to do by when."""
    row = work.row
    left = duration(max(0.0, (row.deadline_at - now).total_seconds() / 60))
    first = joined(f"*{data(row.order_id, 60)}*", f"*{left} left*", data(work.promise, 100))
    second = joined(
        worth(work.worth),
        f"{data(row.severity, 20)} if it breaks",
        data(work.tenant.name, 40) if several else None,
        f"due {due(row.deadline_at, now)}",
        outlook_words(work.outlook, now) if work.outlook else None,
    )
    return first, second


def waking(record: ExceptionRecord) -> str:
    """A snoozed exception and when it wakes."""
    return joined(f"`#{record.id}` {data(record.order_id, 60)}", happened(record), snoozed(record))


def worth(of: Worth) -> str | None:
    """`128.40 USD order · 4.20 USD credit · gold`; None where nothing is known."""
    tier = data(of.tier, 20) if of.tier and of.tier.strip().casefold() in TIERS else None
    return (
        joined(
            f"*{money(of.value_cents)}*" if of.value_cents else None,
            f"*{money(of.credit_cents)} credit*" if of.credit_cents else None,
            tier,
        )
        or None
    )


def when(record: ExceptionRecord, now: datetime) -> str:
    """`due 16:40`; of what no promise is about, since when it is known."""
    return f"{'since' if record.at_once else 'due'} {due(record.deadline_at, now)}"


def due(at: datetime, now: datetime) -> str:
    """The time of day; with the day where that is another half day."""
    return clock_time(at) if abs((at - now).total_seconds()) < 12 * 3600 else moment(at)

"""When the next dispatch cut-off is, by the client's own promises.

Must not judge an order: it reads promises, a record's facts and `now`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from policies.calendar import CalendarExhaustedError
from policies.local_time import at_local, local_date
from policies.promise import CutOff, SlaRule
from policies.records import ExceptionRecord


def next_cut_off(
    record: ExceptionRecord, rules: Iterable[SlaRule], now: datetime
) -> datetime | None:
    """The next cut-off of the record's own promise, else the soonest of the client's others.

    None where no promise has one.
    """
    own: list[datetime] = []
    others: list[datetime] = []
    for rule in rules:
        at = _next(rule, record, now)
        if at is not None:
            (own if rule.sla_id == record.sla_id else others).append(at)
    return min(own or others, default=None)


def _next(rule: SlaRule, record: ExceptionRecord, now: datetime) -> datetime | None:
    deadline = rule.deadline
    ended = rule.valid_until is not None and rule.valid_until <= now
    if ended or not isinstance(deadline, CutOff) or deadline.at is None:
        return None
    zone = deadline.zone.of(record.facts)
    calendar = rule.pick_calendar.of(record.facts) if rule.pick_calendar else rule.calendar
    day = local_date(now, zone)
    try:
        today = calendar.business_day(day, 0)
        at = at_local(today, deadline.at, zone)
        if at > now:
            return at
        return at_local(calendar.business_day(today + timedelta(days=1), 0), deadline.at, zone)
    except CalendarExhaustedError:
        return None

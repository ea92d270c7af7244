"""Finds when a question is about: `since Monday`, `last week`, `in March`, `between 8 and 12`.

Must not read a clock: `now` and the zone are arguments.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from policies.questions import dates, spans
from policies.questions.shape import Window
from policies.questions.spans import MONTHS, NUMBERS, Here, Make

_DAY = "mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?"
_DAY += "|sat(?:urday)?|sun(?:day)?"
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in MONTHS)
_NUMBER = rf"(\d{{1,4}}|{'|'.join(NUMBERS)})"
_AMOUNT = rf"{_NUMBER}?\s*"
_SPAN = r"(h|hrs?|hours?|d|days?|w|wks?|weeks?|fortnights?|m|mins?|minutes?)\b"
_CLOCK = r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?"
_ISO = r"(\d{4})-(\d{2})-(\d{2})"


def read_window(text: str, now: datetime, zone: str) -> tuple[Window, str] | None:
    """The first window that the text states, and the text without it; None where it states none.

    Args:
        text: lower case, words with single blanks.
        now: business time, aware.
        zone: IANA name; the reader's or the client's.
    """
    here = Here(now=now.astimezone(UTC), zone=zone)
    found = [
        (match, window)
        for pattern, make in _PATTERNS
        if (match := pattern.search(text))
        and (window := make(match, here))
        and window.since <= window.until
    ]
    if not found:
        return None
    match, window = min(found, key=lambda pair: (pair[0].start(), -pair[0].end()))
    return window, " ".join(f"{text[: match.start()]} {text[match.end() :]}".split())


def before(window: Window, zone: str) -> Window:
    """The span right before: of a calendar month the month before it, else one of equal length."""
    here, local = Here(now=window.since, zone=zone), ZoneInfo(zone)
    first, after = (moment.astimezone(local) for moment in (window.since, window.until))
    if month_of(window, zone) is not None:
        return spans.whole_month((first.date() - timedelta(days=1)).replace(day=1), here)
    days = (after.date() - first.date()).days
    if first.time() == after.time() == time():
        return here.days(first.date() - timedelta(days=days), days, _days(days))
    length = window.until - window.since
    words = f"the {round(length.total_seconds() / 3600)} h before"
    return Window(since=window.since - length, until=window.since, words=words)


def after(window: Window, now: datetime, zone: str) -> Window:
    """The span right after it, of the same kind: `than last week` is about this one."""
    local = ZoneInfo(zone)
    first, last = (moment.astimezone(local) for moment in (window.since, window.until))
    here = Here(now=now, zone=zone)
    if month_of(window, zone) is not None:
        return spans.whole_month(last.date(), here)
    days = (last.date() - first.date()).days
    if first.time() == last.time() == time() and days:
        begin = spans.day_words(last.date())
        words = {1: begin, 7: f"the week of {begin}"}.get(days, f"the {days} days from {begin}")
        return here.days(last.date(), days, words)
    return Window(since=window.until, until=now, words="the time since")


def month_of(window: Window, zone: str) -> str | None:
    """`2026-03` where the span is that whole month, else None."""
    first, after = (one.astimezone(ZoneInfo(zone)) for one in (window.since, window.until))
    whole = first.day == after.day == 1 and first.time() == after.time() == time()
    return f"{first:%Y-%m}" if whole and after.date() == _next_month(first.date()) else None


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _days(count: int) -> str:
    return {1: "the day before", 7: "the week before"}.get(count, f"the {count} days before")


_D_OF_M = (
    rf"(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m1>{_MONTH})"
    rf"|(?P<m2>{_MONTH}) (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)\b"
)
_DURING = r"(?:in |over |within |during |for |since |from |of )?(?:the )?"
_OCLOCK = r"(?: (?:h|o'?clock))?"
_DATES: tuple[tuple[str, Make], ...] = (
    (rf"(?:between|from) {_ISO} (?:and|to|until) {_ISO}", dates.between_dates),
    (rf"(?:since|from|after) {_ISO}", dates.since_date),
    (rf"(?:since|from|after)(?: the)? {_D_OF_M}", dates.since_day_of_month),
    (rf"(?:on )?{_ISO}", dates.on_date),
    (rf"(?:on )?(?:the )?{_D_OF_M}", dates.on_day_of_month),
)
_LENGTHS: tuple[tuple[str, Make], ...] = (
    (rf"{_DURING}(?:last|past|previous) {_AMOUNT}(months?)\b", spans.last_months),
    (rf"{_DURING}(?:last|previous) (?:week|wk)", spans.week(1)),
    (rf"{_DURING}(?:last|past|previous) {_AMOUNT}{_SPAN}", spans.last_span),
    (rf"{_DURING}(?:last|previous) year", spans.year(1)),
    (r"(?:in |since )?this year|ytd|year to date", spans.year(0)),
    (rf"{_DURING}(?:this|current) (?:week|wk)(?: so far)?|wtd|week to date", spans.week(0)),
    (r"recently|lately|these days", spans.lately),
    (rf"{_DURING}(?:this|current) month(?: so far)?|mtd|month to date", spans.month(0)),
    (rf"{_NUMBER} (?:d|days?) ago", spans.days_ago),
)
_NAMES: tuple[tuple[str, Make], ...] = (
    (rf"since (?:last )?({_DAY})(?: (?:at )?{_CLOCK})?", spans.since_day),
    (r"since yesterday", spans.since_yesterday),
    (r"(?:the )?day before yesterday", spans.named_day(2)),
    (r"(?:of |from |on )?yesterday(?:'s)?", spans.named_day(1)),
    (r"(?:over|on|at|during|in|of) the (?:last )?week ?end|(?:last|this) week ?end", spans.weekend),
    (r"this morning", spans.this_morning),
    (r"overnight|last night|(?:during|in) the night|tonight", spans.overnight),
    (r"(?:since |of |from )?today(?:'s)?(?: so far)?|so far today", spans.today),
    (rf"(?:between|from) {_CLOCK} (?:and|to|until|-) {_CLOCK}{_OCLOCK}", spans.between_clocks),
    (r"(?:in |during )?q([1-4])(?: (\d{4}))?", spans.quarter),
    (rf"since ({_MONTH})", spans.since_month),
    (rf"(?:in|during|of|for|last) ({_MONTH})(?: (\d{{4}}))?", spans.in_month),
    (rf"(?:on |of )?(last )?({_DAY})s?", spans.on_day),
    (rf"(?:since|after) {_CLOCK}{_OCLOCK}", spans.since_clock),
)
_PATTERNS: tuple[tuple[re.Pattern[str], Make], ...] = tuple(
    (re.compile(rf"(?<![\w-])(?:{pattern})(?!\w)"), make)
    for pattern, make in (*_DATES, *_LENGTHS, *_NAMES)
)
"""What begins first counts, then what is longest, then what stands further up."""

"""Makes the spans of time that dates name: `since 1 March`, `on 2026-03-01`, `from ... to ...`.

Must not read a clock: `Here` holds now and the zone.
"""

import re
from datetime import date

from policies.questions.shape import Window
from policies.questions.spans import MONTHS, Here, day_words


def since_date(match: re.Match[str], here: Here) -> Window | None:
    """`since 2026-03-01`."""
    day = _iso(match, 1)
    return here.since(here.midnight(day), f"since {day_words(day)} 00:00") if day else None


def since_day_of_month(match: re.Match[str], here: Here) -> Window | None:
    """`since 1 March`."""
    day = _day_of_month(match, here.today)
    return here.since(here.midnight(day), f"since {day_words(day)} 00:00") if day else None


def _day_of_month(match: re.Match[str], today: date) -> date | None:
    """`1 March`, `March 1st`: the latest that has begun."""
    number = match["d1"] or match["d2"]
    month = [name[:3] for name in MONTHS].index((match["m1"] or match["m2"])[:3]) + 1
    try:
        day = date(today.year, month, int(number))
    except ValueError:
        return None
    return day if day <= today else day.replace(year=today.year - 1)


def on_date(match: re.Match[str], here: Here) -> Window | None:
    """`on 2026-03-01`."""
    day = _iso(match, 1)
    return here.days(day, 1, day_words(day)) if day else None


def on_day_of_month(match: re.Match[str], here: Here) -> Window | None:
    """`on 1 March`."""
    day = _day_of_month(match, here.today)
    return here.days(day, 1, day_words(day)) if day else None


def between_dates(match: re.Match[str], here: Here) -> Window | None:
    """`from 2026-03-01 to 2026-03-05`, both days in it."""
    first, last = _iso(match, 1), _iso(match, 4)
    if first is None or last is None or last < first:
        return None
    count = (last - first).days + 1
    return here.days(first, count, f"{day_words(first)} to {day_words(last)}")


def _iso(match: re.Match[str], first: int) -> date | None:
    try:
        return date(*(int(match[first + place]) for place in range(3)))
    except ValueError:
        return None

"""The public holidays of a country or a part of it, from the `holidays` library.

Must not know shifts or closures: it answers with dates only. Codes are ISO 3166:
`US`, `US-NY`, `DE-BY`; `us-federal` is another name of `US`.
"""

from datetime import date
from functools import lru_cache

from holidays import HolidayBase, country_holidays

_ALIASES = {"us-federal": "US"}


class UnknownHolidaysError(ValueError):
    """No holidays are known by that code."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"no holidays are known for {code!r}; write a country (US), "
            "a country and its part (US-NY, DE-BY), or us-federal"
        )


@lru_cache(maxsize=4096)
def holiday_dates(code: str, year: int) -> frozenset[date]:
    """The holidays in a year, with the days on which they are observed instead.

    Raises:
        UnknownHolidaysError: when the library has no such country or part of it.
    """
    neighbours = (year - 1, year, year + 1)  # the first of January is observed in December
    return frozenset(day for day in _of(code, neighbours) if day.year == year)


@lru_cache(maxsize=256)
def known_years(code: str) -> range:
    """The years for which the library has this code's holidays.

    Raises:
        UnknownHolidaysError: when the library has no such country or part of it.
    """
    found = _of(code)
    return range(found.start_year, found.end_year + 1)


def _of(code: str, years: tuple[int, ...] = ()) -> HolidayBase:
    country, _, part = _ALIASES.get(code, code).partition("-")
    try:
        return country_holidays(country, subdiv=part or None, years=years, expand=False)
    except NotImplementedError as error:
        raise UnknownHolidaysError(code) from error

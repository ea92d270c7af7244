"""Which tariff is in force: the versions of every tenant by the day of service, over everyone's.

Must not read any text, and must not price anything.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from policies.money.tariff import Tariff
from policies.money.usage import Usage, UsageError

_DAY = timedelta(days=1)


class NoTariffError(UsageError):
    """No version is in force on a day; the text says what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days on which one version is in force, both ends inside."""

    tariff: Tariff
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def days_of_month(self) -> int:
        """How many its month has."""
        return monthrange(self.first.year, self.first.month)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariffs:
    """Everyone's versions, and those of tenants who have their own, each by their first day.

    A version ends on its `effective_until`, or the day before the next one of its scope begins.
    Where none of a tenant's own is in force, everyone's is.
    """

    versions: tuple[Tariff, ...]
    own: Mapping[str, tuple[Tariff, ...]] = field(default_factory=dict)

    def tariff_for(self, tenant: str, day: date) -> Tariff:
        """The version for work that was done on a day.

        Raises:
            NoTariffError: there is none.
        """
        own, others = self.own.get(tenant, ()), self.versions
        found = _in_force(own, day) or _in_force(others, day)
        if found is None:
            message = f"date: no tariff is in force on {day}; add a version that begins by then"
            raise NoTariffError(message)
        return found

    def of_usage(self, usage: Usage) -> Tariff:
        """The version for an order; without a day there must be only one.

        Raises:
            UsageError: there are several versions and no day tells which.
        """
        if usage.day is not None:
            return self.tariff_for(usage.tenant, usage.day)
        known = self.own.get(usage.tenant) or self.versions
        if len(known) != 1:
            message = f'date: there are {len(known)} versions; write the day, like "2026-03-05"'
            raise UsageError(message)
        return known[0]

    def latest(self, tenant: str = "") -> Tariff:
        """The version that begins last."""
        return (self.own.get(tenant) or self.versions)[-1]

    def spans(self, tenant: str, first: date, last: date) -> tuple[Span, ...]:
        """The versions in force from one day to another; days without one are left out."""
        days = [first + _DAY * ahead for ahead in range((last - first).days + 1)]
        own, others = self.own.get(tenant, ()), self.versions
        held = [(_in_force(own, day) or _in_force(others, day), day) for day in days]
        found = []
        for tariff, group in groupby(held, key=lambda pair: pair[0]):
            inside = [day for _, day in group]
            if tariff is not None:
                found.append(Span(tariff=tariff, first=inside[0], last=inside[-1]))
        return tuple(found)


def only(tariff: Tariff) -> Tariffs:
    """One version for everyone."""
    return Tariffs(versions=(tariff,))


def _in_force(versions: Iterable[Tariff], day: date) -> Tariff | None:
    begun = [one for one in versions if one.effective_from <= day]
    return begun[-1] if begun and begun[-1].in_force(day) else None

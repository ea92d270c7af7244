"""Whose books they are: in which zone the days begin, and by which tariff the work is priced.

Must not price anything.
"""

from dataclasses import dataclass
from datetime import date, datetime

from policies.local_time import local_date
from policies.money.invoice_values import EVERYONE
from policies.money.tariff import Tariff
from policies.money.versions import Tariffs


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledTenant:
    """A tenant with what its work costs."""

    id: int
    name: str
    timezone: str
    tariffs: Tariffs

    def tariff(self, day: date) -> Tariff:
        """The version for work of a day; raises NoTariffError where there is none."""
        return self.tariffs.tariff_for(self.name, day)

    def scope(self, tariff: Tariff) -> str:
        """Whose tariff that is: everyone's or the tenant's own."""
        return self.name if tariff in self.tariffs.own.get(self.name, ()) else EVERYONE

    def today(self, now: datetime) -> date:
        """The day it is for the tenant."""
        return local_date(now, self.timezone)

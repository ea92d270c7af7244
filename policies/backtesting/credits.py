"""Adds up what broken promises give back, by client and month.

Must not decide that a promise was broken. Allowances and monthly caps hold for each client (the
tenant, or in a file of events each client) and calendar month of the deadline; a cap in percent
of an invoice cuts nothing, because there is no invoice.
"""

from collections import defaultdict
from datetime import datetime

from policies.backtesting.worth import Worth
from policies.clock import Clock
from policies.instants import us_of
from policies.local_time import local_date
from policies.money.remedy import credit_of, credits_due
from policies.promise import SlaRule

Invoice = tuple[str, str]
"""Whose invoice it is, and its month."""


def month_of(moment: datetime, zone: str) -> str:
    """The calendar month of an instant, as 2026-03."""
    return f"{local_date(moment, zone):%Y-%m}"


class CreditTally:
    """The credits of one rule's breaches."""

    def __init__(self, rule: SlaRule) -> None:
        self._remedy, self._from = rule.remedy, rule.remedies_from
        self._months: defaultdict[Invoice, list[tuple[int, int]]] = defaultdict(list)
        self._credited: str | None = None
        self.ramp_cents = self.unknown = 0

    @property
    def wanted(self) -> bool:
        """Whether a breach gives anything back at all."""
        return self._remedy is not None and self._remedy.credit is not None

    def add(self, clock: Clock, worth: Worth, client: str, zone: str) -> None:
        """Notes a breach; an excluded one gives nothing back, and an order gets its credit once."""
        remedy = self._remedy
        if remedy is None or remedy.credit is None or clock.excluded:
            return
        if remedy.credit.per == "order" and clock.order_id == self._credited:
            return
        self._credited = clock.order_id
        cents = credit_of(remedy, worth.fees, worth.value_cents, worth.units)
        if cents is None:
            self.unknown += 1
        elif self._from is not None and clock.deadline_at < self._from:
            self.ramp_cents += cents
        else:
            month = month_of(clock.deadline_at, zone)
            self._months[client, month].append((us_of(clock.deadline_at), cents))

    def due_cents(self) -> int:
        """What is really given, after allowances and caps."""
        remedy = self._remedy
        if remedy is None:
            return 0
        return sum(
            sum(credits_due([cents for _, cents in sorted(month)], remedy))
            for month in self._months.values()
        )

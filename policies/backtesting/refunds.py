"""What one of two policies would have given back: for broken promises, and for missed targets.

Must not compare policies.
"""

from collections.abc import Iterable

from policies.backtesting.credits import CreditTally
from policies.backtesting.periods import TargetTally
from policies.backtesting.report import Credits
from policies.backtesting.worth import Worth
from policies.clock import Clock
from policies.promise import SlaRule
from policies.reasons import ClockState
from policies.targets import Target


class Refunds:
    """The credits and targets of one policy. `priced` says whether there is a tariff."""

    def __init__(self, rules: Iterable[SlaRule], *, priced: bool) -> None:
        self._priced = priced
        self._credits = {rule.sla_id: CreditTally(rule) for rule in rules}
        self._targets: dict[str, list[TargetTally]] = {}

    @property
    def asked(self) -> bool:
        """Whether it has anything to note."""
        credited = self._priced and any(one.wanted for one in self._credits.values())
        return bool(self._targets) or credited

    def measure(self, target: Target | None) -> TargetTally | None:
        """A tally for a target, which from now on hears of its rule's clocks."""
        if target is None:
            return None
        tally = TargetTally(target, priced=self._priced)
        if target.measurable:
            self._targets.setdefault(target.sla_id, []).append(tally)
        return tally

    def add(self, clock: Clock, worth: Worth | None, client: str, zone: str) -> None:
        """Notes what a clock gives back, and which targets it counts for."""
        name = clock.rule.sla_id
        if worth is not None and clock.state is ClockState.BREACHED:
            self._credits[name].add(clock, worth, client, zone)
        for target in self._targets.get(name, ()):
            target.add(clock, worth, client, zone)

    def due_cents(self, sla_id: str) -> int | None:
        """What breaches of one rule give back; None where nothing is priced."""
        return self._credits[sla_id].due_cents() if self._priced else None

    def credits(self) -> Credits:
        """All of it."""
        tallies = [one for measured in self._targets.values() for one in measured]
        periods = [tally.periods() for tally in tallies]
        breaches = self._credits.values()
        return Credits(
            breaches_cents=sum(one.due_cents() for one in breaches),
            targets_cents=sum(one.credit_cents or 0 for one in periods),
            ramp_cents=sum(one.ramp_cents for one in breaches),
            unknown=sum(one.unknown for one in breaches) + sum(one.unknown for one in tallies),
        )

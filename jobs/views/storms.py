"""What a person is shown of a storm, gathered into values so that drawing looks nothing up.

Must not hold blocks or markup: handlers/blocks draws these.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from policies.reasons import Severity
from policies.records import ExceptionRecord, Tenant
from policies.storm_outlook import NextLosses, Usually
from policies.storms import Member, Storm, Told, coarse


@dataclass(frozen=True, slots=True, kw_only=True)
class InStorm:
    """A member with its exception and its client, and what its breach gives back."""

    member: Member
    record: ExceptionRecord
    tenant: Tenant
    credit_cents: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StormView:
    """A storm, or a page of it, as of `now` (business time); members by number.

    `usually` and `next_losses` are of its card only, and None where too little is known.
    """

    storm: Storm
    members: tuple[InStorm, ...]
    now: datetime
    usually: Usually | None = None
    next_losses: NextLosses | None = None

    @property
    def active(self) -> tuple[ExceptionRecord, ...]:
        """Those that somebody still has to do something about."""
        return tuple(one.record for one in self.members if one.record.active)

    @property
    def severity(self) -> Severity:
        """The worst of those that are open, or of all once none is."""
        records = self.active or [one.record for one in self.members]
        return max((record.severity for record in records), key=list(Severity).index)

    @property
    def orders(self) -> int:
        """How many orders it is about."""
        return len({(one.tenant.id, one.record.order_id) for one in self.members})

    @property
    def clients(self) -> Mapping[str, int]:
        """How many of which client, most first."""
        counted = Counter(one.tenant.name for one in self.members)
        return dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))

    @property
    def carded(self) -> int:
        """How many have a card of their own."""
        return sum(one.member.told is not Told.LISTED for one in self.members)

    @property
    def over_minutes(self) -> float:
        """Minutes over of the one that waits longest, coarsely."""
        return coarse(max((one.delay_at(self.now) for one in self.active), default=0.0))

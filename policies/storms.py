"""A storm: many exceptions of one cause that are told in one thread.

Must not read or write, nor decide who is in it: grouping.py does.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from policies.reasons import ReasonCode, Severity
from policies.records import Alert, AlertPart

PAGE = 100
"""Members that one list in the thread names."""
COARSEST = 10.0
OVERNIGHT = "quiet hours"
"""The cause of what quiet hours held back begins so; that of a storm is JSON."""


class Told(StrEnum):
    """How a member is told: in the storm's list only, by a card from before, or split off."""

    LISTED = "listed"
    CARD = "card"
    SPLIT = "split"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An exception in a storm; `number` is its place in the order of joining, from 1.

    It is in one storm of a channel at most; `channel` is the name by which causes are counted.
    """

    storm_id: int
    tenant_id: int
    exception_id: int
    channel: str = ""
    number: int = 0
    told: Told = Told.LISTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """One storm of one channel.

    `channel` is the name that never changes, `channel_id` Slack's. `shared` are the facts that its
    members have in common. `first_tenant_id` speaks for it where one tenant has to. `refresh_at`
    (wall time) is when its messages are to be brought up to date. `version` grows with its members.
    `told_severity` is how bad the channel knows it to be. `held_until` (business time) is when the
    quiet hours end until which nothing of it is told.
    """

    id: int
    channel: str
    channel_id: str | None
    cause: str
    reason_code: ReasonCode
    shared: tuple[tuple[str, str], ...]
    first_tenant_id: int
    opened_at: datetime
    last_at: datetime
    closed_at: datetime | None = None
    refresh_at: datetime | None = None
    version: int = 1
    members: int = 0
    told_severity: Severity | None = None
    parts: tuple[AlertPart, ...] = ()
    held_until: datetime | None = None

    @property
    def overnight(self) -> bool:
        """Whether it is what quiet hours held back, and not a storm of one cause."""
        return self.cause.startswith(OVERNIGHT)

    def part(self, name: str) -> AlertPart:
        """That part as last sent, or an unsent one."""
        return next((part for part in self.parts if part.part == name), AlertPart(part=name))

    @property
    def pages(self) -> int:
        """How many lists it takes to name all members."""
        return -(-self.members // PAGE)


Thread = Alert | Storm
"""Where something is told: both have a channel and parts."""


def same_channel(one: Thread, other: Thread) -> bool:
    """Whether both stand in the same channel, by its name or its id."""
    here = {one.channel, one.channel_id} - {None}
    return not here.isdisjoint({other.channel, other.channel_id} - {None})


def coarse(minutes: float) -> float:
    """A time over that changes seldom, so that lists are seldom edited: 10, 20, 40, ... or 0."""
    step = COARSEST
    while step * 2 <= minutes:
        step *= 2
    return step if minutes >= step else 0.0

"""What somebody who is called is shown, gathered into values so that drawing looks nothing up.

Must not hold blocks or markup: handlers/blocks draws these.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from jobs.views.storms import StormView
from policies.escalation import Phase
from policies.records import ExceptionRecord, Tenant


class Where(StrEnum):
    """In which place somebody is called."""

    THREAD = "thread"
    CHANNEL = "channel"
    DIRECT = "direct"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """A call about one exception, or about a whole storm, as of `now` (business time).

    `waited_minutes` is for how long nobody answered, or nobody said a word; `owner` is then who
    has it, by name. `people` and `groups` are the ids of who is called, as the operator wrote them.
    `link` leads to the card. Of a storm `unanswered` are those that are waited for.
    """

    record: ExceptionRecord
    tenant: Tenant
    phase: Phase
    waited_minutes: float
    now: datetime
    where: Where = Where.THREAD
    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    owner: str | None = None
    link: str | None = None
    storm: StormView | None = None
    unanswered: tuple[ExceptionRecord, ...] = field(default=())

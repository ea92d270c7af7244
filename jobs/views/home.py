"""What a person's Home shows, gathered into values so that drawing looks nothing up.

Must not hold blocks or markup: handlers/blocks/home.py draws these.
"""

from dataclasses import dataclass
from datetime import datetime

from jobs.views import SilenceView, TargetView
from jobs.views.models import ModelBudgetView
from policies.order_facts import Silence
from policies.queries import ClockRow, Tally
from policies.questions.given import GivenAnswer
from policies.records import ExceptionRecord, Tenant
from policies.risk import Outlook
from policies.routing import Filters


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What hangs on a promise; None where it is not known.

    `value_cents` of the order, `credit_cents` that a breach gives back, the customer's `tier`.
    """

    value_cents: int | None = None
    credit_cents: int | None = None
    tier: str | None = None

    @property
    def cents(self) -> int:
        """Value and credit together, as far as they are known."""
        return (self.value_cents or 0) + (self.credit_cents or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWork:
    """An exception and what hangs on it. `points` are those of policies/urgency.py."""

    record: ExceptionRecord
    tenant: Tenant
    worth: Worth
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningWork:
    """A promise at risk that is not broken yet; `promise` is what was promised, in words."""

    row: ClockRow
    tenant: Tenant
    promise: str
    worth: Worth
    points: float
    outlook: Outlook | None = None


Work = OpenWork | RunningWork


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseToday:
    """How a client's promise does with what is due today (the client's day), and its target."""

    tenant: Tenant
    sla_id: str
    tally: Tally
    target: TargetView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedView:
    """A source: when it was last heard, and how often it usually speaks at this hour.

    `usual_minutes` is None at an hour at which it usually says nothing; `learnt` is False while
    too little was heard to know. `silence` is one that has not ended.
    """

    tenant: Tenant
    source: str
    last_at: datetime
    usual_minutes: float | None
    learnt: bool
    silence: Silence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribedView:
    """What comes to a channel of which clients: a kind (alerts, digest), narrowed by filters.

    `channel_id` is a name with `#` where a default channel's id is not known yet.
    """

    channel_id: str
    kind: str
    filters: Filters
    clients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A figure with its name, and a word about it. Both are our own words."""

    name: str
    figure: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """Everything that one person's Home shows, as of `now` (business time).

    `mine` has the earliest deadline first; `saves` is what nobody owns and what is not broken yet,
    what saves most first; `waking` are snoozed exceptions that wake today. The totals count what
    is left out, too. `budgets` are there where there is a model; `no_help` are the latest answers
    that were none, for leads.
    """

    tenants: tuple[Tenant, ...]
    tiles: tuple[Tile, ...]
    mine: tuple[OpenWork, ...]
    mine_total: int
    saves: tuple[Work, ...]
    saves_total: int
    waking: tuple[ExceptionRecord, ...]
    promises: tuple[PromiseToday, ...]
    feeds: tuple[FeedView, ...]
    silent: tuple[SilenceView, ...]
    subscriptions: tuple[SubscribedView, ...]
    now: datetime
    budgets: tuple[ModelBudgetView, ...] = ()
    no_help: tuple[GivenAnswer, ...] = ()

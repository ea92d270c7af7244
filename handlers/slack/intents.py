"""What somebody can want of E2A, as values: the meaning of a command, a mention or a button.

Must not hold words or rules: grammar.py reads words into these, run.py does them.
"""

from dataclasses import dataclass, field

from handlers.slack.times import At, Since, Until
from policies.reasons import ReasonCode, Severity, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """What can be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowStatus:
    """How things stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowException:
    """One exception; None means the one of the thread."""

    exception_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowAudit:
    """Who changed what on one exception; None means the one of the thread."""

    exception_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowOrder:
    """One order, named as the person typed it."""

    order_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which exceptions; what is None or empty does not restrict."""

    statuses: tuple[Status, ...] = ()
    severity: Severity | None = None
    reason_code: ReasonCode | None = None
    order_id: str | None = None
    client: str | None = None
    mine: bool = False
    unowned: bool = False
    since: Since | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListExceptions:
    """A list of exceptions."""

    wanted: Wanted = field(default_factory=Wanted)


ME = "me"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActOn:
    """Do something to an exception; no id means the one of the thread.

    `assignee` is a person's id or ME. `version` is what the actor saw, None for any.
    """

    verb: str
    exception_id: int | None
    note: str | None = None
    reason: str | None = None
    assignee: str | None = None
    until: Until | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Judge an exception's order again."""

    exception_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowDigest:
    """The last 24 hours of each client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe:
    """Have the daily digest posted in this channel, or no more."""

    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question in plain words."""

    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPolicy:
    """What is promised; all of it, or one rule by its name."""

    rule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LintPolicy:
    """What is doubtful about the policy in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatePolicy:
    """What would be promised if an event came then: to a new order, or to one that there is.

    `facts` are what the new order would state, such as its service.
    """

    event: str
    moments: tuple[At, ...]
    order_id: str | None = None
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TryDuration:
    """What another duration of a promise would have meant for the orders of the last days."""

    rule: str
    duration: str
    days: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Something that comes with a later version."""

    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A first word that means nothing, with the nearest one that does."""

    word: str
    suggestion: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incomplete:
    """A known word with something missing or wrong; `why` is a sentence for the person."""

    why: str


Intent = (
    Help
    | ShowStatus
    | ShowException
    | ShowAudit
    | ShowOrder
    | ListExceptions
    | ActOn
    | Replay
    | ShowDigest
    | Subscribe
    | Ask
    | ShowPolicy
    | LintPolicy
    | SimulatePolicy
    | TryDuration
    | Later
    | Unknown
    | Incomplete
)

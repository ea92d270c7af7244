"""What somebody can want of E2A, as values: the meaning of a command, a mention or a button.

Must not hold words or rules: grammar.py reads words into these, run.py does them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from handlers.blocks.storm_ids import UndoingAll
from handlers.blocks.undo import Undoing
from handlers.blocks.wishes import Wish
from handlers.slack.answer_intents import AnswerIntent
from handlers.slack.file_intents import FileIntent
from handlers.slack.invoice_intents import InvoiceIntent
from handlers.slack.letter_intents import DiscardLetter, ReplayLetters, ShowLetters
from handlers.slack.policy_intents import PolicyIntent
from handlers.slack.resolution_intents import ShowResolution, UndoResolution
from handlers.slack.routing_intents import RoutingIntent
from handlers.slack.times import Since, Until
from policies.reasons import ReasonCode, Severity, Status
from policies.roles import Role


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
class ExportAudit:
    """The trail of the visible clients as a file; None for as long as it is kept."""

    since: Since | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowOrder:
    """One order, named as the person typed it."""

    order_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which exceptions; what is None or empty does not restrict. `stated` are facts and values."""

    statuses: tuple[Status, ...] = ()
    severity: Severity | None = None
    reason_code: ReasonCode | None = None
    order_id: str | None = None
    client: str | None = None
    mine: bool = False
    unowned: bool = False
    since: Since | None = None
    stated: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListExceptions:
    """A list of exceptions."""

    wanted: Wanted = field(default_factory=Wanted)


ME, ON_SHIFT = "me", "on_shift"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActOn:
    """Do something to an exception; no id means the one of the thread.

    `assignee` is a person's id, ME or ON_SHIFT. `awaits` ends a snooze before `until` (waits.py).
    `version` is what the actor saw, None for any.
    """

    verb: str
    exception_id: int | None
    note: str | None = None
    reason: str | None = None
    assignee: str | None = None
    until: Until | None = None
    awaits: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActOnAll:
    """Do something to all of a storm; no id means the storm of the thread.

    `versions` are those of the members that were shown, by number; None takes all as they are.
    """

    verb: str
    storm_id: int | None = None
    versions: Mapping[int, int] | None = None
    note: str | None = None
    reason: str | None = None
    until: Until | None = None
    awaits: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoAll:
    """Take back what the asker just did with many of a storm."""

    undoing: UndoingAll


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitFrom:
    """Give one of a storm a card of its own: by its number or its order."""

    what: str
    storm_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """Take back what the asker just did."""

    undoing: Undoing


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A note to the client about an exception; None means the one of the thread."""

    exception_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explain:
    """Have a model asked about an exception; None means the one of the thread."""

    exception_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """The note as a person edited it, to be handed out."""

    exception_id: int
    text: str
    tone: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Judge an exception's order again."""

    exception_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowRoles:
    """Who may what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveRole:
    """Give a person, a user group or everyone a role; None takes theirs back.

    `client` is a name as typed; None means every client.
    """

    principal: str
    role: Role | None
    client: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskApproval:
    """Ask those who may for an act that the asker may not do."""

    wish: Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """Approve or decline what somebody asked for."""

    approval_id: int
    approved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowBrief:
    """The morning: what breaks today, what is open, what yesterday was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowHandover:
    """What the shift that is on leaves to the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOverShift:
    """Take what people of a shift own, as it was shown: versions by number."""

    shift: str
    versions: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowInsight:
    """What repeats and what changed, as of now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowDigest:
    """The last 24 hours of each client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question in plain words."""

    question: str


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
    | ExportAudit
    | ShowOrder
    | ListExceptions
    | ActOn
    | Undo
    | Draft
    | Explain
    | Drafted
    | ActOnAll
    | UndoAll
    | SplitFrom
    | Replay
    | ShowLetters
    | ReplayLetters
    | DiscardLetter
    | ShowRoles
    | GiveRole
    | AskApproval
    | Decide
    | ShowBrief
    | ShowDigest
    | ShowHandover
    | ShowInsight
    | TakeOverShift
    | InvoiceIntent
    | RoutingIntent
    | FileIntent
    | Ask
    | AnswerIntent
    | ShowResolution
    | UndoResolution
    | PolicyIntent
    | Unknown
    | Incomplete
)

"""What somebody can want of channels: which clients they see, and what comes to them.

Must not hold words or rules: routing_words.py reads words into these.
"""

from dataclasses import dataclass, field

from policies.routing import ALERTS, EVERYTHING, Filters


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe:
    """Have something told in this channel; no clients means all that it sees.

    Clients are names as typed, or numbers that E2A itself wrote into a form.
    """

    kind: str = ALERTS
    clients: tuple[str, ...] = ()
    tenant_ids: tuple[int, ...] = ()
    filters: Filters = field(default=EVERYTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscribe:
    """Have it told no more: all of a kind, what has exactly these filters, or one by its number."""

    kind: str = ALERTS
    clients: tuple[str, ...] = ()
    filters: Filters | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowSubscriptions:
    """What comes here, and where these clients go besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrySubscriptions:
    """A test message in this channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSubscription:
    """A subscription as it is to be, by its number."""

    number: int
    filters: Filters


@dataclass(frozen=True, slots=True, kw_only=True)
class MapClient:
    """Let this channel see a client, as its default channel or besides.

    The client is a name as typed, or a number that E2A itself wrote on a button. `confirmed`
    once it was said that people outside may see the channel.
    """

    client: str = ""
    tenant_id: int | None = None
    default: bool = False
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmapClient:
    """Let this channel see a client no more."""

    client: str


RoutingIntent = (
    Subscribe
    | Unsubscribe
    | ShowSubscriptions
    | TrySubscriptions
    | ChangeSubscription
    | MapClient
    | UnmapClient
)

"""Says which channels hear of an exception: what each subscribed to, within what it may see.

Must not read or write, and must not widen what a channel sees: what is left of a subscription to
a client that the channel may not see any more counts for nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from policies.reasons import ReasonCode, Severity
from policies.records import ExceptionRecord, JsonObject, Tenant

ALERTS, DIGEST = "alerts", "digest"
"""Kinds of subscriptions: a card for each exception, and the day's figures."""
BRIEF, HANDOVER = "brief", "handover"
"""And the morning brief, and what a shift leaves to the next one."""
INSIGHT = "insight"
"""And what repeats or changed, every four hours at most."""
INVOICES = "invoices"
"""And what the night's proof of invoices found."""
_SEVERITIES = tuple(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a subscription is narrowed to; what is empty does not narrow.

    `sites` are the fact `warehouse`; spelling does not matter. `at_least` is the least severity.
    """

    sites: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    reasons: tuple[ReasonCode, ...] = ()
    at_least: Severity | None = None

    @classmethod
    def of(cls, data: JsonObject) -> "Filters":
        """What `as_json` wrote; a reason of another version of E2A is left out."""
        known = set(ReasonCode)
        return cls(
            sites=tuple(data.get("sites", ())),
            carriers=tuple(data.get("carriers", ())),
            reasons=tuple(ReasonCode(one) for one in data.get("reasons", ()) if one in known),
            at_least=Severity(data["at_least"]) if data.get("at_least") else None,
        )

    @property
    def as_json(self) -> JsonObject:
        """As it is kept: equal for equal filters, whatever the order of their words."""
        held = {
            "sites": sorted(self.sites, key=str.casefold),
            "carriers": sorted(self.carriers, key=str.casefold),
            "reasons": sorted(self.reasons),
            "at_least": self.at_least.value if self.at_least else None,
        }
        return {name: value for name, value in held.items() if value}


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a channel asked to be told of one client.

    `channel` is the name by which clients call it whose default channel it is; empty elsewhere.
    """

    id: int
    tenant_id: int
    channel_id: str
    kind: str
    channel: str = ""
    filters: JsonObject = field(default_factory=dict)
    created_by: str = ""
    created_at: datetime | None = None

    @property
    def wanted(self) -> Filters:
        """Its filters as they are compared."""
        return Filters.of(self.filters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """A further channel that may see a client, besides its default channel."""

    tenant_id: int
    channel_id: str
    shown_by: str
    shown_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A channel that is told: how it is reached, and its name that never changes (`home`)."""

    channel: str
    home: str


def home_of(tenant: Tenant, default_channel: str) -> Destination:
    """The client's default channel: its own, by its id once that is known, else the common one."""
    home = tenant.channel or default_channel
    known = tenant.channel_id if tenant.channel else None
    return Destination(channel=known or home, home=home)


def fits(filters: Filters, record: ExceptionRecord) -> bool:
    """Whether an exception is what a subscription asks for; an unknown fact fits no name."""
    least = filters.at_least
    return (
        _named(filters.sites, record.facts.get("warehouse"))
        and _named(filters.carriers, record.facts.get("carrier"))
        and (not filters.reasons or record.reason_code in filters.reasons)
        and (least is None or _SEVERITIES.index(record.severity) >= _SEVERITIES.index(least))
    )


def is_home(channel_id: str, name: str, home: Destination) -> bool:
    """Whether a channel, known by its id and perhaps by a name, is a client's default channel."""
    return channel_id in (home.channel, home.home) or (bool(name) and name == home.home)


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """What was asked for and what may be seen, of some clients.

    `shown` are pairs of a client's number and a further channel's id.
    """

    default_channel: str
    subscriptions: tuple[Subscription, ...] = ()
    shown: frozenset[tuple[int, str]] = frozenset()

    def home_of(self, tenant: Tenant) -> Destination:
        """The client's default channel."""
        return home_of(tenant, self.default_channel)

    def may_see(self, tenant: Tenant, channel: str | None, name: str = "") -> bool:
        """Whether that channel, by its id or by the name of a default channel, may see a client."""
        home = home_of(tenant, self.default_channel)
        if channel is None:
            return name == home.home
        return is_home(channel, name, home) or (tenant.id, channel) in self.shown

    def heard(self, tenant: Tenant, kind: str = ALERTS) -> tuple[Subscription, ...]:
        """The subscriptions to a client that count: those of channels that may see it."""
        return tuple(
            one
            for one in self.subscriptions
            if one.tenant_id == tenant.id
            and one.kind == kind
            and self.may_see(tenant, one.channel_id, one.channel)
        )

    def channels_for(self, tenant: Tenant, record: ExceptionRecord) -> tuple[Destination, ...]:
        """Who hears of an exception: one channel at least, each once, the default channel first.

        The default channel hears everything until it has subscriptions of its own, and what fits
        no subscription anywhere.
        """
        home = home_of(tenant, self.default_channel)
        heard = self.heard(tenant)
        own = [one for one in heard if is_home(one.channel_id, one.channel, home)]
        others = [one for one in heard if one not in own and fits(one.wanted, record)]
        names = self.names
        further = sorted({one.channel_id for one in others})
        there = [Destination(channel=one, home=names.get(one, one)) for one in further]
        if not own or not there or any(fits(one.wanted, record) for one in own):
            return (home, *there)
        return tuple(there)

    @property
    def names(self) -> Mapping[str, str]:
        """The names of default channels, by id, as far as subscriptions know them."""
        return {one.channel_id: one.channel for one in self.subscriptions if one.channel}


def _named(names: Sequence[str], value: object) -> bool:
    if not names:
        return True
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    return _plain(str(value)) in {_plain(name) for name in names}


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()

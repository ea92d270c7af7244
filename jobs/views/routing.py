"""What a person is shown of channels and what goes to them, as values.

Must not hold blocks or markup: handlers/blocks/subscriptions.py draws these.
"""

from dataclasses import dataclass

from policies.records import Tenant
from policies.routing import ALERTS, Destination, Subscription, is_home


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRoutes:
    """Where a client's things go.

    `subscriptions` are those of every kind that count, by number; `shown` the ids of further
    channels that may see the client.
    """

    tenant: Tenant
    home: Destination
    subscriptions: tuple[Subscription, ...] = ()
    shown: tuple[str, ...] = ()

    @property
    def narrowed(self) -> bool:
        """Whether the default channel has alert subscriptions of its own."""
        return any(one.kind == ALERTS and self.at_home(one) for one in self.subscriptions)

    def at_home(self, one: Subscription) -> bool:
        """Whether a subscription is the default channel's."""
        return is_home(one.channel_id, one.channel, self.home)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNames:
    """Sites and carriers that late orders named of late, as they were spelt, by name."""

    sites: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialView:
    """A test message: what would come to a channel, and nothing happened."""

    channel_id: str
    clients: tuple[ClientRoutes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreachedView:
    """A channel that Slack does not let E2A post in.

    `numbers` are those of its subscriptions to the client; `leads` who can mend it, as principals.
    """

    tenant: Tenant
    channel_id: str
    why: str
    leads: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()

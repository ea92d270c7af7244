"""What is known of one order as rules ask for it, and of what happens around it.

Must not judge. Values come from payloads: they are compared, never shown as they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from policies.condition import Facts
from policies.facts import OrderEvent, Timeline
from policies.instants import stated_instant
from policies.sites import is_zone

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
_SYNONYMS = {
    "promise_delivery": "promised_delivery",
    "promised_delivery_date": "promised_delivery",
    "order.promised_delivery": "promised_delivery",
    "order.promised_delivery_date": "promised_delivery",
    "order.future_ship_at": "future_ship_at",
}
"""Names in policies for payload keys."""
_HAPPENED = "_at"


def payload_key(name: str) -> str:
    """The payload key that a policy means: `order.future_ship_at` is `future_ship_at`."""
    return _SYNONYMS.get(name, name.removeprefix("order."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A source that says nothing although it should: since when, and until when it did.

    `reported_at` is when that was noticed: verdicts before it stand.
    """

    source: str
    since: datetime
    reported_at: datetime
    ended_at: datetime | None = None


def _no_volume(_moment: datetime, _window: timedelta) -> int:
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is true around an order: whose it is, how much is going on, who is silent.

    `volume` counts the tenant's orders that began in the window up to a moment. `silences`
    are by source; `speakers` tells which source usually tells a kind of event.
    """

    tenant: str = ""
    volume: Callable[[datetime, timedelta], int] = _no_volume
    silences: Mapping[str, Silence] = field(default_factory=dict)
    speakers: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def silence_of(self, kinds: tuple[str, ...]) -> Silence | None:
        """The silence that keeps us from hearing of these kinds: all who tell them are silent."""
        if not self.silences:
            return None
        speakers = frozenset().union(*(self.speakers.get(kind, frozenset()) for kind in kinds))
        if not speakers or not speakers <= self.silences.keys():
            return None
        return max((self.silences[name] for name in speakers), key=lambda s: s.reported_at)


ALONE = Around()


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """One order for the rules: its timeline up to now, and what its payloads state."""

    timeline: Timeline
    stated: Mapping[str, Any]
    around: Around
    client: str
    channel: str

    @property
    def destination(self) -> str:
        """The receiver's time zone, UTC where none is stated."""
        stated = str(self.stated.get("destination_timezone", ""))
        return stated if is_zone(stated) else "UTC"

    def named(self, event: OrderEvent | None = None) -> Facts:
        """How a condition looks a name up: in the event's payload, the order's, its timeline."""

        def value(name: str) -> Any:  # noqa: ANN401 - payload values are JSON
            key = payload_key(name)
            if key == "event" and event is not None and "event" not in event.payload:
                return event.kind
            if event is not None and event.payload.get(key) is not None:
                return event.payload[key]
            if key.startswith("promised_"):
                return stated_instant(self.timeline.first_stated(key), self.destination)
            if key in self.stated:
                return self.stated[key]
            if key.endswith(_HAPPENED):
                happened = self.timeline.first((key.removesuffix(_HAPPENED),))
                return happened.occurred_at if happened else None
            return None

        return value


def part_of(order: OrderFacts, timeline: Timeline) -> OrderFacts:
    """What is known of a part of an order: a shipment has its own carrier and promise."""
    return order if timeline is order.timeline else order_facts(timeline, order.around)


def order_facts(timeline: Timeline, around: Around) -> OrderFacts:
    """Gathers what an order's payloads state; the tenant is the client where none is named."""
    stated = timeline.facts()
    if around.tenant:
        stated.setdefault("client", around.tenant)
    client = str(stated.get("client", "")).lower()
    return OrderFacts(timeline, stated, around, client, str(stated.get("channel", "")).lower())

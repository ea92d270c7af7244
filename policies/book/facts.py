"""The names of events in a policy: facts, aliases, and the stages that they end.

Must not look at orders.
"""

from collections.abc import Mapping

from policies.book.faults import Faults
from policies.book.model import Event
from policies.facts import ALIASES, KINDS
from policies.reasons import Stage
from policies.yaml_text import Step

SHIP_EVIDENCE = (
    "manifested",
    "carrier_picked_up",
    "carrier_scan",
    "in_transit",
    "out_for_delivery",
    "delivered",
)
FACTS: Mapping[str, tuple[str, ...]] = {
    "called_off": ("order_cancelled", "delivered"),
    "ship_evidence": SHIP_EVIDENCE,
    "carrier.first_scan": ("carrier_scan", "in_transit", "out_for_delivery", "delivered"),
    "carrier.tendered": ("carrier_picked_up",),
    "carrier.scan": ("carrier_scan", "in_transit", "out_for_delivery", "delivery_attempted"),
}
"""Facts that every policy knows; it may say them differently."""


class Facts:
    """What the names of a policy stand for."""

    def __init__(self, own: Mapping[str, list[str]], faults: Faults) -> None:
        self._faults = faults
        self._facts: dict[str, tuple[str, ...]] = dict(FACTS)
        for name, events in own.items():
            self._facts[name] = self.listed(events, ("facts", name))

    def named(self, name: str) -> tuple[str, ...]:
        """The event types of a fact, or the type itself."""
        return self._facts.get(name) or (ALIASES.get(name, name),)

    def types(self, ref: Event | None, here: tuple[Step, ...]) -> tuple[str, ...]:
        """The event types that a reference means, each once."""
        return self.listed(ref.event if ref else None, here)

    def listed(self, names: list[str] | None, here: tuple[Step, ...]) -> tuple[str, ...]:
        """The same of several names; `$name` must be a fact."""
        found: list[str] = []
        for name in names or ():
            fact = name.lstrip("$?")
            unknown = fact not in self._facts
            if name.startswith("?"):
                unknown = unknown and fact not in KINDS and fact not in ALIASES
            if unknown and name != fact:
                message = f"no fact named {fact}; list it under facts, or write [{fact}]"
                self._faults.add(here, message)
            found += self.named(fact)
        return tuple(dict.fromkeys(found))


def stage_of(stop: tuple[str, ...]) -> Stage:
    """The stage that ends with these events."""
    if "pick_completed" in stop:
        return Stage.PICK
    if "pack_completed" in stop:
        return Stage.PACK
    return Stage.DELIVER if stop == ("delivered",) else Stage.SHIP

"""What the jobs ask about names of orders, as small Protocols that they own.

Must not name a concrete class: bot/wiring.py plugs those in.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from policies.records import OrderKey


class OrderNames(Protocol):
    """What else orders are called; they are learnt where events are written."""

    async def orders_of(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, OrderKey]:
        """The order that each of these ids means in the end; itself where it is no name."""
        ...

    async def names_of(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, list[str]]:
        """The names that lead to these orders, sorted; orders without one are left out."""
        ...

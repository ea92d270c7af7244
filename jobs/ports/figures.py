"""What the jobs ask of the store of figures: counts, lists, spreads and their splits.

Must not name a concrete class: bot/wiring.py plugs it in.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from policies.questions.plain import Known
from policies.questions.results import Share, Spread
from policies.questions.shape import Figures, Split
from policies.records import ExceptionRecord


class FiguresStore(Protocol):
    """Figures about exceptions. The clients of `asked.only` are in `tenant_ids` already."""

    async def count(self, tenant_ids: Sequence[int], asked: Figures) -> int:
        """How many fit."""
        ...

    async def find(
        self, tenant_ids: Sequence[int], asked: Figures, limit: int
    ) -> list[ExceptionRecord]:
        """Those that fit, newest first; OLDEST by when they opened, WORST by how long over."""
        ...

    async def shares(self, tenant_ids: Sequence[int], asked: Figures, by: Split) -> list[Share]:
        """How many of each kind, most first; clients by their number. Not for splits by time."""
        ...

    async def quarters(
        self, tenant_ids: Sequence[int], asked: Figures
    ) -> list[tuple[datetime, int]]:
        """How many began in which quarter of an hour, in the order of time."""
        ...

    async def delays(self, tenant_ids: Sequence[int], asked: Figures, now: datetime) -> Spread:
        """Minutes over the deadline, of those that are not settled up to now."""
        ...

    async def settling(self, tenant_ids: Sequence[int], asked: Figures) -> Spread:
        """Minutes from opening to resolution."""
        ...

    async def answering(self, tenant_ids: Sequence[int], asked: Figures) -> Spread:
        """Minutes from opening to the first act of a person."""
        ...

    async def repeated(self, tenant_ids: Sequence[int], asked: Figures, limit: int) -> list[Share]:
        """Orders with more than one, most first."""
        ...

    async def values(self, tenant_ids: Sequence[int], asked: Figures) -> tuple[int, int]:
        """The order values in cents of those that fit, each order once, and how many state one."""
        ...

    async def known(self, tenant_ids: Sequence[int], since: datetime) -> Known:
        """The names that exceptions state since then; clients and people are not among them."""
        ...

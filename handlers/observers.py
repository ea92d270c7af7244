"""Who is told how requests went, so that it can be counted.

Must not count: bot/watching.py does.
"""

from typing import Protocol


class Observer(Protocol):
    """Is told what came in and how it went; turns it into metrics."""

    def event(
        self, source: str, event_type: str, tenant_id: int, result: str, *, count: int = 1
    ) -> None:
        """`result` is accepted, duplicate, conflict or rejected (type then `invalid`)."""
        ...

    def ingest_seconds(self, source: str, seconds: float) -> None:
        """How long a delivery took from its body to its durable commit."""
        ...

    def http(self, route: str, status: int, seconds: float) -> None:
        """`route` is the path's template, or `unmatched`."""
        ...

    def replayed(self, result: str) -> None:
        """A dead letter was tried again: replayed, rejected or not_found."""
        ...


class SilentObserver:
    """Observes nothing; for tests and tools."""

    def event(
        self, source: str, event_type: str, tenant_id: int, result: str, *, count: int = 1
    ) -> None:
        """Ignores it."""

    def ingest_seconds(self, source: str, seconds: float) -> None:
        """Ignores it."""

    def http(self, route: str, status: int, seconds: float) -> None:
        """Ignores it."""

    def replayed(self, result: str) -> None:
        """Ignores it."""


class SlackObserver(Protocol):
    """Is told how Slack's requests went; turns it into metrics."""

    def acknowledged(self, kind: str, seconds: float) -> None:
        """`kind` is event, command, action, view, shortcut or other."""
        ...

    def action(self, action: str, result: str) -> None:
        """`result` is done, stale, impossible, not_found, refused, answered or error."""
        ...

    def question(self, route: str, outcome: str, seconds: float) -> None:
        """`route` is what a question was answered from; `outcome` is answered or refused."""
        ...


class SilentSlackObserver:
    """Observes nothing; for tests and tools."""

    def acknowledged(self, kind: str, seconds: float) -> None:
        """Ignores it."""

    def action(self, action: str, result: str) -> None:
        """Ignores it."""

    def question(self, route: str, outcome: str, seconds: float) -> None:
        """Ignores it."""

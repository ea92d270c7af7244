"""Remembers what observers of Slack are told. Must not judge it."""

from dataclasses import dataclass, field


@dataclass
class Watcher:
    """Remembers what it was told."""

    acknowledgements: list[tuple[str, float]] = field(default_factory=list)
    actions: list[tuple[str, str]] = field(default_factory=list)
    questions: list[tuple[str, str]] = field(default_factory=list)

    def acknowledged(self, kind: str, seconds: float) -> None:
        """Remembers it."""
        self.acknowledgements.append((kind, seconds))

    def action(self, action: str, result: str) -> None:
        """Remembers it."""
        self.actions.append((action, result))

    def question(self, route: str, outcome: str, seconds: float) -> None:
        """Remembers it."""
        assert seconds >= 0
        self.questions.append((route, outcome))

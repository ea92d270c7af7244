"""What somebody can want of dead letters, as values; intents.py has everything else.

Must not hold words or rules: letter_words.py reads words into these, dead_letters.py does them.
"""

from dataclasses import dataclass

from handlers.blocks.ids import Letters


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowLetters:
    """The dead letters that wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayLetters:
    """Try dead letters again: shown first, done once `newest` says what was shown."""

    letters: Letters


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardLetter:
    """Lay a dead letter aside for good."""

    letter_id: int
    reason: str

"""Dead letters in memory.

Must not promise more or less than the SQL ones: the same contract suite holds them to it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from policies.queries import LetterCount, LetterFilter
from policies.records import DeadLetter
from storage.dead_letters import ABSURD
from storage.memory.state import MemoryState


class MemoryDeadLetters:
    """Dead letters in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows, self._number = state.dead_letters, state.next_number

    async def add(self, letters: Sequence[DeadLetter], now: datetime) -> list[int]:
        """Keeps them; returns their numbers in the same order."""
        numbers = []
        for letter in letters:
            number = self._number("dead_letters")
            came = letter.created_at or now
            self._rows[number] = replace(letter, id=number, created_at=came)
            numbers.append(number)
        return numbers

    async def find(self, wanted: LetterFilter) -> list[DeadLetter]:
        """Those that fit."""
        found = sorted(self._fitting(wanted), key=attrgetter("id"), reverse=not wanted.oldest_first)
        return found[: wanted.limit]

    async def count(self, tenant_ids: Sequence[int], states: Sequence[str]) -> int:
        """How many of these tenants are in one of these states."""
        return sum(
            letter.tenant_id in tenant_ids and letter.state in states
            for letter in self._rows.values()
        )

    async def tally(self, wanted: LetterFilter) -> list[LetterCount]:
        """How many fit of each kind and reason; order and limit do not matter."""
        groups: dict[tuple[str, str], list[DeadLetter]] = {}
        for letter in self._fitting(wanted):
            groups.setdefault((letter.kind, letter.reason), []).append(letter)
        return [
            LetterCount(kind=kind, reason=reason, count=len(letters), next_retry_at=_next(letters))
            for (kind, reason), letters in sorted(groups.items())
        ]

    async def due(self, now: datetime, limit: int) -> list[DeadLetter]:
        """Those in state retrying whose time has come, longest due first."""
        due = [
            (letter.next_retry_at, letter.id)
            for letter in self._rows.values()
            if letter.state == "retrying"
            and letter.next_retry_at
            and not now < letter.next_retry_at <= now + ABSURD
        ]
        return [self._rows[number] for _, number in sorted(due)[:limit]]

    async def move(
        self, wanted: LetterFilter, state: str, *, reason: str | None = None
    ) -> list[DeadLetter]:
        """Moves those that fit, returns them as they are now, oldest first."""
        chosen = await self.find(wanted)
        for letter in chosen:
            self._rows[letter.id] = replace(
                letter, state=state, reason=reason or letter.reason, next_retry_at=None
            )
        return sorted((self._rows[letter.id] for letter in chosen), key=attrgetter("id"))

    async def save(self, letter: DeadLetter) -> None:
        """Replaces it but for when it came."""
        stored = self._rows.get(letter.id)
        if stored is not None and stored.tenant_id == letter.tenant_id:
            self._rows[letter.id] = replace(letter, created_at=stored.created_at)

    def _fitting(self, wanted: LetterFilter) -> list[DeadLetter]:
        return [letter for letter in self._rows.values() if _fits(letter, wanted)]


def _fits(letter: DeadLetter, wanted: LetterFilter) -> bool:
    came, part = letter.created_at, (wanted.reason or "").lower()
    return (
        letter.tenant_id in wanted.tenant_ids
        and letter.state in (wanted.states or (letter.state,))
        and letter.kind in (wanted.kinds or (letter.kind,))
        and (wanted.ids is None or letter.id in wanted.ids)
        and wanted.subject in (None, letter.subject)
        and wanted.order_id in (None, letter.order_id)
        and part in letter.reason.lower()
        and (wanted.since is None or (came is not None and came >= wanted.since))
        and (wanted.until is None or (came is not None and came < wanted.until))
        and (wanted.after_id is None or letter.id > wanted.after_id)
        and (wanted.before_id is None or letter.id < wanted.before_id)
    )


def _next(letters: Sequence[DeadLetter]) -> datetime | None:
    return min((letter.next_retry_at for letter in letters if letter.next_retry_at), default=None)

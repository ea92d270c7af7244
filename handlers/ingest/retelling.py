"""Reads a rejected delivery again as it would be read now: codes and code may have been mended.

Must not take anything in or change the letter: jobs/replay_dead_letters.py does.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.api.errors import Issue
from handlers.ingest.canonical import Arrival, InvalidEventError
from handlers.ingest.fetch import FetchFailedError
from handlers.ingest.intake import Delivery, Intake, facts_in
from handlers.ingest.receive import read_told, unpack
from handlers.ingest.sources import SOURCES
from handlers.ingest.told import Told
from jobs.replay_dead_letters import NotKept, Retold
from policies.records import DeadLetter, ReceivedEvent

Secrets = Callable[[int, str], Awaitable[Sequence[str]]]
"""What a tenant's hooks of a source are opened with, for bodies that only say where to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retelling:
    """The reader: `intake` translates, `secrets` open what a thin webhook points at."""

    intake: Intake
    secrets: Secrets

    async def __call__(self, letter: DeadLetter, now: datetime) -> Retold | NotKept:
        """The events that the delivery tells, and what is still wrong with the others."""
        if not letter.payload.get("whole"):
            return NotKept()
        arrival = Arrival(tenant_id=letter.tenant_id, now=now, correlation_id=letter.correlation_id)
        try:
            told = await self._told(letter, now)
        except InvalidEventError as error:
            return Retold(reason=_reason(error.issues))
        except FetchFailedError as error:
            return Retold(reason=f"resource_url: {error}")
        read = [read_told(one, arrival) for one in told]
        wrong = [issue for one in read if not isinstance(one, ReceivedEvent) for issue in one]
        return Retold(
            events=tuple(one for one in read if isinstance(one, ReceivedEvent)),
            reason=_reason(wrong) if wrong else None,
        )

    async def _told(self, letter: DeadLetter, now: datetime) -> Sequence[Told]:
        """What leaves its time open is dated by when it came, not by now."""
        payload = letter.payload
        body, name = str(payload["body"]).encode(), str(payload.get("source"))
        source = SOURCES.get(name)
        if source is None:
            return unpack(body, batches=True).told
        given = Delivery(
            raw=unpack(body, batches=False).told[0].raw,
            source=source,
            headers=payload.get("headers") or {},
            now=letter.created_at or now,
            credentials=await self.secrets(letter.tenant_id, name) if source.thin else (),
        )
        told = await facts_in(given, self.intake)
        return [_as_kept(one, letter) for one in told] if len(told) == 1 else told


def _as_kept(told: Told, letter: DeadLetter) -> Told:
    """A fact that was kept alone comes back with what was known beside it."""
    names = letter.payload.get("names") or ()
    by_id = bool(letter.payload.get("by_id"))
    return replace(told, by_id=told.by_id or by_id, names=(*told.names, *names))


def _reason(issues: Sequence[Issue]) -> str:
    return "; ".join(f"{issue.path}: {issue.message}" for issue in issues)

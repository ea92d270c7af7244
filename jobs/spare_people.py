"""Says whether somebody rests just now, by the quiet hours that they set for themselves.

Must not hold anything back itself: escalate.py does, and never what is CRITICAL.
"""

from datetime import datetime

from jobs.ports import Storage
from jobs.ports.escalation import Hold
from policies.quiet import held_at
from policies.reasons import Severity


def sparing(storage: Storage) -> Hold:
    """Asks what people set; who set nothing is told at any hour."""

    async def rests(user_id: str, severity: Severity, now: datetime) -> bool:
        async with storage.read() as tx:
            quiet = (await tx.people.settings(user_id)).quiet
        return quiet is not None and held_at((quiet,), severity, now)

    return rests
